import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { createBackend } from '../../../src/fake-host/network/backends/index.ts'
import type { Backend, BridgeConfig, GuestPort, InterfaceConfig } from '../../../src/fake-host/network/daemon.ts'
import { describeUnless, noSwitch, type Switch, startSwitch } from '../../ovs-lab/index.ts'

const config = (fields: Partial<BridgeConfig> = {}): BridgeConfig => ({
  other_config: new Map([['network-uuids', 'net']]),
  ports: new Map(),
  persistent: false,
  ...fields,
})
const nic = (name: string): Partial<BridgeConfig> => ({ ports: new Map([[name, { interfaces: [name] }]]) })
const bond = (...interfaces: string[]): Partial<BridgeConfig> => {
  const properties = { mode: 'balance-slb', miimon: '100', downdelay: '200', updelay: '31000', use_carrier: '1' }
  const bond_properties = new Map(Object.entries({ ...properties, 'rebalance-interval': '1800000' }))
  return { ports: new Map([['bond0', { interfaces, bond_mac: '02:00:00:00:00:20', bond_properties }]]) }
}
const device: InterfaceConfig = {
  ipv4_conf: 'None4',
  ipv6_conf: 'Linklocal6',
  ipv4_routes: [],
  mtu: 1400,
  ethtool_settings: new Map(),
  ethtool_offload: new Map(),
  persistent: true,
}
const guest = (device: string, bridge: string): GuestPort => ({
  ...{ device, bridge, MAC: '02:00:00:00:00:01', mtu: 1500, vm: 'vm', vif: 'vif', network: 'net' },
  ...{ locking: 'unlocked', ipv4Allowed: [], ipv6Allowed: [], trunks: [] },
})

