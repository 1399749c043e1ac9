import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Ref, Value } from '../../src/datamodel/index.ts'
import type { RpcValue } from '../../src/fake-host/dispatch/call.ts'
import { type FakeHost, startFakeHost } from '../../src/fake-host/start.ts'
import {
  addCable,
  addNamespace,
  describeUnless,
  eventually,
  type Namespace,
  noNamespaces,
  type Switch,
  startSwitch,
} from '../ovs-lab/index.ts'

vi.setConfig({ testTimeout: 120_000 }) // pings that get nowhere take their time

/**
 * Two hosts with a switch each, in network namespaces of their own, whose NICs are the ends of one cable; guests are
 * further namespaces, whose cables end on the switches.
 */
describeUnless(await noNamespaces(), 'hosts whose switches carry frames', () => {
  const ends: (() => Promise<unknown>)[] = []
  /** Ends with the test, the last one first, whatever happens. */
  function ending<T extends AsyncDisposable>(thing: T): T {
    ends.push(async () => thing[Symbol.asyncDispose]())
    return thing
  }
  let machines: readonly { readonly namespace: Namespace; readonly ovs: Switch }[]
  let pool: FakeHost
  let session: string
  const call = async (method: string, ...params: RpcValue[]): Promise<Value> => {
    const answer = await pool.dispatch({ method, params: [session, ...params], origin: 'tcp' })
    if (!answer.ok) throw new Error(`${method}: ${answer.error.join(' ')}`)
    return answer.value ?? ''
  }
  const hostNamed = (name: string) =>
    pool.db.refs('host').find(ref => pool.db.get('host', ref, 'name_label') === name) as Ref<'host'> // it is one of two
  const machine = (host: string) => machines[Number(host.slice(4)) - 1] as (typeof machines)[number] // host1, host2
  const vmNamed = async (name: string) => String(((await call('VM.get_by_name_label', name)) as Value[])[0])

  /** A tunnel network on both hosts, plugged. */
  async function addTunnelNetwork(): Promise<string> {
    const fields = new Map<string, RpcValue>([
      ['name_label', 'red'],
      ['other_config', new Map()],
    ])
    const network = String(await call('network.create', fields))
    for (const pif of pool.db.refs('PIF').filter(ref => pool.db.get('PIF', ref, 'management'))) {
      await call('tunnel.create', pif, network, 'gre')
    }
    return network
  }

  async function plugVif(vm: string, device: string, network: string): Promise<string> {
    const fields = {
      VM: vm,
      network,
      device,
      MAC: '',
      MTU: 1500n,
      other_config: new Map(),
      qos_algorithm_type: '',
      qos_algorithm_params: new Map(),
    }
    const vif = String(await call('VIF.create', new Map(Object.entries(fields))))
    await call('VIF.plug', vif)
    return vif
  }

  /** The other end of a VIF's device, with an address; the switch takes the device up when it comes. */
  async function addGuest(host: string, device: string, address: string): Promise<Namespace> {
    const guest = ending(await addNamespace())
    const { namespace, ovs } = machine(host)
    await addCable({ in: guest, device: 'eth0' }, { in: namespace, device })
    await guest.ip('addr', 'add', `${address}/24`, 'dev', 'eth0')
    await eventually(async () => Number(await ovs.vsctl('get', 'interface', device, 'ofport')) > 0)
    return guest
  }

  beforeEach(async () => {
    const namespaces = [ending(await addNamespace()), ending(await addNamespace())]
    const [one, two] = namespaces as [Namespace, Namespace]
    await addCable({ in: one, device: 'eth0' }, { in: two, device: 'eth0' })
    machines = await Promise.all(
      namespaces.map(async namespace => ({
        namespace,
        ovs: ending(await startSwitch({ datapath: 'netdev', netns: namespace.name })),
      })),
    )
    const ovsdb = machines.map(({ ovs }) => ovs.address)
    pool = ending(await startFakeHost({ listen: false, seed: 1, ovsdb, datapath: 'netdev' }))
    const login = await pool.dispatch({ method: 'session.login_with_password', params: ['root', 'pw'], origin: 'tcp' })
    session = login.ok ? String(login.value) : ''
  })

  afterEach(async () => {
    const failures: unknown[] = []
    for (const end of ends.splice(0).reverse()) await end().catch(error => failures.push(error))
    expect(failures).toEqual([])
  })

  it('let guests talk through the network of their NICs, from host to host', async () => {
    const one = await addGuest('host1', 'vif1.0', '192.0.2.1')
    await addGuest('host2', 'vif1.0', '192.0.2.2')
    expect(await one.reaches('192.0.2.2')).toBe(true)
  })

  it('let guests talk through a tunnel network on one host, and as long as nobody builds tunnels to no other', async () => {
    const network = await addTunnelNetwork()
    const [vm1, vm2] = [await vmNamed('vm1'), await vmNamed('vm2')]
    const vifs = [await plugVif(vm1, '1', network), await plugVif(vm1, '2', network), await plugVif(vm2, '1', network)]
    const one = await addGuest('host1', 'vif1.1', '192.0.2.1')
    await addGuest('host1', 'vif1.2', '192.0.2.2')
    const far = await addGuest('host2', 'vif1.1', '192.0.2.3')
    expect(await one.reaches('192.0.2.2')).toBe(true)
    expect(await one.reaches('192.0.2.3')).toBe(false)
    expect(await far.reaches('192.0.2.1')).toBe(false)

    const bridge = String(await call('network.get_bridge', network))
    for (const vif of vifs) await call('VIF.unplug', vif)
    expect(await one.reaches('192.0.2.2')).toBe(false)
    for (const { ovs } of machines) expect(await ovs.vsctl('list-ports', bridge)).toBe('')
    for (const tunnel of pool.db.refs('tunnel')) await call('PIF.unplug', await call('tunnel.get_access_PIF', tunnel))
    for (const { ovs, namespace } of machines) {
      expect(await ovs.vsctl('list-br')).toBe('xenbr0\nxenbr1')
      expect(await namespace.ip('-br', 'link')).not.toContain(bridge)
    }
  })

  it('let guests talk through a tunnel that a controller has built, and not with those on another network', async () => {
    const [red, blue] = [await addTunnelNetwork(), await addTunnelNetwork()]
    const [vm1, vm2] = [await vmNamed('vm1'), await vmNamed('vm2')]
    for (const vm of [vm1, vm2])
      for (const [device, network] of [
        ['1', red],
        ['2', blue],
      ] as const)
        await plugVif(vm, device, network)
    for (const [i, { namespace, ovs }] of machines.entries()) {
      await namespace.ip('addr', 'add', `10.0.0.${i + 1}/24`, 'dev', 'xenbr0')
      await namespace.ip('link', 'set', 'xenbr0', 'up')
      const bridge = String(await call('network.get_bridge', red))
      await ovs.vsctl(
        'add-port',
        bridge,
        't1',
        '--',
        'set',
        'interface',
        't1',
        'type=gre',
        `options:remote_ip=10.0.0.${2 - i}`,
        'options:key=5',
      )
    }
    const one = await addGuest('host1', 'vif1.1', '192.0.2.1')
    await addGuest('host2', 'vif1.1', '192.0.2.2')
    const other = await addGuest('host1', 'vif1.2', '192.0.2.1')
    await eventually(() => one.reaches('192.0.2.2'))
    expect(await other.reaches('192.0.2.2')).toBe(false)
  })

  it('connect a guest again when it is started after its host has booted', async () => {
    const one = await addGuest('host1', 'vif1.0', '192.0.2.1')
    await addGuest('host2', 'vif1.0', '192.0.2.2')
    expect(await one.reaches('192.0.2.2')).toBe(true)
    await pool.hosts.get('host2').stop()
    await pool.hosts.get('host2').start()
    expect(await one.reaches('192.0.2.2')).toBe(false)
    expect(await machine('host2').ovs.vsctl('list-ports', 'xenbr0')).toBe('eth0')
    const vm = await vmNamed('vm2')
    if ((await call('VM.get_power_state', vm)) !== 'Halted') await call('VM.power_state_reset', vm)
    await call('VM.start_on', vm, hostNamed('host2'), false, false)
    expect(await call('VM.get_domid', vm)).toBe(1) // a host that has booted counts anew: its device is there
    await eventually(() => one.reaches('192.0.2.2'))
    await call('VM.hard_shutdown', vm)
    expect(await one.reaches('192.0.2.2')).toBe(false)
    expect(await machine('host2').ovs.vsctl('list-ports', 'xenbr0')).toBe('eth0')
  })

  it('warn where the switch cannot make bridges', async () => {
    const ovsdb = machines.map(({ ovs }) => ovs.address)
    for (const { ovs } of machines) await ovs.vsctl('clear', 'open_vswitch', '.', 'bridges')
    await using host = await startFakeHost({ listen: false, ovsdb, datapath: 'system' })
    expect(host.warnings).toEqual(
      [1, 2].map(
        i => `${ovsdb[i - 1]}: the switch of host${i} could not make xenbr0, xenbr1; is its datapath another?`,
      ),
    )
  })
})
