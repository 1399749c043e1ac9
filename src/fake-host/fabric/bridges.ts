import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { isTunnelPort, type SwitchBridge, type SwitchPort } from '../network/index.ts'
import { switchesOf, withStatus } from './links.ts'
import { nameOf } from './underlay.ts'
import { nicPif } from './wires.ts'

/** The bridges of one host, each VLAN bridge as one of its own. */
export interface HostBridges {
  /** name_label and uuid of the host. */
  readonly host: string
  readonly uuid: string
  readonly backend: 'openvswitch' | 'bridge'
  /** Where it does not run, there are no bridges to be told of. */
  readonly running: boolean
  readonly bridges: readonly Bridge[]
}

interface Bridge {
  readonly name: string
  /** name_label of the network that has it; empty where none has. */
  readonly network: string
  /** Of a VLAN bridge: the bridge below it and its tag. */
  readonly parent?: string | undefined
  readonly vlan?: number | undefined
  readonly up: boolean
  readonly ports: readonly BridgePort[]
}

interface BridgePort {
  readonly name: string
  readonly kind: 'nic' | 'bond' | 'vif' | 'gre' | 'vxlan' | 'other'
  /** Of a bond: its NICs. */
  readonly interfaces?: readonly string[] | undefined
  /** Of a guest's device: the VIF's uuid and `VM/DEVICE`. */
  readonly vif?: string | undefined
  readonly guest?: string | undefined
  /** Of a tunnel: where it leads, with which key, and whether it hears from there. */
  readonly remote_ip?: string | undefined
  readonly key?: string | undefined
  readonly bfd?: string | undefined
  readonly error?: string | undefined
}

/** What each host's switch has, in the order of their names, or what one host's has. */
export async function bridgesOf(pool: Pool, host?: Ref<'host'>): Promise<HostBridges[]> {
  const { db } = pool
  const byName = new Intl.Collator('en', { numeric: true })
  const all = [...db.refs('host')].sort((a, b) => byName.compare(nameOf(pool, a), nameOf(pool, b)))
  const networks = new Map(db.refs('network').map(ref => [db.get('network', ref, 'bridge'), ref]))
  const switches = switchesOf(pool)
  const shown: HostBridges[] = []
  for (const ref of host === undefined ? all : [host]) {
    const running = pool.hosts.isRunning(ref)
    const rows = running ? await withStatus(pool, switches, ref) : []
    const nameOfNetwork = (bridge: string): string => {
      const network = networks.get(bridge)
      return network === undefined ? '' : db.get('network', network, 'name_label')
    }
    shown.push({
      host: nameOf(pool, ref),
      uuid: db.get('host', ref, 'uuid'),
      backend: pool.networks.of(ref).backend.kind,
      running,
      bridges: rows
        .flatMap(row => split(pool, ref, row))
        .map(row => ({ ...row, network: nameOfNetwork(row.name) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    })
  }
  return shown
}

/** A bridge and the VLAN bridges on it. */
function split(pool: Pool, host: Ref<'host'>, { name, up, ports }: SwitchBridge): Omit<Bridge, 'network'>[] {
  const shown = ports.filter(port => port.type !== 'internal')
  const fakes = ports.filter(port => port.fake_bridge)
  const tags = new Set(fakes.map(({ tag }) => tag))
  const described = (some: readonly SwitchPort[]) => some.map(port => portOf(pool, host, port))
  const vlanDevice = ports.find(port => port.type === 'vlan')
  return [
    {
      name,
      vlan: vlanDevice?.tag,
      up,
      ports: described(shown.filter(({ tag, type }) => type === 'vlan' || tag === undefined || !tags.has(tag))),
    },
    ...fakes.map(fake => ({
      name: fake.name,
      parent: name,
      vlan: fake.tag,
      up,
      ports: described(shown.filter(({ tag }) => tag === fake.tag)),
    })),
  ]
}

function portOf(pool: Pool, host: Ref<'host'>, port: SwitchPort): BridgePort {
  const { name, interfaces, options, bfd_status, error } = port
  if (isTunnelPort(port)) {
    const kind = port.type === 'gre' ? 'gre' : 'vxlan'
    const [remote_ip, key, bfd] = [options.get('remote_ip'), options.get('key'), bfd_status.get('state')]
    return { name, kind, remote_ip, key, bfd, error }
  }
  if (interfaces.length > 1) return { name, kind: 'bond', interfaces }
  const guest = guestOf(pool, host, name)
  if (guest) return { name, kind: 'vif', ...guest }
  const isCard = nicPif(pool, { host, device: interfaces[0] ?? name }) !== undefined
  return { name, kind: isCard ? 'nic' : 'other', error }
}

function guestOf({ db }: Pool, host: Ref<'host'>, name: string): Pick<BridgePort, 'vif' | 'guest'> | undefined {
  const [, domain, device] = /^vif(\d+)\.(\d+)$/.exec(name) ?? []
  const vm = db.get('host', host, 'resident_VMs').find(ref => db.get('VM', ref, 'domid') === Number(domain))
  if (vm === undefined) return undefined
  const vif = db.get('VM', vm, 'VIFs').find(ref => db.get('VIF', ref, 'device') === device)
  if (vif === undefined) return undefined
  return { vif: db.get('VIF', vif, 'uuid'), guest: `${db.get('VM', vm, 'name_label')}/${device}` }
}
