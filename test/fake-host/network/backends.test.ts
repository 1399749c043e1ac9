import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBackend } from '../../../src/fake-host/network/backends/index.ts'
import type { Backend, BridgeConfig, GuestPort, InterfaceConfig } from '../../../src/fake-host/network/daemon.ts'
import { describeUnless, noSwitch, type Switch, startSwitch } from '../../ovs-lab/index.ts'

const config = (fields: Partial<BridgeConfig> = {}): BridgeConfig => ({
  other_config: new Map(),
  ports: new Map(),
  persistent: false,
  ...fields,
})
const device: InterfaceConfig = {
  ipv4_conf: 'None4',
  ipv6_conf: 'Linklocal6',
  ipv4_routes: [],
  mtu: 1500,
  ethtool_settings: new Map(),
  ethtool_offload: new Map(),
  persistent: true,
}

const guest = (fields: Partial<GuestPort> = {}): GuestPort => ({
  device: 'vif1.0',
  bridge: 'xenbr0',
  MAC: '02:00:00:00:00:01',
  mtu: 1400,
  vm: 'uuid-of-vm',
  vif: 'uuid-of-vif',
  network: 'uuid-of-network',
  locking: 'unlocked',
  ipv4Allowed: [],
  ipv6Allowed: [],
  trunks: [],
  ...fields,
})

// What all back ends have in common (docs/spec/networking-semantics.md 17.1 - 17.4, 17.8).
describe.each(['openvswitch', 'bridge'] as const)('the back end %s', kind => {
  shared(kind, 9000, async () => createBackend(kind, new Map([['eth0', 9000]])))
})

describeUnless(noSwitch, 'the back end openvswitch on a real one', () => {
  let ovs: Switch
  beforeAll(async () => {
    ovs = await startSwitch({ datapath: 'dummy' })
  })
  afterAll(() => ovs?.stop())
  afterEach(() => ovs.vsctl('clear', 'open_vswitch', '.', 'bridges'))
  // There the NIC is a device, with an MTU of its own.
  shared('openvswitch', 1500, async () => createBackend('openvswitch', new Map([['eth0', 9000]]), ovs))
})

