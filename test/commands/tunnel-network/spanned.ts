import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Interruption, type Writer } from '../../../src/cli/environment.ts'
import type { Ref, Rows } from '../../../src/datamodel/index.ts'
import type { Database } from '../../../src/fake-host/database/index.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../../src/fake-host/index.ts'
import { memoryTransport, type Transport } from '../../../src/xapi/index.ts'
import { type Outcome, run, type Surroundings } from '../../cli/terminal.ts'

/** A pool whose hosts are to be spanned by networks, and the command line on it. */
export interface Spanned extends AsyncDisposable {
  readonly fake: FakeHost
  readonly db: Database
  /** Runs a command. */
  readonly xe: (...words: string[]) => Promise<Outcome>
  /** Runs a command in other surroundings. */
  readonly xeIn: (surroundings: Surroundings, ...words: string[]) => Promise<Outcome>
  readonly host: (name: string) => Ref<'host'>
  readonly pif: (host: string, device: string) => Ref<'PIF'>
  readonly uuid: (host: string, device: string) => string
  /** Changes a PIF past every check. */
  readonly set: <F extends keyof Rows['PIF'] & string>(pif: Ref<'PIF'>, field: F, value: Rows['PIF'][F]) => void
  /** A new wire to the pool. */
  readonly wire: () => Transport
}

export async function spanned(options: FakeHostOptions = {}): Promise<Spanned> {
  const clock = () => Date.UTC(2024, 0, 2, 3, 4, 5)
  const fake = await startFakeHost({ seed: 7, clock, listen: false, hosts: 3, ...options })
  const { db } = fake
  const host = (name: string) => found(db.refs('host').find(ref => db.get('host', ref, 'name_label') === name))
  const pif = (name: string, device: string) =>
    found(db.get('host', host(name), 'PIFs').find(ref => db.get('PIF', ref, 'device') === device))
  const wire = () => memoryTransport((method, params) => fake.dispatch({ method, params, origin: 'memory' }))
  const xeIn: Spanned['xeIn'] = (surroundings, ...words) =>
    run([...words, '-u', fake.username, '-pw', fake.password], { open: async () => wire(), ...surroundings })
  return {
    fake,
    db,
    xe: (...words) => xeIn({}, ...words),
    xeIn,
    host,
    pif,
    uuid: (name, device) => db.get('PIF', pif(name, device), 'uuid'),
    set: (ref, field, value) => db.set('PIF', ref, field, value),
    wire,
    async [Symbol.asyncDispose]() {
      await fake.stop()
    },
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is no such thing in the pool')
  return value
}

/** Everything that a pool has of networks, in a form that two moments can be compared by. Sessions and tasks come and go. */
export function remains({ db }: Spanned): unknown {
  const classes = ['network', 'PIF', 'PIF_metrics', 'tunnel', 'Bond', 'VLAN', 'network_sriov', 'VIF'] as const
  return classes.map(cls => [cls, db.refs(cls).map(ref => [ref, [...db.record(cls, ref)]])])
}

/** Bonds NICs of a host past every call, as if it had been so from the start. Returns the uuid of the bond's PIF. */
export function bond(
  { db, pif, set }: Spanned,
  host: string,
  members: readonly string[],
  fields: Partial<Rows['PIF']>,
): string {
  const [first = ''] = members
  const master = db.create('PIF', {
    device: 'bond0',
    host: db.get('PIF', pif(host, first), 'host'),
    network: db.create('network', { bridge: 'xapi9' }),
    metrics: db.create('PIF_metrics', {}),
    MTU: 1500,
    VLAN: -1,
    managed: true,
    ...fields,
  })
  const made = db.create('Bond', { master, primary_slave: pif(host, first) })
  for (const member of members) set(pif(host, member), 'bond_slave_of', made)
  return db.get('PIF', master, 'uuid')
}

/** A user who wants the command to end, once a message comes that fits. */
export function interruptedAt({ wire }: Spanned, fits: (method: string) => boolean): Surroundings {
  const transport = wire()
  const user = new AbortController()
  const open: Transport = {
    ...transport,
    call(method, parameters, options) {
      if (fits(method)) user.abort(new Interruption('SIGINT'))
      return transport.call(method, parameters, options)
    },
  }
  return { open, signal: user.signal }
}

const schema = JSON.parse(readFileSync(new URL('../../../schema/output-v1.json', import.meta.url), 'utf8'))
const isValid = new Ajv2020({ allowUnionTypes: true }).compile(schema)

/** JSON of the shape that is promised. */
export function promised(text: string): Record<string, unknown> {
  const document: Record<string, unknown> = JSON.parse(text)
  if (!isValid(document)) throw new Error(`${JSON.stringify(isValid.errors)} in ${text}`)
  return document
}

/** A stderr that is a terminal, and what was printed there. */
export function terminal(): { readonly stderr: Writer; readonly printed: () => string } {
  const printed: string[] = []
  const stderr: Writer = { isTTY: true, write: text => void printed.push(text) }
  return { stderr, printed: () => printed.join('') }
}
