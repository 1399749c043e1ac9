import { FakeHostError } from './error.ts'
import type { Datapath } from './network/index.ts'
import type { FakeHostOptions } from './start.ts'

export interface ServeParameters {
  readonly background: boolean
  /** Whether a tunnel controller is to work on the pool. */
  readonly controller: boolean
  readonly options: FakeHostOptions
}

/** What each parameter means. */
const PARAMETERS: Readonly<Record<string, (value: string) => Partial<FakeHostOptions>>> = {
  listen: value => ({ listen: value }),
  snapshot: value => ({ snapshot: file('snapshot', value) }),
  state: value => ({ state: file('state', value) }),
  hosts: value => ({ hosts: integer('hosts', value, 1, 1000) }),
  seed: value => ({ seed: integer('seed', value, 0, Number.MAX_SAFE_INTEGER) }),
  backend: value => ({ backend: backend(value) }),
  ovsdb: value => ({ ovsdb: value.split(',') }),
  datapath: value => ({ datapath: datapath(value) }),
  lenient: value => ({ lenient: truth('lenient', value) }),
  faults: value => ({ faults: file('faults', value) }),
  trace: value => ({ trace: traceFile(value) }),
  users: value => ({ users: file('users', value) }),
  'status-owner': value => ({ statusOwner: statusOwner(value) }),
  members: value => ({ members: truth('members', value) }),
  controller: () => ({}),
  tls: () => ({}),
  cert: () => ({}),
  key: () => ({}),
  background: () => ({}),
}

/** The parameters of fake-host-serve; of several with one name the first counts. Throws FakeHostError. */
export function readParameters(parameters: readonly (readonly [name: string, value: string])[]): ServeParameters {
  const first = new Map(parameters.map(split).reverse())
  const options = [...first].map(([name, value]) => {
    const read = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined
    if (!read) {
      throw new FakeHostError(
        `there is no parameter ${JSON.stringify(name)}; there are ${Object.keys(PARAMETERS).join(', ')}`,
      )
    }
    return read(value)
  })
  const background = truth('background', first.get('background') ?? 'false')
  const controller = truth('controller', first.get('controller') ?? 'false')
  return { background, controller, options: Object.assign({}, ...options, { tls: tlsOf(first) }) }
}

/** `tls=true` alone makes a certificate; `cert=` and `key=` say which one, and that there is TLS. */
function tlsOf(parameters: ReadonlyMap<string, string>): FakeHostOptions['tls'] {
  const [cert, key] = [parameters.get('cert'), parameters.get('key')]
  const tls = truth('tls', parameters.get('tls') ?? String(cert !== undefined))
  if ((cert === undefined) !== (key === undefined)) throw new FakeHostError('cert and key need each other')
  if (cert === undefined || key === undefined) return tls
  if (!tls) throw new FakeHostError('a certificate is for tls=true')
  return { cert: file('cert', cert), key: file('key', key) }
}

/** A parameter that was typed as `--trace=FILE` comes with all of that as its name. */
export function split([name, value]: readonly [name: string, value: string]): readonly [name: string, value: string] {
  const at = name.indexOf('=')
  return at < 0 ? [name, value] : [name.slice(0, at), name.slice(at + 1)]
}

function file(name: string, value: string): string {
  if (value === '') throw new FakeHostError(`${name} needs the name of a file`)
  return value
}

/** `--trace` alone is another thing to xe, and no file is called so. */
function traceFile(value: string): string {
  if (value === 'true') throw new FakeHostError('trace needs the name of a file: --trace=FILE')
  return file('trace', value)
}

/** `role:NAME` or `user:NAME`. */
function statusOwner(value: string): FakeHostOptions['statusOwner'] {
  const [, kind, name] = /^(role|user):(.+)$/.exec(value) ?? []
  if (name === undefined) throw new FakeHostError(`status-owner=${value}: role:NAME or user:NAME is needed`)
  return kind === 'role' ? { role: name } : { user: name }
}

function integer(name: string, value: string, least: number, most: number): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= least && number <= most)) {
    throw new FakeHostError(`${name}=${value}: an integer from ${least} to ${most} is needed`)
  }
  return number
}

function backend(value: string): 'openvswitch' | 'bridge' {
  if (value !== 'openvswitch' && value !== 'bridge') {
    throw new FakeHostError(`backend=${value}: openvswitch or bridge is needed`)
  }
  return value
}

function datapath(value: string): Datapath {
  if (value !== 'system' && value !== 'netdev' && value !== 'dummy') {
    throw new FakeHostError(`datapath=${value}: system, netdev or dummy is needed`)
  }
  return value
}

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', 'y', '1'].map(word => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map(word => [word, false] as const),
])

/** As xe reads yes and no (docs/spec/xe-cli-semantics.md 1.3). */
function truth(name: string, value: string): boolean {
  const found = TRUTHS.get(value.toLowerCase())
  if (found === undefined) throw new FakeHostError(`${name}=${value}: true or false is needed`)
  return found
}
