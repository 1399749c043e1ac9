import type { FakeHost, FakeHostOptions } from '../../src/fake-host/index.ts'
import type { Ref, Session } from '../../src/xapi/index.ts'
import { noSwitch } from '../ovs-lab/index.ts'
import { startLab } from './real/lab.ts'
import { type Span, startPool } from './running.ts'
import type { Running } from './start.ts'

/** Three hosts of a fake pool, whatever their switches are. */
export interface Ground extends AsyncDisposable {
  readonly fake: FakeHost
  readonly session: Session
  /** In the order of their names. */
  readonly hosts: readonly GroundHost[]
  control(): Promise<Running>
  span(name: string, protocol: 'gre' | 'vxlan'): Promise<Span>
  /** The tunnel ports of a host. */
  ports(host: GroundHost): Promise<readonly GroundPort[]>
  /** Pulls the cable of a host; what it returns plugs it in again. */
  cut(host: GroundHost): Promise<() => Promise<void>>
  /** Takes the power from a host; what it returns lets it boot. */
  crash(host: GroundHost): Promise<() => Promise<void>>
}

export interface GroundHost {
  readonly ref: Ref<'host'>
  readonly uuid: string
  readonly name: string
}

interface GroundPort {
  readonly bridge: string
  readonly type: string
  readonly key: string
}

/** Each kind, with what is missing for it here. */
export const grounds: readonly {
  readonly title: string
  readonly trouble: string | undefined
  readonly start: (options?: FakeHostOptions) => Promise<Ground>
}[] = [
  { title: 'switches in memory', trouble: undefined, start: inMemory },
  { title: 'real switches, on the dummy datapath', trouble: noSwitch, start: onRealSwitches },
]

async function inMemory(options: FakeHostOptions = {}): Promise<Ground> {
  const pool = await startPool(3, options)
  const { fake, session } = pool
  const hosts = await Promise.all(
    pool.hosts.map(async (ref): Promise<GroundHost> => {
      return { ref, uuid: await session.host.get_uuid(ref), name: await session.host.get_name_label(ref) }
    }),
  )
  return {
    fake,
    session,
    hosts: hosts.sort((a, b) => (a.name < b.name ? -1 : 1)),
    control: () => pool.control(),
    span: (name, protocol) =>
      pool.span(
        name,
        protocol,
        hosts.map(({ ref }) => ref),
      ),
    async ports({ name }) {
      const { bridges } = await fake.control.switchState(name)
      return bridges.flatMap(bridge =>
        bridge.ports
          .filter(({ type }) => type === 'gre' || type === 'vxlan')
          .map(({ type, options: its }) => ({ bridge: bridge.name, type, key: its.get('key') ?? '' })),
      )
    },
    async cut({ name }) {
      const scenario = await fake.control.scenario('network-partition', { side: name })
      return () => scenario.undo()
    },
    async crash({ name }) {
      await fake.hosts.get(name).stop()
      return () => fake.hosts.get(name).start()
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

async function onRealSwitches(options: FakeHostOptions = {}): Promise<Ground> {
  const lab = await startLab(3, options)
  const named = (name: string) => {
    const host = lab.hosts.find(its => its.name === name)
    if (!host) throw new Error(`no ${name}`)
    return host
  }
  return {
    fake: lab.fake,
    session: lab.session,
    hosts: lab.hosts,
    control: () => lab.control(),
    span: (name, protocol) => lab.span(name, protocol),
    async ports({ name }) {
      const { its } = named(name)
      const found: GroundPort[] = []
      for (const bridge of (await its.vsctl('list-br')).split('\n')) {
        for (const port of (await its.vsctl('list-ports', bridge)).split('\n').filter(Boolean)) {
          const type = (await its.vsctl('get', 'interface', port, 'type')).replaceAll('"', '')
          if (type !== 'gre' && type !== 'vxlan') continue
          const key = await its.vsctl('get', 'interface', port, 'options:key')
          found.push({ bridge, type, key: key.replaceAll('"', '') })
        }
      }
      return found
    },
    async cut({ name }) {
      await lab.cable(named(name), 'down')
      return () => lab.cable(named(name), 'up')
    },
    async crash({ name }) {
      await lab.crash(named(name))
      return () => lab.boot(named(name))
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}
