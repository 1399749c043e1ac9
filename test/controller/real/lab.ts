import { statSync } from 'node:fs'
import { ovsdbDataplane } from '../../../src/controller/index.ts'
import type { KeyRange, Topology } from '../../../src/controller/model.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../../src/fake-host/index.ts'
import type { Ref, Session } from '../../../src/xapi/index.ts'
import { type Switch, startSwitch } from '../../ovs-lab/index.ts'
import { managementPif, open } from '../running.ts'
import { type Running, startController } from '../start.ts'

/** Three hosts of a fake pool, each with a real switch on the dummy datapath, and a fourth switch between them. */
export interface Lab extends AsyncDisposable {
  readonly fake: FakeHost
  readonly session: Session
  readonly hosts: readonly LabHost[]
  /** Starts a controller; it ends with the lab, or before. */
  control(settings?: { readonly topology?: Topology; readonly keys?: KeyRange }): Promise<Running>
  span(name: string, protocol?: 'gre' | 'vxlan'): Promise<Span>
  statusOf(tunnel: Ref<'tunnel'>): Promise<Readonly<Record<string, string>>>
  /** Lets a host lose its power, and its switch with it. */
  crash(host: LabHost): Promise<void>
  boot(host: LabHost): Promise<void>
  /** Pulls the cable of a host's card, or plugs it in again. */
  cable(host: LabHost, state: 'up' | 'down'): Promise<void>
  /** Sends a broadcast from a VM's device on a host; `frames` tells where it arrived. */
  broadcast(from: LabHost, span: Span): Promise<void>
  /** How many frames have come out at the VM's device on each host, in the order of the hosts. */
  frames(span: Span): readonly number[]
}

export interface LabHost {
  readonly ref: Ref<'host'>
  readonly uuid: string
  readonly name: string
  readonly address: string
  readonly its: Switch
  readonly mac: string
}

export interface Span {
  readonly network: Ref<'network'>
  readonly uuid: string
  readonly bridge: string
  readonly tunnels: readonly Ref<'tunnel'>[]
}

const FRAME =
  'in_port(1),eth(src=02:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff),eth_type(0x0800),ipv4(src=192.168.77.1,dst=192.168.77.2,proto=1,tos=0,ttl=64,frag=no),icmp(type=8,code=0)'
/** In bytes: of the file, and of each frame with what the file says of it. */
const PCAP_HEADER = 24
const PCAP_FRAME = 122

/** BFD flaps on this datapath when it is faster (docs/spec/open-vswitch.md d). */
const BFD_MS = 1000

