import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryHost, type MemoryHost } from '../../../src/fake-host/network/backends/memory.ts'
import { createOpenVSwitch, type OpenVSwitch } from '../../../src/fake-host/network/backends/openvswitch.ts'
import type { BridgeConfig, GuestPort, InterfaceConfig, PortConfig } from '../../../src/fake-host/network/daemon.ts'

let host: MemoryHost
let ovs: OpenVSwitch
const make = (name: string, fields: Partial<BridgeConfig> = {}) =>
  ovs['Bridge.make_config'](
    new Map([[name, { other_config: new Map(), ports: new Map(), persistent: false, ...fields }]]),
  )
const settings = (entries: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(entries))
const bond = (properties: Record<string, string>, interfaces = ['eth0', 'eth1']): Partial<BridgeConfig> => {
  const port: PortConfig = { interfaces, bond_mac: '0a:00:00:00:00:01', bond_properties: settings(properties) }
  return { ports: new Map([['bond0', port]]) }
}

const device: InterfaceConfig = {
  ipv4_conf: 'None4',
  ipv6_conf: 'Linklocal6',
  ipv4_routes: [],
  mtu: 9000,
  ethtool_settings: new Map(),
  ethtool_offload: new Map(),
  persistent: false,
}

beforeEach(() => {
  host = createMemoryHost(new Map())
  ovs = createOpenVSwitch(host)
})

it('the host remembers its gateway, its name servers and whether UDP 4789 is open', async () => {
  await ovs.set_gateway_interface('xenbr0')
  await ovs.set_dns_interface('xenbr1')
  await ovs.FIREWALL('vxlan', true)
  expect(host).toMatchObject({ gatewayInterface: 'xenbr0', dnsInterface: 'xenbr1', vxlanPortOpen: true })
  await ovs.FIREWALL('vxlan', false)
  expect(host.vxlanPortOpen).toBe(false)
})

