import { ovsdbDataplane } from '../../src/controller/index.ts'
import type { Topology } from '../../src/controller/model.ts'
import { type FakeHost, startFakeHost } from '../../src/fake-host/index.ts'
import { connect, type Ref, type Session } from '../../src/xapi/index.ts'
import { managementPif } from '../controller/running.ts'
import { type Running, startController } from '../controller/start.ts'
import { addCable, addNamespace, eventually, type Namespace, type Switch, startSwitch } from '../ovs-lab/index.ts'

/**
 * Three hosts of a fake pool, each with a real switch in a network namespace of its own, whose cards are plugged into one bridge;
 * guests are further namespaces, whose cables end on the switches.
 */
export interface ThreeHosts extends AsyncDisposable {
  readonly fake: FakeHost
  readonly session: Session
  readonly hosts: readonly PacketHost[]
  /** Starts a controller; it ends with the lab, or before. */
  control(settings?: { readonly topology?: Topology }): Promise<Running>
  /** A tunnel network with a guest on each host, whose addresses are 192.0.2.1 and so on. */
  span(name: string, protocol: 'gre' | 'vxlan'): Promise<GuestNetwork>
  /** Takes away the guests of a network, its tunnels and itself. */
  destroy(network: GuestNetwork): Promise<void>
}

export interface PacketHost {
  readonly name: string
  readonly ref: Ref<'host'>
  readonly uuid: string
  readonly namespace: Namespace
  readonly ovs: Switch
  /** The PIF that tunnels stand on. */
  readonly transport: Ref<'PIF'>
  readonly vm: Ref<'VM'>
  /** Pulls the cable of its card, or plugs it in again. */
  cable(state: 'up' | 'down'): Promise<void>
  /** Gives the bridge of its management network the address that the pool knows, as a host does. */
  takeAddress(): Promise<void>
}

export interface GuestNetwork {
  readonly name: string
  readonly ref: Ref<'network'>
  readonly uuid: string
  readonly bridge: string
  /** In the order of the hosts. */
  readonly tunnels: readonly Ref<'tunnel'>[]
  readonly guests: readonly Guest[]
}

interface Guest {
  readonly namespace: Namespace
  readonly vif: Ref<'VIF'>
  readonly address: string
  readonly mac: string
}

/** Detection within three of these, in milliseconds; what the controller uses unless told. */
export const BFD_MS = 300

export async function startThreeHosts(): Promise<ThreeHosts> {
  const ends = new Ends()
  try {
    return await start(ends)
  } catch (error) {
    await ends.dispose()
    throw error
  }
}