function shared(kind: Backend['kind'], nicMtu: number, create: () => Promise<Backend>): void {
  let backend: Backend
  const described = async (name: string) => (await backend.describe()).find(bridge => bridge.name === name)
  const make = (...bridges: [string, Partial<BridgeConfig>][]) =>
    backend['Bridge.make_config'](new Map(bridges.map(([name, fields]) => [name, config(fields)])))

  const nic = (name: string) => ({ ports: new Map([[name, { interfaces: [name] }]]), bridge_mac: '0a:00:00:00:00:01' })
  const physical: [string, Partial<BridgeConfig>] = ['xenbr0', { ...nic('eth0'), persistent: true }]
  const vlan: [string, Partial<BridgeConfig>] = ['xapi1', { vlan: ['xenbr0', 100], bridge_mac: '0a:00:00:00:00:01' }]

  beforeEach(async () => {
    backend = await create()
  })
  afterEach(() => backend.close())

  it('is what it is called', () => {
    expect(backend.kind).toBe(kind)
  })

  it('makes a bridge with a NIC, and no other when it is made again', async () => {
    for (let i = 0; i < 2; i++) await make(physical)
    expect(await backend['Bridge.get_all']()).toEqual(['xenbr0'])
    expect(await described('xenbr0')).toEqual({ name: 'xenbr0', ports: ['eth0'], up: true, persistent: true })
  })

  it('makes a VLAN bridge on another, whatever the order in which they are told', async () => {
    await make(vlan, physical)
    expect([...(await backend['Bridge.get_all']())].sort()).toEqual(['xapi1', 'xenbr0'])
    expect(await described('xapi1')).toMatchObject({ vlan: ['xenbr0', 100], ports: [], up: true, persistent: false })
    expect(await described('xenbr0')).toMatchObject({ ports: ['eth0'] })
  })

  it('makes a bridge without a port for a tunnel or an internal network', async () => {
    await make(['xapi2', { bridge_mac: '02:00:00:00:00:07' }])
    await backend['Bridge.create']('xapi3', config())
    for (const name of ['xapi2', 'xapi3']) expect(await described(name)).toMatchObject({ ports: [], up: true })
  })

  it('makes a bond out of several NICs, and a plain port out of one', async () => {
    await make(
      ['xapi4', { ports: new Map([['bond0', { interfaces: ['eth0', 'eth1'], bond_properties: new Map() }]]) }],
      ['xapi5', { ports: new Map([['bond1', { interfaces: ['eth2'] }]]) }],
    )
    expect(await described('xapi4')).toMatchObject({ ports: ['bond0'] })
    expect(await described('xapi5')).toMatchObject({ ports: ['eth2'] })
  })

  it('destroys a bridge, and takes an unknown one for destroyed', async () => {
    await make(physical, vlan)
    await backend['Bridge.destroy']('xapi1', false)
    expect(await backend['Bridge.get_all']()).toEqual(['xenbr0'])
    for (let i = 0; i < 2; i++) await backend['Bridge.destroy']('xenbr0', false)
    expect(await backend.describe()).toEqual([])
  })

  it('only takes down a bridge that carries VLANs, unless forced', async () => {
    await make(physical, vlan)
    await backend['Bridge.destroy']('xenbr0', false)
    expect(await described('xenbr0')).toMatchObject({ ports: ['eth0'], up: false })
    expect(await described('xapi1')).toMatchObject({ up: true })
    await backend['Bridge.destroy']('xenbr0', true)
    expect(await backend.describe()).toEqual([])
  })

  it('makes the same VLAN again after it was destroyed', async () => {
    await make(physical, vlan)
    await backend['Bridge.destroy']('xenbr0', true)
    await make(physical, vlan)
    expect(await described('xapi1')).toMatchObject({ vlan: ['xenbr0', 100] })
  })

  it('knows the MTU of a bridge by its NIC, of a VLAN by that of the bridge below, and the usual one otherwise', async () => {
    await make(physical, vlan, ['xapi2', {}], ['xenbr1', nic('eth1')])
    const mtus = await Promise.all(
      ['xenbr0', 'xapi1', 'xapi2', 'xenbr1'].map(name => backend['Interface.get_mtu'](name)),
    )
    expect(mtus).toEqual([nicMtu, nicMtu, 1500, 1500])
    await expect(backend['Interface.get_mtu']('xapi9')).rejects.toThrow('no device xapi9')
  })

  it('remembers what is persistent', async () => {
    await make(physical, ['xapi2', {}])
    await backend['Interface.make_config'](new Map([['xapi2', device]]))
    expect([(await described('xenbr0'))?.persistent, (await described('xapi2'))?.persistent]).toEqual([true, true])
    await backend['Bridge.set_persistent']('xenbr0', false)
    await backend['Interface.set_persistent']('xapi2', false)
    expect([(await described('xenbr0'))?.persistent, (await described('xapi2'))?.persistent]).toEqual([false, false])
  })

  it('has none of its bridges after the host has booted', async () => {
    const other_config = new Map([['network-uuids', 'uuid-of-network']])
    await make([physical[0], { ...physical[1], other_config }], vlan)
    await backend.addGuestPort(guest())
    await backend.boot()
    expect(await backend.describe()).toEqual([])
    await make(physical)
    expect(await described('xenbr0')).toMatchObject({ ports: ['eth0'], persistent: true })
  })

  it('has no VLAN device where there is no VLAN', async () => {
    await make(physical)
    expect(await backend['Interface.has_vlan']('eth0', 100)).toBe(false)
  })

  describe("connects a guest's device", () => {
    beforeEach(() => make(physical, vlan, ['xapi2', {}]))
    const ports = async () =>
      Object.fromEntries((await backend.describe()).map(({ name, ports }) => [name, [...ports].sort()]))

    it('to the bridge of a NIC, of a VLAN and of an internal network', async () => {
      await backend.addGuestPort(guest())
      await backend.addGuestPort(guest({ device: 'vif1.1', bridge: 'xapi1' }))
      await backend.addGuestPort(guest({ device: 'vif2.0', bridge: 'xapi2', trunks: [3, 4] }))
      expect(await ports()).toEqual({ xenbr0: ['eth0', 'vif1.0'], xapi1: ['vif1.1'], xapi2: ['vif2.0'] })
      expect(await described('xapi1')).toMatchObject({ vlan: ['xenbr0', 100] })
    })

    it('with the MTU that it is told, whatever the bridge has', async () => {
      await backend.addGuestPort(guest())
      expect(await backend['Interface.get_mtu']('vif1.0')).toBe(1400)
      expect(await backend['Interface.get_mtu']('xenbr0')).toBe(nicMtu)
    })

    it('to another bridge, which it moves to', async () => {
      for (const bridge of ['xenbr0', 'xapi1', 'xapi2', 'xapi1', 'xapi1']) {
        await backend.addGuestPort(guest({ bridge }))
      }
      expect(await ports()).toEqual({ xenbr0: ['eth0'], xapi1: ['vif1.0'], xapi2: [] })
    })

    it('and disconnects it, which may be done twice', async () => {
      await backend.addGuestPort(guest({ bridge: 'xapi1' }))
      for (let i = 0; i < 2; i++) await backend.removeGuestPort('vif1.0')
      expect(await ports()).toEqual({ xenbr0: ['eth0'], xapi1: [], xapi2: [] })
      await expect(backend['Interface.get_mtu']('vif1.0')).rejects.toThrow('no device vif1.0')
    })

    it('to nothing while it is disabled', async () => {
      await backend.addGuestPort(guest())
      await backend.addGuestPort(guest({ locking: 'disabled' }))
      expect(await ports()).toMatchObject({ xenbr0: ['eth0'] })
      await backend.addGuestPort(guest({ locking: 'locked', ipv4Allowed: ['192.0.2.1'] }))
      expect(await ports()).toMatchObject({ xenbr0: ['eth0', 'vif1.0'] })
    })

    it('to no bridge that there is not', async () => {
      await expect(backend.addGuestPort(guest({ bridge: 'xapi9' }))).rejects.toThrow('no bridge named xapi9')
      await expect(backend.addGuestPort(guest({ bridge: 'eth0' }))).rejects.toThrow('no bridge named eth0')
    })

    it('so that it stays while its bridge is made again', async () => {
      await backend.addGuestPort(guest())
      await backend.addGuestPort(guest({ device: 'vif1.1', bridge: 'xapi1' }))
      await make(physical, vlan)
      await backend['Bridge.create']('xapi2', config())
      expect(await ports()).toEqual({ xenbr0: ['eth0', 'vif1.0'], xapi1: ['vif1.1'], xapi2: [] })
    })

    it('so that it is where a NIC joins its bridge later, and a VLAN on that', async () => {
      await backend.addGuestPort(guest({ bridge: 'xapi2' }))
      await make(['xapi2', nic('eth1')], ['xapi3', { vlan: ['xapi2', 7] }])
      expect(await ports()).toMatchObject({ xapi2: ['eth1', 'vif1.0'], xapi3: [] })
      expect(await described('xapi3')).toMatchObject({ vlan: ['xapi2', 7] })
    })

    it('until its bridge is destroyed, alone or with the one that it stands on', async () => {
      await backend.addGuestPort(guest({ bridge: 'xapi2' }))
      await backend.addGuestPort(guest({ device: 'vif1.1', bridge: 'xapi1' }))
      await backend.addGuestPort(guest({ device: 'vif1.2' }))
      await backend['Bridge.destroy']('xapi2', false)
      await backend['Bridge.destroy']('xapi1', false)
      expect(await ports()).toEqual({ xenbr0: ['eth0', 'vif1.2'] })
      await backend['Bridge.destroy']('xenbr0', true)
      await make(physical, vlan, ['xapi2', {}])
      expect(await ports()).toEqual({ xenbr0: ['eth0'], xapi1: [], xapi2: [] })
    })
  })
}
