import type { Ref } from '../../../src/datamodel/index.ts'
import type { FakeHost } from '../../../src/fake-host/index.ts'
import type { Session } from '../../../src/xapi/index.ts'
import type { Wire } from './sessions.ts'
import type { SimulatedTime } from './simulated-time.ts'
import type { Switches } from './switches.ts'

/** What chaos works on. */
export interface Stage {
  readonly fake: FakeHost
  readonly time: SimulatedTime
  readonly switches: Switches
  /** Of an operator. */
  readonly session: Session
  readonly controllers: readonly Subject[]
}

export interface Subject {
  readonly name: string
  /** What it takes its lease as. */
  readonly owner: string
  readonly wire: Wire | undefined
  /** Starts it, unless it runs. */
  start(): void
  /** Ends it: by its leave, or all at once with its lease held. */
  stop(isKilled: boolean): Promise<void>
}

/** Takes back what happened. */
type Undo = () => Promise<void> | void

export type Pick = <T>(from: readonly T[]) => T | undefined

/** Something that goes wrong, or that somebody does. Undefined where it cannot happen just now. */
type Happening = (stage: Stage, pick: Pick) => Promise<Undo | undefined> | Undo | undefined

const scenario =
  (name: string, parameters: (stage: Stage, pick: Pick) => Readonly<Record<string, string>>): Happening =>
  async (stage, pick) =>
    (await stage.fake.control.scenario(name, parameters(stage, pick))).undo

const hostName = ({ fake: { db } }: Stage, pick: Pick): string => {
  const host = pick(db.refs('host'))
  return host === undefined ? '' : db.get('host', host, 'name_label')
}

const coordinatorOf = ({ fake: { db } }: Stage) => db.get('pool', db.refs('pool')[0] ?? ('' as Ref<'pool'>), 'master')

const tunnelPif = async ({ session, fake: { db } }: Stage, pick: Pick, isAttached: boolean) => {
  const tunnels = db.refs('tunnel').map(tunnel => db.get('tunnel', tunnel, 'access_PIF'))
  const pif = pick(tunnels.filter(access => db.get('PIF', access, 'currently_attached') === isAttached))
  if (pif === undefined) return undefined
  await (isAttached ? session.PIF.unplug(pif) : session.PIF.plug(pif))
  return undefined
}