async function start(ends: Ends): Promise<ThreeHosts> {
  const names = ['host1', 'host2', 'host3']
  const underlay = ends.use(await addNamespace())
  await underlay.ip('link', 'add', 'ul', 'type', 'bridge')
  await underlay.ip('link', 'set', 'ul', 'up')
  const machines = await Promise.all(
    names.map(async name => {
      const namespace = ends.use(await addNamespace())
      await addCable({ in: namespace, device: 'eth0' }, { in: underlay, device: name })
      await underlay.ip('link', 'set', name, 'master', 'ul')
      return { namespace, ovs: ends.use(await startSwitch({ datapath: 'netdev', netns: namespace.name })) }
    }),
  )
  const fake = ends.use(
    await startFakeHost({
      hosts: names.length,
      seed: 3,
      ovsdb: machines.map(({ ovs }) => ovs.address),
      datapath: 'netdev',
    }),
  )
  const { host, port, username, password } = fake
  const open = () => connect({ host, port, tls: false, username, password })
  const session = await open()
  ends.defer(() => session.logout())

  const hosts = await Promise.all(
    names.map(async (name, at): Promise<PacketHost> => {
      const machine = machines[at]
      const [ref] = await session.host.get_by_name_label(name)
      const [vm] = await session.VM.get_by_name_label(`vm${at + 1}`)
      if (!machine || !ref || !vm) throw new Error(`no ${name}`)
      const { namespace } = machine
      const transport = await managementPif(session, ref)
      const its: PacketHost = {
        ...machine,
        name,
        ref,
        vm,
        transport,
        uuid: await session.host.get_uuid(ref),
        async cable(state) {
          await underlay.ip('link', 'set', name, state)
        },
        async takeAddress() {
          await namespace.ip('addr', 'flush', 'dev', 'xenbr0')
          await namespace.ip('addr', 'add', `${await session.PIF.get_IP(transport)}/16`, 'dev', 'xenbr0')
          await namespace.ip('link', 'set', 'xenbr0', 'up')
        },
      }
      await its.takeAddress()
      return its
    }),
  )

  let devices = 0
  return {
    fake,
    session,
    hosts,
    async control({ topology } = {}) {
      const places = new Map(hosts.map(({ uuid, ovs }) => [uuid, ovs.address]))
      const its = await startController({
        sessions: [await open()],
        dataplane: events =>
          ovsdbDataplane({
            ...events,
            addressOf: ({ host: uuid }) => places.get(uuid) ?? '',
            tls: undefined,
            bfdIntervalMs: BFD_MS,
            random: Math.random,
          }),
        topology,
        retryMs: 1000,
      })
      ends.defer(() => its.stop())
      return its
    },
    async span(name, protocol) {
      const ref = await session.network.create({ name_label: name, other_config: new Map() })
      const [uuid, bridge] = [await session.network.get_uuid(ref), await session.network.get_bridge(ref)]
      const tunnels = []
      for (const { transport } of hosts) tunnels.push(await session.tunnel.create(transport, ref, protocol))
      devices += 1
      const device = String(devices)
      const guests = await Promise.all(hosts.map((its, at) => addGuest(its, `192.0.2.${at + 1}`, ref, device)))
      return { name, ref, uuid, bridge, tunnels, guests }
    },
    async destroy({ ref, tunnels, guests }) {
      for (const { vif } of guests) {
        if (await session.VIF.get_currently_attached(vif)) await session.VIF.unplug(vif)
        await session.VIF.destroy(vif)
      }
      for (const tunnel of tunnels) await session.tunnel.destroy(tunnel)
      await session.network.destroy(ref)
    },
    [Symbol.asyncDispose]: () => ends.dispose(),
  }

  async function addGuest(
    { namespace: at, vm, ovs }: PacketHost,
    address: string,
    network: Ref<'network'>,
    device: string,
  ): Promise<Guest> {
    const namespace = ends.use(await addNamespace())
    // A guest that says nothing by itself teaches no switch where it is.
    await namespace.run('bash', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6')
    const domain = await session.VM.get_domid(vm)
    await addCable({ in: namespace, device: 'eth0' }, { in: at, device: `vif${domain}.${device}` })
    await namespace.ip('addr', 'add', `${address}/24`, 'dev', 'eth0')
    const vif = await session.VIF.create({
      VM: vm,
      network,
      device,
      MAC: '',
      MTU: 1500,
      other_config: new Map(),
      qos_algorithm_type: '',
      qos_algorithm_params: new Map(),
    })
    await namespace.ip('link', 'set', 'eth0', 'address', await session.VIF.get_MAC(vif))
    await session.VIF.plug(vif)
    await eventually(async () => Number(await ovs.vsctl('get', 'interface', `vif${domain}.${device}`, 'ofport')) > 0)
    return { namespace, vif, address, mac: await session.VIF.get_MAC(vif) }
  }
}

/** Ends what has begun, the last one first, whatever of it fails. */
class Ends {
  readonly #ends: (() => Promise<unknown>)[] = []

  use<T extends AsyncDisposable>(thing: T): T {
    this.#ends.push(async () => thing[Symbol.asyncDispose]())
    return thing
  }

  defer(end: () => Promise<unknown>): void {
    this.#ends.push(end)
  }

  async dispose(): Promise<void> {
    const failures: unknown[] = []
    for (const end of this.#ends.splice(0).reverse()) await end().catch(error => failures.push(error))
    if (failures.length > 0) throw new AggregateError(failures, 'not all has ended')
  }
}