export async function startLab(count = 3, options: FakeHostOptions = {}): Promise<Lab> {
  const switches = await Promise.all(Array.from({ length: count + 1 }, () => startSwitch({ datapath: 'dummy' })))
  const [underlay, ...own] = switches
  if (!underlay) throw new Error('no switch')
  const fake = await startFakeHost({
    hosts: count,
    seed: 11,
    ovsdb: own.map(({ address }) => address),
    datapath: 'dummy',
    ...options,
  })
  const session = await open(fake)
  const records = [...(await session.host.get_all_records())].sort(([, a], [, b]) =>
    a.name_label < b.name_label ? -1 : 1,
  )
  const hosts: LabHost[] = []
  for (const [at, [ref, { uuid, name_label: name }]] of records.entries()) {
    const its = own[at]
    if (!its) throw new Error('no switch')
    const pif = await managementPif(session, ref)
    const mac = await session.PIF.get_MAC(pif)
    hosts.push({ ref, uuid, name, address: await session.PIF.get_IP(pif), its, mac })
  }
  await wire(underlay, session, hosts)
  const running = new Set<Running>()
  return {
    fake,
    session,
    hosts,
    async control({ topology, keys } = {}) {
      const places = new Map(hosts.map(({ uuid, its }) => [uuid, its.address]))
      const its = await startController({
        sessions: [await open(fake, options.users)],
        dataplane: events =>
          ovsdbDataplane({
            ...events,
            addressOf: ({ host: uuid }) => places.get(uuid) ?? '',
            tls: undefined,
            bfdIntervalMs: BFD_MS,
            random: Math.random,
          }),
        topology,
        keys,
        retryMs: 200,
        onStop: () => running.delete(its),
      })
      running.add(its)
      return its
    },
    async span(name, protocol = 'gre') {
      const network = await session.network.create({ name_label: name, other_config: new Map() })
      const tunnels: Ref<'tunnel'>[] = []
      for (const { ref } of hosts) {
        tunnels.push(await session.tunnel.create(await managementPif(session, ref), network, protocol))
      }
      const [uuid, bridge] = [await session.network.get_uuid(network), await session.network.get_bridge(network)]
      for (const [at, { its }] of hosts.entries()) {
        await its.vsctl(
          'add-port',
          bridge,
          `vif${at}.${bridge}`,
          '--',
          'set',
          'interface',
          `vif${at}.${bridge}`,
          `options:tx_pcap=${its.folder}/${bridge}.pcap`,
        )
      }
      return { network, uuid, bridge, tunnels }
    },
    statusOf: async tunnel => Object.fromEntries(await session.tunnel.get_status(tunnel)),
    async crash({ name, its }) {
      await fake.hosts.get(name).stop()
      await its.vswitchd.kill()
    },
    async boot(host) {
      await host.its.vswitchd.start()
      await fake.hosts.get(host.name).start()
      await plugIn(host, socketOf(underlay, hosts.indexOf(host)), session, hosts)
    },
    async cable(host, state) {
      const device = await session.PIF.get_device(await managementPif(session, host.ref))
      const stream = `options:stream=unix:${socketOf(underlay, hosts.indexOf(host))}`
      if (state === 'up') await host.its.vsctl('set', 'interface', device, stream)
      else await host.its.vsctl('remove', 'interface', device, 'options', 'stream')
    },
    async broadcast(from, { bridge }) {
      const at = hosts.indexOf(from)
      await from.its.appctl('netdev-dummy/receive', `vif${at}.${bridge}`, FRAME)
    },
    frames: ({ bridge }) =>
      hosts.map(({ its }) => (statSync(`${its.folder}/${bridge}.pcap`).size - PCAP_HEADER) / PCAP_FRAME),
    async [Symbol.asyncDispose]() {
      for (const its of [...running]) await its.stop()
      await session.logout()
      await fake.stop()
      await Promise.all(switches.map(its => its.stop()))
    },
  }
}

/** Wires the hosts' cards to the switch between them. */
async function wire(underlay: Switch, session: Session, hosts: readonly LabHost[]): Promise<void> {
  await underlay.vsctl('add-br', 'br', '--', 'set', 'bridge', 'br', 'datapath_type=dummy')
  for (const [at, host] of hosts.entries()) {
    const socket = socketOf(underlay, at)
    await underlay.vsctl(
      'add-port',
      'br',
      `p${at}`,
      '--',
      'set',
      'interface',
      `p${at}`,
      `options:pstream=punix:${socket}`,
    )
    await plugIn(host, socket, session, hosts)
  }
}

const socketOf = ({ folder }: Switch, at: number): string => `${folder}/p${at}.sock`

/** Plugs in a host's card, and tells its switch where the others are: there is no IP stack to ask. */
async function plugIn(
  { its, ref, address }: LabHost,
  socket: string,
  session: Session,
  hosts: readonly LabHost[],
): Promise<void> {
  const pif = await session.PIF.get_record(await managementPif(session, ref))
  const bridge = await session.network.get_bridge(pif.network)
  await its.vsctl('set', 'interface', pif.device, `options:stream=unix:${socket}`)
  await its.appctl('netdev-dummy/ip4addr', bridge, `${address}/24`)
  await its.appctl('ovs/route/add', `${address.replace(/\d+$/, '0')}/24`, bridge)
  for (const other of hosts) {
    if (other.address !== address) await its.appctl('tnl/neigh/set', bridge, other.address, other.mac)
  }
}