export const HAPPENINGS: Readonly<Record<string, Happening>> = {
  'a host dies': scenario('host-dies', (stage, pick) => ({ host: hostName(stage, pick) })),
  'a host dies unnoticed': scenario('host-dies', (stage, pick) => {
    const { db } = stage.fake
    const host = pick(db.refs('host').filter(one => one !== coordinatorOf(stage)))
    return { host: host === undefined ? '' : db.get('host', host, 'name_label'), unnoticed: 'true' }
  }),
  'a switch crashes': scenario('switch-crashes', (stage, pick) => ({ host: hostName(stage, pick) })),
  'one host is cut off': scenario('network-partition', (stage, pick) => ({ side: hostName(stage, pick) })),
  'two hosts are cut off': scenario('network-partition', (stage, pick) => ({
    side: `${hostName(stage, pick)},${hostName(stage, pick)}`,
  })),
  'a cable is pulled': scenario('pif-cable-pulled', (stage, pick) => ({ host: hostName(stage, pick), device: 'eth0' })),
  'an address is lost': scenario('transport-lost-address', (stage, pick) => ({ host: hostName(stage, pick) })),
  'a controller loses XenAPI': ({ controllers }, pick) => cutWire(pick(controllers)?.wire),
  'both controllers lose XenAPI': ({ controllers }) => {
    const undone = controllers.map(({ wire }) => cutWire(wire))
    return () => undone.forEach(undo => void undo?.())
  },
  'a controller loses a switch': ({ controllers, fake, switches }, pick) => {
    const name = `${pick(controllers)?.name} ${pick(fake.db.refs('host'))}`
    switches.cut.add(name)
    return () => void switches.cut.delete(name)
  },
  'both controllers lose a switch': ({ controllers, fake, switches }, pick) => {
    const host = pick(fake.db.refs('host'))
    const names = controllers.map(({ name }) => `${name} ${host}`)
    for (const name of names) switches.cut.add(name)
    return () => names.forEach(name => void switches.cut.delete(name))
  },
  'a controller loses the lease': ({ controllers, switches }, pick) => {
    const name = `${pick(controllers)?.name} lease`
    switches.cut.add(name)
    return () => void switches.cut.delete(name)
  },
  'the lease is taken away': ({ controllers, fake }, pick) => {
    for (const { owner } of controllers) fake.control.release('xe-tunnel-controller', owner)
    const taker = pick(controllers)?.owner ?? ''
    fake.control.lease('xe-tunnel-controller', taker, 3000)
    return undefined
  },
  'answers get lost': ({ switches }) => {
    switches.lost = 0.3
    return () => {
      switches.lost = 0
    }
  },
  'a controller ends': async ({ controllers }, pick) => {
    const subject = pick(controllers)
    await subject?.stop(false)
    return () => subject?.start()
  },
  'a controller is killed': async ({ controllers }, pick) => {
    const subject = pick(controllers)
    await subject?.stop(true)
    return () => subject?.start()
  },
  'the coordinator changes': async (stage, pick) => {
    const { session, fake } = stage
    const to = pick(fake.db.refs('host').filter(host => host !== coordinatorOf(stage)))
    if (to !== undefined) await session.pool.designate_new_master(to)
    return undefined
  },
  'a PIF is unplugged': (stage, pick) => tunnelPif(stage, pick, true),
  'a PIF is plugged': (stage, pick) => tunnelPif(stage, pick, false),
  'another PIF is plugged': (stage, pick) => tunnelPif(stage, pick, false),
  'a tunnel is destroyed': async ({ session, fake: { db } }, pick) => {
    const tunnel = pick(db.refs('tunnel'))
    if (tunnel !== undefined) await session.tunnel.destroy(tunnel)
    return undefined
  },
  'a tunnel is created': createTunnel,
  'another tunnel is created': createTunnel,
  'a network is made': async ({ session, fake: { db } }) => {
    const spans = db.refs('network').filter(network => db.get('network', network, 'name_label').startsWith('span'))
    if (spans.length > 4) return undefined
    const network = await session.network.create({ name_label: `span${spans.length}`, other_config: new Map() })
    for (const host of db.refs('host').slice(0, 3)) {
      const transport = db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'management'))
      if (transport !== undefined) await session.tunnel.create(transport, network, 'vxlan')
    }
    return undefined
  },
  'a host is disabled': async ({ session, fake: { db } }, pick) => {
    const host = pick(db.refs('host'))
    if (host === undefined) return undefined
    await session.host.disable(host)
    return () => session.host.enable(host)
  },
  'a host is drained': async ({ fake: { control, db } }, pick) => {
    const host = pick(db.refs('host'))
    if (host === undefined) return undefined
    const others = db.get('host', host, 'other_config')
    await control.writeObject('host', host, {
      other_config: new Map([...others, ['xe-tunnel-drained', 'true']]),
    } as never)
    return () => control.writeObject('host', host, { other_config: others } as never)
  },
  'a port is taken away': async ({ fake, switches }, pick) => {
    const host = pick(fake.db.refs('host').filter(one => switches.isLive(one)))
    const port = host && pick(await switches.livePorts(host))
    if (host && port) await fake.control.editSwitch(host, [{ op: 'del-port', port: port.name }])
    return undefined
  },
}

function cutWire(wire: Wire | undefined): Undo | undefined {
  wire?.cut()
  return () => wire?.mend()
}

async function createTunnel({ session, fake: { db } }: Stage, pick: Pick): Promise<undefined> {
  const network = pick(db.refs('network').filter(one => db.get('network', one, 'name_label').startsWith('span')))
  const host = pick(db.refs('host'))
  const transport = host && db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'management'))
  if (network && transport) await session.tunnel.create(transport, network, pick(['gre', 'vxlan'] as const) ?? 'gre')
  return undefined
}