// docs/spec/networking-semantics.md 17.2, 17.3
describe('the rows of an Open vSwitch', () => {
  it('start with the switch itself', () => {
    expect(ovs.tables.Open_vSwitch.other_config).toEqual(settings({ 'max-idle': '5000' }))
  })

  it('for the bridge of a tunnel have its MAC, its network and no port but its own', async () => {
    const other_config = settings({ 'network-uuids': 'uuid-1' })
    await make('xapi7', { other_config, bridge_mac: '02:00:00:00:00:07', igmp_snooping: false })
    expect(ovs.tables.Bridge.get('xapi7')).toEqual({
      name: 'xapi7',
      isSetUp: true,
      ports: new Set(['xapi7']),
      fail_mode: 'standalone',
      mcast_snooping_enable: false,
      other_config: settings({
        hwaddr: '02:00:00:00:00:07',
        'mac-table-size': '10000',
        'enable-ipv6-mcast-snooping': 'false',
        'mcast-snooping-disable-flood-unregistered': 'true',
      }),
      external_ids: settings({ 'xs-network-uuids': 'uuid-1' }),
    })
    expect([...ovs.tables.Interface.values()].map(({ name, type }) => [name, type])).toEqual([['xapi7', 'internal']])
  })

  it('for an internal network have neither a MAC nor anything about snooping', async () => {
    const other_config = settings({ 'network-uuids': 'uuid-1' })
    await ovs['Bridge.create']('xapi9', { other_config, ports: new Map(), persistent: false })
    expect(ovs.tables.Bridge.get('xapi9')).toMatchObject({
      fail_mode: 'standalone',
      other_config: settings({ 'mac-table-size': '10000' }),
      external_ids: settings({ 'xs-network-uuids': 'uuid-1' }),
    })
  })

  it('for a VLAN are a tagged port of the parent, whose external id then names both networks', async () => {
    await make('xenbr0', { other_config: settings({ 'network-uuids': 'p' }) })
    await make('xapi1', {
      vlan: ['xenbr0', 100],
      bridge_mac: '0a:00:00:00:00:01',
      other_config: settings({ 'network-uuids': 'v;p' }),
    })
    expect(ovs.tables.Port.get('xapi1')).toMatchObject({ bridge: 'xenbr0', fake_bridge: true, tag: 100 })
    expect(ovs.tables.Interface.get('xapi1')?.MAC).toBe('0a:00:00:00:00:01')
    expect(ovs.tables.Bridge.get('xenbr0')?.external_ids).toEqual(settings({ 'xs-network-uuids': 'v;p' }))
    expect(ovs.tables.Bridge.has('xapi1')).toBe(false)
    await make('xenbr0', { other_config: settings({ 'network-uuids': 'p' }) })
    expect(ovs.tables.Bridge.get('xenbr0')?.external_ids).toEqual(settings({ 'xs-network-uuids': 'p' }))
  })

  it('for a VLAN take the place of a real bridge, and of another VLAN with the same tag', async () => {
    await make('xenbr0')
    await make('xapi1')
    await make('xapi1', { vlan: ['xenbr0', 100] })
    expect([...ovs.tables.Bridge.keys()]).toEqual(['xenbr0'])
    await make('xapi2', { vlan: ['xenbr0', 100] })
    expect(await ovs['Bridge.get_all']()).toEqual(['xenbr0', 'xapi2'])
  })

  it('follow the fail mode and the in-band setting, but not values that are none', async () => {
    const mode = (value: string) => make('b', { other_config: settings({ 'vswitch-controller-fail-mode': value }) })
    const inBand = (value: string) => make('b', { other_config: settings({ 'vswitch-disable-in-band': value }) })
    const bridge = () => ovs.tables.Bridge.get('b')
    await mode('secure')
    expect(bridge()?.fail_mode).toBe('secure')
    await mode('other')
    expect(bridge()?.fail_mode).toBe('standalone')
    await inBand('true')
    await inBand('maybe')
    expect(bridge()?.other_config.get('disable-in-band')).toBe('true')
    await make('b')
    expect(bridge()?.other_config.has('disable-in-band')).toBe(false)
  })

  it('for a bond have its properties, of balancing and of detection', async () => {
    const defaults = { miimon: '100', downdelay: '200', updelay: '31000', use_carrier: '1', 'hashing-algorithm': '' }
    await make('xapi2', bond({ mode: 'balance-slb', ...defaults, 'rebalance-interval': '1800000' }))
    expect(ovs.tables.Port.get('bond0')).toMatchObject({
      interfaces: ['eth0', 'eth1'],
      MAC: '0a:00:00:00:00:01',
      lacp: 'off',
      bond_mode: 'balance-slb',
      bond_updelay: 31000,
      bond_downdelay: 200,
      other_config: settings({
        'bond-miimon-interval': '100',
        'bond-detect-mode': 'carrier',
        'bond-rebalance-interval': '1800000',
      }),
    })
  })

  it.each([
    ['tcpudp_ports', 'balance-tcp'],
    ['anything', 'balance-tcp'],
    ['src_mac', 'balance-slb'],
  ])('for LACP that hashes by %s balance by %s', async (hashing, balance) => {
    await make('xapi2', bond({ mode: 'lacp', 'hashing-algorithm': hashing }))
    expect(ovs.tables.Port.get('bond0')).toMatchObject({ lacp: 'active', bond_mode: balance })
  })

  it('103, 104, 106: for LACP have its time, and no setting without a value', async () => {
    for (const time of ['slow', 'fast']) {
      await make('xapi2', bond({ mode: 'lacp', 'hashing-algorithm': '', 'lacp-time': time }))
      expect(ovs.tables.Port.get('bond0')?.other_config).toEqual(settings({ 'lacp-time': time }))
    }
  })

  it('105: for LACP with an aggregation key have it on each interface', async () => {
    await make('xapi2', bond({ mode: 'lacp', 'lacp-aggregation-key': '42' }))
    expect(ovs.tables.Port.get('bond0')?.other_config).toEqual(new Map())
    for (const name of ['eth0', 'eth1']) {
      expect(ovs.tables.Interface.get(name)?.other_config).toEqual(settings({ 'lacp-aggregation-key': '42' }))
    }
  })

  it('for a bond drop numbers that are none and keep unknown properties by their names', async () => {
    await make('xapi2', bond({ mode: 'active-backup', miimon: '-1', updelay: 'x', custom: 'y' }))
    expect(ovs.tables.Port.get('bond0')?.other_config).toEqual(settings({ 'bond-custom': 'y' }))
  })

  it('for a device that is told its MTU have the request', async () => {
    await make('xapi7')
    await ovs['Interface.make_config'](
      new Map([
        ['xapi7', device],
        ['eth9', device],
      ]),
    )
    expect(ovs.tables.Interface.get('xapi7')?.mtu_request).toBe(9000)
    expect(ovs.tables.Interface.has('eth9')).toBe(false)
  })

  it('are not changed into others that have their names', async () => {
    await make('xapi2', bond({ mode: 'active-backup' }))
    await expect(make('xapi2', bond({ mode: 'active-backup' }, ['eth0', 'eth2']))).rejects.toThrow(
      /^script error \[script = \/usr\/bin\/ovs-vsctl, .*but bond0 actually has interface\(s\) eth0, eth1\]$/,
    )
    await expect(make('xenbr0', { ports: new Map([['eth0', { interfaces: ['eth0'] }]]) })).rejects.toThrow(
      'script error',
    )
    await make('xapi3', { vlan: ['xapi2', 5] })
    await expect(make('xapi3', { vlan: ['xapi2', 6] })).rejects.toThrow('script error')
    await expect(make('xapi3')).rejects.toThrow('script error')
    await expect(make('xapi4', { vlan: ['xapi9', 5] })).rejects.toThrow('no bridge named xapi9')
  })

  describe('for a guest', () => {
    const guest: GuestPort = {
      device: 'vif5.1',
      bridge: 'xapi1',
      MAC: '02:00:00:00:00:01',
      mtu: 1500,
      vm: 'uuid-of-vm',
      vif: 'uuid-of-vif',
      network: 'uuid-of-network',
      locking: 'unlocked',
      ipv4Allowed: [],
      ipv6Allowed: [],
      trunks: [10, 20],
    }
    const ids = settings({
      'xs-vm-uuid': 'uuid-of-vm',
      'xs-vif-uuid': 'uuid-of-vif',
      'xs-network-uuid': 'uuid-of-network',
      'attached-mac': '02:00:00:00:00:01',
    })

    it('say whose it is, and which tags reach it', async () => {
      await make('xapi1')
      await ovs.addGuestPort(guest)
      expect(ovs.tables.Port.get('vif5.1')).toMatchObject({
        bridge: 'xapi1',
        interfaces: ['vif5.1'],
        tag: undefined,
        trunks: [10, 20],
      })
      expect(ovs.tables.Interface.get('vif5.1')).toMatchObject({ type: '', external_ids: ids })
      await ovs.addGuestPort({ ...guest, trunks: [] })
      expect(ovs.tables.Port.get('vif5.1')?.trunks).toEqual([])
    })

    it('on a VLAN are on the bridge below, with its tag, and say the network of the VLAN', async () => {
      await make('xenbr0')
      await make('xapi1', { vlan: ['xenbr0', 100] })
      await ovs.addGuestPort(guest)
      expect(ovs.tables.Port.get('vif5.1')).toMatchObject({ bridge: 'xenbr0', tag: 100, fake_bridge: false })
      expect(ovs.tables.Bridge.get('xenbr0')?.ports).toContain('vif5.1')
      expect(ovs.tables.Interface.get('vif5.1')?.external_ids).toEqual(ids)
      await ovs['Bridge.destroy']('xapi1', false)
      expect([...(ovs.tables.Bridge.get('xenbr0')?.ports ?? [])]).toEqual(['xenbr0'])
      expect(ovs.tables.Interface.has('vif5.1')).toBe(false)
    })

    it('stay where its bridge becomes that of a VLAN, but its interface has lost what was said of it', async () => {
      await make('xenbr0')
      await make('xapi1')
      await ovs.addGuestPort(guest)
      await make('xapi1', { vlan: ['xenbr0', 100] })
      expect(ovs.tables.Port.get('vif5.1')).toMatchObject({ bridge: 'xenbr0', tag: 100 })
      expect(ovs.tables.Interface.get('vif5.1')?.external_ids).toEqual(new Map())
    })
  })
})