describeUnless(noSwitch, 'on a real Open vSwitch, the back end', () => {
  let ovs: Switch
  let backend: Backend
  const make = (...bridges: [string, Partial<BridgeConfig>][]) =>
    backend['Bridge.make_config'](new Map(bridges.map(([name, fields]) => [name, config(fields)])))
  const get = (table: string, row: string, ...columns: string[]) =>
    ovs.vsctl('--bare', `--columns=${columns.join(',')}`, 'list', table, row).then(text => text.split('\n'))
  const nextCfg = async () => Number(await ovs.vsctl('get', 'open_vswitch', '.', 'next_cfg'))

  beforeAll(async () => {
    ovs = await startSwitch({ datapath: 'dummy' })
  })
  afterAll(() => ovs?.stop())
  beforeEach(() => {
    backend = createBackend('openvswitch', new Map(), ovs)
  })
  afterEach(async () => {
    backend.close()
    await ovs.vsctl('clear', 'open_vswitch', '.', 'bridges')
  })

  it('makes the bridge of a tunnel with the rows that a host writes, and the datapath that it is told', async () => {
    await make(['xapi7', { bridge_mac: '02:00:00:00:00:07', igmp_snooping: false }])
    expect(await ovs.vsctl('list-ports', 'xapi7')).toBe('')
    expect(await get('bridge', 'xapi7', 'fail_mode', 'mcast_snooping_enable', 'external_ids', 'datapath_type')).toEqual(
      [...['standalone', 'false', 'xs-network-uuids=net', 'dummy']],
    )
    expect(await ovs.vsctl('get', 'bridge', 'xapi7', 'other_config')).toBe(
      '{enable-ipv6-mcast-snooping="false", hwaddr="02:00:00:00:00:07", mac-table-size="10000", ' +
        'mcast-snooping-disable-flood-unregistered="true"}',
    )
    expect(await ovs.vsctl('get', 'interface', 'xapi7', 'ofport', 'type', 'mac_in_use')).toBe(
      '65534\ninternal\n"02:00:00:00:00:07"',
    )
    expect(await ovs.vsctl('get', 'open_vswitch', '.', 'other_config:max-idle')).toBe('"5000"')
  })

  it('makes a VLAN as a fake bridge, with the networks on its parent', async () => {
    await make(
      [
        'xapi1',
        { vlan: ['xenbr0', 42], bridge_mac: '02:00:00:00:00:10', other_config: new Map([['network-uuids', 'v;p']]) },
      ],
      ['xenbr0', nic('eth0')],
    )
    expect(await ovs.vsctl('list-br')).toBe('xapi1\nxenbr0')
    expect([await ovs.vsctl('br-to-parent', 'xapi1'), await ovs.vsctl('br-to-vlan', 'xapi1')]).toEqual(['xenbr0', '42'])
    expect(await ovs.vsctl('br-get-external-id', 'xenbr0', 'xs-network-uuids')).toBe('v;p')
    expect(await ovs.vsctl('get', 'interface', 'xapi1', 'mac')).toBe('"02:00:00:00:00:10"')
    expect(await ovs.vsctl('list-ports', 'xenbr0')).toBe('eth0')
  })

  it('makes a bond that the switch takes up', async () => {
    await make(['xapi2', bond('eth1', 'eth2')])
    expect(
      await get('port', 'bond0', 'bond_mode', 'bond_updelay', 'bond_downdelay', 'lacp', 'mac', 'other_config'),
    ).toEqual([
      ...['balance-slb', '31000', '200', 'off', '02:00:00:00:00:20'],
      'bond-detect-mode=carrier bond-miimon-interval=100 bond-rebalance-interval=1800000',
    ])
    expect(await ovs.appctl('bond/show', 'bond0')).toContain('bond_mode: balance-slb')
    await expect(make(['xapi2', bond('eth1', 'eth3')])).rejects.toThrow(
      'but bond0 actually has interface(s) eth1, eth2',
    )
    expect(await ovs.vsctl('list-ifaces', 'xapi2')).toBe('eth1\neth2')
  })

  it("connects a guest's device, on a VLAN with the tag of that", async () => {
    await make(['xenbr0', nic('eth0')], ['xapi1', { vlan: ['xenbr0', 42] }])
    await backend.addGuestPort(guest('vif3.0', 'xapi1'))
    expect(await ovs.vsctl('port-to-br', 'vif3.0')).toBe('xapi1')
    expect(await ovs.vsctl('get', 'port', 'vif3.0', 'tag')).toBe('42')
    expect(await ovs.vsctl('get', 'interface', 'vif3.0', 'external_ids')).toBe(
      '{attached-mac="02:00:00:00:00:01", xs-network-uuid=net, xs-vif-uuid=vif, xs-vm-uuid=vm}',
    )
    await backend.addGuestPort({ ...guest('vif3.0', 'xenbr0'), trunks: [7, 8] })
    expect(await ovs.vsctl('port-to-br', 'vif3.0')).toBe('xenbr0')
    expect(await ovs.vsctl('get', 'port', 'vif3.0', 'trunks')).toBe('[7, 8]')
    await backend.removeGuestPort('vif3.0')
    expect(await ovs.vsctl('list-ports', 'xenbr0')).toBe('eth0')
  })

  it('takes the guests along that another toolstack has connected, when a bridge becomes one of a VLAN', async () => {
    await make(['xenbr0', nic('eth0')], ['xapi1', {}])
    await ovs.vsctl('add-port', 'xapi1', 'vif9.0', '--', 'add-port', 'xapi1', 'other')
    await make(['xapi1', { vlan: ['xenbr0', 42] }])
    expect(await ovs.vsctl('list-ports', 'xapi1')).toBe('vif9.0')
    expect(await ovs.vsctl('get', 'port', 'vif9.0', 'tag')).toBe('42')
  })

  it('writes nothing where all is as it should be, whoever made it', async () => {
    const everything = () =>
      make(['xenbr0', nic('eth0')], ['xapi1', { vlan: ['xenbr0', 42] }], ['xapi2', bond('eth1', 'eth2')])
    await everything()
    await backend.addGuestPort(guest('vif3.0', 'xapi1'))
    const before = await nextCfg()
    backend.close()
    backend = createBackend('openvswitch', new Map(), ovs)
    await everything()
    await backend.addGuestPort(guest('vif3.0', 'xapi1'))
    expect(await nextCfg()).toBe(before)
  })

  it('repairs what is missing, and leaves alone what is there and what is not its own', async () => {
    const everything = () => make(['xenbr0', nic('eth0')], ['xapi1', { vlan: ['xenbr0', 42] }], ['xapi7', {}])
    await everything()
    await ovs.vsctl(
      'add-port',
      'xapi7',
      't1',
      '--',
      'set',
      'interface',
      't1',
      'type=gre',
      'options:remote_ip=10.0.0.9',
      'ofport_request=77',
      '--',
      'set',
      'bridge',
      'xapi7',
      'other_config:theirs=1',
      '--',
      'br-set-external-id',
      'xapi7',
      'bridge-id',
      'id',
    )
    await ovs.vsctl('add-br', 'theirs', '--', 'set', 'bridge', 'theirs', 'datapath_type=dummy')
    const uuids = async () =>
      ovs.vsctl('-f', 'csv', '--columns=_uuid,name,ofport', 'list', 'interface', 'xapi7', 't1', 'theirs', 'xenbr0')
    const before = await uuids()
    await ovs.vsctl('del-port', 'eth0', '--', 'del-br', 'xapi1', '--', 'clear', 'bridge', 'xapi7', 'fail_mode')
    await everything()
    expect(await ovs.vsctl('list-br')).toBe('theirs\nxapi1\nxapi7\nxenbr0')
    expect(await ovs.vsctl('list-ports', 'xenbr0')).toBe('eth0')
    expect(await ovs.vsctl('get-fail-mode', 'xapi7')).toBe('standalone')
    expect(await uuids()).toBe(before)
    expect(await ovs.vsctl('get', 'bridge', 'xapi7', 'other_config:theirs', 'external_ids:bridge-id')).toBe('"1"\nid')
  })

  it('repairs what an emergency reset has taken', async () => {
    await make(['xapi7', { bridge_mac: '02:00:00:00:00:07' }], ['xapi2', bond('eth1', 'eth2')])
    const settings = () =>
      Promise.all([get('bridge', 'xapi7', 'fail_mode', 'other_config'), get('port', 'bond0', 'other_config')])
    const before = await settings()
    await ovs.vsctl('emer-reset')
    expect(await settings()).not.toEqual(before)
    await make(['xapi7', { bridge_mac: '02:00:00:00:00:07' }], ['xapi2', bond('eth1', 'eth2')])
    expect(await settings()).toEqual(before)
  })

  it('goes on when the database was gone', async () => {
    await make(['xapi7', {}])
    await ovs.ovsdbServer.kill()
    await expect(make(['xapi8', {}])).rejects.toThrow(/^script error \[script = \/usr\/bin\/ovs-vsctl, .*unix:/)
    await ovs.ovsdbServer.start()
    await make(['xapi8', {}])
    expect(await ovs.vsctl('list-br')).toBe('xapi7\nxapi8')
  })

  it('goes on when the database was started anew between two calls', async () => {
    await make(['xapi7', {}])
    await ovs.ovsdbServer.kill()
    await ovs.ovsdbServer.start()
    await make(['xapi8', {}])
    expect(await ovs.vsctl('list-br')).toBe('xapi7\nxapi8')
  })

  it('says that nobody carries out what the database has taken, until the switch daemon is back', async () => {
    const hasty = createBackend('openvswitch', new Map(), { ...ovs, timeout: 500 })
    await ovs.vswitchd.kill()
    const plug = () => hasty['Bridge.make_config'](new Map([['xapi7', config()]]))
    for (let i = 0; i < 2; i++) await expect(plug()).rejects.toThrow('has not acted within 0.5 s')
    await ovs.vswitchd.start()
    await plug()
    expect(await ovs.vsctl('get', 'interface', 'xapi7', 'ofport')).toBe('65534')
    hasty.close()
  })

  it('shows what is on it, and takes the changes of a controller, all or none', async () => {
    await make(['xapi7', {}])
    const options = new Map([
      ['remote_ip', '10.0.0.9'],
      ['key', '5'],
    ])
    const external_ids = new Map([['owner', 'me']])
    await backend.edit([
      { op: 'add-port', bridge: 'xapi7', port: 't1', type: 'gre', options, external_ids, protected: true },
      { op: 'add-port', bridge: 'xapi7', port: 't2', type: 'gre' },
    ])
    expect(await ovs.vsctl('get', 'interface', 't1', 'type', 'options:remote_ip')).toBe('gre\n"10.0.0.9"')
    const shown = (await backend.inspect())[0]?.ports ?? []
    expect(backend.isReal).toBe(true)
    const [t1, t2] = ['t1', 't2'].map(name => shown.find(port => port.name === name))
    expect(t1).toMatchObject({ type: 'gre', options, external_ids, protected: true, error: undefined })
    expect(t1?.ofport).toBeGreaterThan(0)
    expect(t2).toMatchObject({ ofport: -1, error: expect.stringContaining("requires valid 'remote_ip'") })
    const wrong = backend.edit([
      { op: 'del-port', port: 't1' },
      { op: 'del-port', port: 'xapi7' },
    ])
    await expect(wrong).rejects.toThrow('port xapi7 is not a tunnel')
    expect(await ovs.vsctl('list-ports', 'xapi7')).toBe('t1\nt2')
    await backend.edit([
      { op: 'set-port', port: 't1', options: new Map([...options, ['key', '6']]) },
      { op: 'del-port', port: 't2' },
    ])
    expect(await ovs.vsctl('get', 'interface', 't1', 'options:key')).toBe('"6"')
    expect(await ovs.vsctl('list-ports', 'xapi7')).toBe('t1')
  })

  it('asks for the MTU that it is told, and knows the one that the device has got', async () => {
    await make(['xenbr0', nic('eth0')])
    await backend['Interface.make_config'](
      new Map([
        ['eth0', device],
        ['xenbr0', device],
        ['eth9', device],
      ]),
    )
    expect(await ovs.vsctl('get', 'interface', 'eth0', 'mtu', 'mtu_request')).toBe('1400\n1400')
    expect(await backend['Interface.get_mtu']('xenbr0')).toBe(1400)
  })

  it('loses, when the host boots, what a toolstack has made and nothing else', async () => {
    await make(['xenbr0', nic('eth0')], ['xapi1', { vlan: ['xenbr0', 42] }], ['xapi7', {}])
    await ovs.vsctl(
      'add-br',
      'theirs',
      '--',
      'set',
      'bridge',
      'theirs',
      'datapath_type=dummy',
      '--',
      'add-br',
      'theirs2',
      'theirs',
      '7',
    )
    await backend.boot()
    expect(await ovs.vsctl('list-br')).toBe('theirs\ntheirs2')
  })

  it('shares the switch with others that write at the same time', async () => {
    const other = createBackend('openvswitch', new Map(), ovs)
    const names = Array.from({ length: 8 }, (_, i) => `xapi${i}`)
    const makeOn = async (it: Backend, own: string) => {
      for (const name of names) {
        await it['Bridge.make_config'](new Map([[name, config()]]))
        await it.addGuestPort(guest(`vif${own}.${name.slice(4)}`, name))
      }
    }
    await Promise.all([makeOn(backend, '1'), makeOn(other, '2')])
    expect((await ovs.vsctl('list-br')).split('\n')).toEqual(names)
    for (const name of names) {
      expect(await ovs.vsctl('list-ports', name)).toBe(`vif1.${name.slice(4)}\nvif2.${name.slice(4)}`)
    }
    other.close()
  })

  it('does not do what the database refuses, and says so', async () => {
    await make(['xenbr0', nic('eth0')])
    const refused = make(['xapi1', { vlan: ['xenbr0', 5000] }])
    await expect(refused).rejects.toThrow(/^script error \[script = .*constraint violation/)
    expect(await ovs.vsctl('list-br')).toBe('xenbr0')
  })
})
