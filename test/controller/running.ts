import { vi } from 'vitest'
import { fakeDataplane } from '../../src/controller/index.ts'
import type { KeyRange, Topology } from '../../src/controller/model.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../src/fake-host/index.ts'
import { connect, type Ref, type Session } from '../../src/xapi/index.ts'
import { type Running, startController } from './start.ts'

export interface Pool extends AsyncDisposable {
  readonly fake: FakeHost
  readonly session: Session
  readonly hosts: readonly Ref<'host'>[]
  /** Starts a controller; it ends with the pool, or before. */
  control(settings?: {
    readonly owner?: string
    readonly keys?: KeyRange
    readonly topology?: Topology
  }): Promise<Running>
  /** A network with a tunnel on each of some hosts, all of them unless told. */
  span(name: string, protocol?: 'gre' | 'vxlan', on?: readonly Ref<'host'>[]): Promise<Span>
}

export interface Span {
  readonly network: Ref<'network'>
  readonly uuid: string
  readonly tunnels: readonly Ref<'tunnel'>[]
}

/** A fake pool whose hosts have addresses on their first card. */
export async function startPool(count = 3, options: FakeHostOptions = {}): Promise<Pool> {
  const fake = await startFakeHost({ hosts: count, seed: 7, ...options })
  const session = await open(fake)
  const hosts = await session.host.get_all()
  const running = new Set<Running>()
  return {
    fake,
    session,
    hosts,
    async control({ owner = `c${running.size}`, keys, topology } = {}) {
      const its = await startController({
        sessions: [await open(fake, options.users)],
        dataplane: events => fakeDataplane({ ...events, url: fake.url, owner, bfdIntervalMs: 300 }),
        keys,
        topology,
        onStop: () => running.delete(its),
      })
      running.add(its)
      return its
    },
    async span(name, protocol = 'gre', on = hosts) {
      const network = await session.network.create({ name_label: name, other_config: new Map() })
      const tunnels: Ref<'tunnel'>[] = []
      for (const where of on) {
        tunnels.push(await session.tunnel.create(await managementPif(session, where), network, protocol))
      }
      return { network, uuid: await session.network.get_uuid(network), tunnels }
    },
    async [Symbol.asyncDispose]() {
      for (const its of [...running]) await its.stop()
      await session.logout()
      await fake.stop()
    },
  }
}

/** A session of the superuser, or of the first of some users. */
export function open(fake: FakeHost, users: FakeHostOptions['users'] = []): Promise<Session> {
  const [user = fake] = typeof users === 'string' ? [] : users
  const { username, password } = user
  return connect({ host: fake.host, port: fake.port, tls: false, username, password })
}

export async function managementPif(session: Session, host: Ref<'host'>): Promise<Ref<'PIF'>> {
  for (const pif of await session.host.get_PIFs(host)) if (await session.PIF.get_management(pif)) return pif
  throw new Error('no management PIF')
}

/** Waits until something holds, for as long as a loaded machine may need. */
export const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 25_000, interval: 20 })
