import type { Ref } from '../../src/datamodel/index.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../src/fake-host/index.ts'
import { connect, memoryTransport, type Session } from '../../src/xapi/index.ts'
import { noSwitch, startSwitch } from '../ovs-lab/index.ts'

/** A pool to hold the same expectations against, whatever way the calls take. */
export interface Subject extends AsyncDisposable {
  readonly session: Session
  /** The pool itself, for what no call shows or brings about. */
  readonly fake: FakeHost
}

export interface Driver {
  readonly name: string
  /** Why it cannot be used here; undefined: it can. */
  readonly trouble?: string | undefined
  open(options?: FakeHostOptions): Promise<Subject>
}

const CLOCK = () => Date.UTC(2024, 0, 2, 3, 4, 5)

async function open(options: FakeHostOptions, login: (fake: FakeHost) => Promise<Session>): Promise<Subject> {
  const fake = await startFakeHost({ seed: 7, clock: CLOCK, ...options })
  const session = await login(fake)
  return {
    session,
    fake,
    async [Symbol.asyncDispose]() {
      await session.logout()
      await fake.stop()
    },
  }
}

const credentials = ({ username, password }: FakeHost) => ({ username, password })

export const drivers: readonly Driver[] = [
  {
    name: 'in memory',
    open: (options = {}) =>
      open({ ...options, listen: false }, fake =>
        connect({
          transport: memoryTransport((method, params) => fake.dispatch({ method, params, origin: 'memory' })),
          ...credentials(fake),
        }),
      ),
  },
  ...(['json', 'xml'] as const).map(
    (wire): Driver => ({
      name: wire === 'json' ? 'over JSON-RPC' : 'over XML-RPC',
      open: (options = {}) =>
        open(options, fake => connect({ host: fake.host, port: fake.port, tls: false, wire, ...credentials(fake) })),
    }),
  ),
]

/** The calls over JSON-RPC, the hosts on real switches, without a way for packets. */
export const switched: Driver = {
  name: 'over JSON-RPC on real Open vSwitches',
  trouble: noSwitch,
  async open(options = {}) {
    const switches = await Promise.all([startSwitch({ datapath: 'dummy' }), startSwitch({ datapath: 'dummy' })])
    const ovsdb = switches.map(({ address }) => address)
    const subject = await open({ ...options, ovsdb, datapath: 'dummy' }, fake =>
      connect({ host: fake.host, port: fake.port, tls: false, wire: 'json', ...credentials(fake) }),
    )
    return {
      ...subject,
      async [Symbol.asyncDispose]() {
        await subject[Symbol.asyncDispose]()
        await Promise.all(switches.map(each => each.stop()))
      },
    }
  },
}

/** A session on some pool, fake or real. */
export interface AnyPool {
  readonly name: string
  connect(): Promise<{ session: Session } & AsyncDisposable>
}

const live = process.env.XE_TUNNEL_LIVE_URL

/**
 * Every pool that there is to hold expectations against: the fake ones, and a real one where XE_TUNNEL_LIVE_URL names it
 * (`https://user:password@host`; its certificate is not verified).
 */
export const pools: readonly AnyPool[] = [
  ...drivers.map(driver => ({ name: driver.name, connect: () => driver.open() })),
  ...(live === undefined ? [] : [livePool(new URL(live))]),
]

/** Whether the real pool may be changed as well. */
export const mayWrite = (pool: AnyPool): boolean => pool.name !== 'live' || process.env.XE_TUNNEL_LIVE_WRITE === '1'

function livePool(url: URL): AnyPool {
  const tls = url.protocol === 'https:' && { verify: false }
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  return {
    name: 'live',
    async connect() {
      const session = await connect({
        host: url.hostname,
        ...(url.port !== '' && { port: Number(url.port) }),
        tls,
        username,
        password,
      })
      return { session, [Symbol.asyncDispose]: () => session.logout() }
    },
  }
}

/** The objects of the default pool that tests speak of, by short names. */
export interface Places {
  readonly host1: Ref<'host'>
  readonly host2: Ref<'host'>
  pif(host: Ref<'host'>, device: string): Ref<'PIF'>
  /** A network of its own for a test. */
  network(name: string): Promise<Ref<'network'>>
}

export function places({ session, fake: { db } }: Subject): Places {
  const named = (name: string) => {
    const found = db.refs('host').find(host => db.get('host', host, 'name_label') === name)
    if (found === undefined) throw new Error(`no host ${name}`)
    return found
  }
  return {
    host1: named('host1'),
    host2: named('host2'),
    pif(host, device) {
      const found = db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'device') === device)
      if (found === undefined) throw new Error(`no ${device}`)
      return found
    },
    network: name => session.network.create({ name_label: name, other_config: new Map() }),
  }
}
