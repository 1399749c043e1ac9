import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref, type Rows } from '../../../src/datamodel/index.ts'
import {
  addBond,
  addHost,
  addNetwork,
  addPif,
  addSriov,
  addTunnel,
  addVlan,
  type Bench,
  bridgesOf,
  emptyPool,
} from '../fixtures.ts'

let bench: Bench
let network: Ref<'network'>
const create = (members: Ref<'PIF'>[], on = network, MAC = 'ff:ff:ff:ff:ff:ff') =>
  bench.error('Bond.create', on, members, MAC, 'active-backup', new Map())
const fields = (pif: Ref<'PIF'>): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', pif))
const nic = (device: string, more: Partial<Rows['PIF']> = {}): Ref<'PIF'> =>
  addPif(bench, {
    device,
    MAC: `0a:00:00:00:00:0${device.slice(3)}`,
    network: addNetwork(bench, { bridge: device.replace('eth', 'xenbr') }),
    ...more,
  })
/** The master PIF and the bond of two NICs, made by a call. */
async function bonded(members: Ref<'PIF'>[]): Promise<{ bond: Ref<'Bond'>; master: Ref<'PIF'> }> {
  const bond = String(await bench.call('Bond.create', network, members, ''))
  return { bond, master: bench.db.get('Bond', bond, 'master') }
}
const bridges = async () => [...(await bridgesOf(bench.pool, bench.host)).keys()].sort()
const setPool = (field: 'ha_enabled' | 'redo_log_enabled', value: boolean) =>
  bench.db.set('pool', bench.db.refs('pool')[0] ?? NULL_REF, field, value)

beforeEach(async () => {
  bench = await emptyPool()
  network = addNetwork(bench, { bridge: 'xapi9' })
})

// Numbers are those of docs/spec/networking-conformance-cases.md C.
describe('a bond', () => {
  it('25: is refused of unmanaged PIFs', async () => {
    const [a, b] = [addPif(bench, { managed: false }), addPif(bench, { managed: false })]
    expect(await create([a, b])).toEqual(['PIF_UNMANAGED', a])
  })

  it('26: is refused on a network that the host is connected to', async () => {
    const other = addPif(bench, { network })
    expect(await create([addPif(bench), addPif(bench)])).toEqual(['NETWORK_ALREADY_CONNECTED', bench.host, other])
  })

  it('27: is refused of members of other bonds', async () => {
    const [a, b] = [addPif(bench), addPif(bench)]
    for (const member of [a, b]) addBond(bench, [member, addPif(bench)])
    expect(await create([a, b])).toEqual(['PIF_ALREADY_BONDED', a])
  })

  it('28: is refused of VLANs on physical PIFs', async () => {
    const members = [addPif(bench), addPif(bench)].map(pif => addVlan(bench, pif, 1).pif)
    expect(await create(members)).toEqual(['PIF_VLAN_EXISTS', 'eth0'])
  })

  it('29: is refused of VLANs on SR-IOV logical PIFs', async () => {
    const members = [addPif(bench), addPif(bench)].map(pif => addVlan(bench, addSriov(bench, pif).pif, 1).pif)
    expect(await create(members)).toEqual(['PIF_VLAN_EXISTS', 'eth0'])
  })

  it('30: is refused of SR-IOV logical PIFs', async () => {
    const [a = '', b = ''] = [addPif(bench), addPif(bench)].map(pif => addSriov(bench, pif).pif)
    expect(await create([a, b])).toEqual(['PIF_IS_SRIOV_LOGICAL', a])
  })

  it('31: is refused of access PIFs of tunnels', async () => {
    const [a = '', b = ''] = [addPif(bench), addPif(bench)].map(pif => addTunnel(bench, pif).pif)
    expect(await create([a, b])).toEqual(['IS_TUNNEL_ACCESS_PIF', a])
  })

  it('32: is refused on the network of an SR-IOV logical PIF of another host', async () => {
    const { pif } = addSriov(bench, addPif(bench, { host: addHost(bench.db) }))
    const on = bench.db.get('PIF', pif, 'network')
    expect(await create([addPif(bench), addPif(bench)], on)).toEqual(['NETWORK_INCOMPATIBLE_WITH_BOND', on])
  })

  it('33: is refused on the network of a VLAN on SR-IOV of another host', async () => {
    const { pif } = addSriov(bench, addPif(bench, { host: addHost(bench.db) }))
    const on = bench.db.get('PIF', addVlan(bench, pif, 1).pif, 'network')
    expect(await create([addPif(bench), addPif(bench)], on)).toEqual(['NETWORK_INCOMPATIBLE_WITH_BOND', on])
  })
})

describe('Bond.create', () => {
  it('wants members before all else', async () => {
    expect(await create([], NULL_REF)).toEqual(['PIF_BOND_NEEDS_MORE_MEMBERS'])
  })

  it('makes a bond of one NIC, named more than once', async () => {
    const member = nic('eth0')
    const { bond, master } = await bonded([member, member])
    expect(bench.db.get('Bond', bond, 'slaves')).toEqual([member])
    expect((await bridgesOf(bench.pool, bench.host)).get('xapi9')?.ports).toEqual(['eth0'])
    expect(fields(master)).toMatchObject({ device: 'bond0', currently_attached: true })
  })

  it('looks at the network, the MAC and the properties before the members', async () => {
    const members = [addPif(bench, { managed: false }), addPif(bench)]
    const unmanaged = addNetwork(bench, { managed: false })
    expect(await create(members, unmanaged)).toEqual(['NETWORK_UNMANAGED', unmanaged])
    expect(await create(members, network, 'a:b')).toEqual(['MAC_INVALID', 'a:b'])
    const withProperties = (mode: string, ...properties: [string, string][]) =>
      bench.error('Bond.create', network, members, '', mode, new Map(properties))
    const refused = (text: string) => ['INVALID_VALUE', 'properties', text]
    expect(await withProperties('balance-slb', ['lacp-time', 'slow'])).toEqual(refused('lacp-time = slow'))
    expect(await withProperties('lacp', ['lacp-time', 'soon'])).toEqual(refused('lacp-time = soon'))
    expect(await withProperties('lacp', ['lacp-aggregation-key', 'x'])).toEqual(refused('lacp-aggregation-key = x'))
    expect(await withProperties('lacp', ['lacp-aggregation-key', '42'])).toEqual(['PIF_UNMANAGED', members[0]])
  })

  it('wants members that are alike', async () => {
    const [a, b] = [addPif(bench), addPif(bench)]
    const { db } = bench
    db.set('PIF', b, 'primary_address_type', 'IPv6')
    expect(await create([a, b])).toEqual(['PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE', b])
    db.set('PIF', b, 'primary_address_type', 'IPv4')
    expect(await create([a, addPif(bench, { host: addHost(db) })])).toEqual(['PIF_CANNOT_BOND_CROSS_HOST'])
    db.set('PIF', b, 'properties', new Map([['gro', 'off']]))
    expect(await create([a, b])).toEqual(['INCOMPATIBLE_PIF_PROPERTIES'])
    db.set('PIF', b, 'properties', new Map([['gro', 'on']]))
    for (const pif of [a, b]) db.set('PIF', pif, 'ip_configuration_mode', 'DHCP')
    expect(await create([a, b])).toEqual(['PIF_BOND_MORE_THAN_ONE_IP'])
    expect(db.refs('Bond')).toEqual([])
  })

  it('is refused by HA for the management interface only', async () => {
    const members = [nic('eth0', { management: true }), nic('eth1')]
    setPool('ha_enabled', true)
    expect(await create(members)).toEqual(['HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE'])
    await bonded([nic('eth2'), nic('eth3')])
  })

  it('moves the IPv4 configuration to the bond, which is up as its members are not', async () => {
    const address = { ip_configuration_mode: 'Static', IP: '198.51.100.2', netmask: '255.255.255.0' } as const
    const [a, b] = [nic('eth0'), nic('eth1', { ...address, gateway: '198.51.100.1', DNS: '198.51.100.53' })]
    await bench.call('PIF.plug', b)
    const { bond, master } = await bonded([a, b])
    expect(fields(master)).toMatchObject({
      ...address,
      gateway: '198.51.100.1',
      DNS: '198.51.100.53',
      MAC: '0a:00:00:00:00:01',
      properties: new Map([['gro', 'on']]),
      currently_attached: true,
    })
    expect(fields(b)).toMatchObject({ ip_configuration_mode: 'None', IP: '', DNS: '', currently_attached: false })
    expect(Object.fromEntries(bench.db.record('Bond', bond))).toMatchObject({
      master,
      slaves: [b, a],
      primary_slave: b,
      mode: 'balance-slb',
      links_up: 0,
      auto_update_mac: true,
    })
    expect(await bridges()).toEqual(['xapi9'])
  })

  it('gives the lowest number that no bond of the host has', async () => {
    const first = await bonded([nic('eth0')])
    network = addNetwork(bench, { bridge: 'xapi8' })
    expect(fields((await bonded([nic('eth1')])).master).device).toBe('bond1')
    await bench.call('Bond.destroy', first.bond)
    network = addNetwork(bench, { bridge: 'xapi7' })
    expect(fields((await bonded([nic('eth2')])).master).device).toBe('bond0')
  })
})

describe('Bond.destroy', () => {
  it('brings up the members and clears them of the bond', async () => {
    const { db } = bench
    const members = [nic('eth0', { ip_configuration_mode: 'DHCP' }), nic('eth1')]
    const { bond, master } = await bonded(members)
    await bench.call('Bond.destroy', bond)
    expect([db.exists('Bond', bond), db.exists('PIF', master)]).toEqual([false, false])
    for (const pif of members) expect(fields(pif)).toMatchObject({ bond_slave_of: NULL_REF, currently_attached: true })
    expect(fields(members[0] ?? '').ip_configuration_mode).toBe('DHCP')
    expect(db.exists('network', network)).toBe(true)
    expect(await bridges()).toEqual(['xenbr0', 'xenbr1'])
    expect(await bench.error('Bond.destroy', bond)).toEqual(['HANDLE_INVALID', 'Bond', bond])
  })

  it('leaves the members of an unplugged bond down', async () => {
    const members = [nic('eth0'), nic('eth1')]
    const { bond, master } = await bonded(members)
    await bench.call('PIF.unplug', master)
    await bench.call('Bond.destroy', bond)
    expect(members.map(pif => fields(pif).currently_attached)).toEqual([false, false])
  })

  it('is refused by HA for the management interface', async () => {
    const { bond } = await bonded([nic('eth0', { management: true, ip_configuration_mode: 'DHCP' })])
    setPool('ha_enabled', true)
    expect(await bench.error('Bond.destroy', bond)).toEqual(['HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE'])
  })
})

describe('the mode of a bond', () => {
  it('brings its defaults, and the bond up', async () => {
    const { db } = bench
    const { bond, master } = await bonded([nic('eth0'), nic('eth1')])
    await bench.call('PIF.unplug', master)
    await bench.call('Bond.set_mode', bond, 'lacp')
    const defaults = { hashing_algorithm: 'tcpudp_ports', 'lacp-time': 'slow', 'lacp-fallback-ab': 'true' }
    expect(Object.fromEntries(db.get('Bond', bond, 'properties'))).toEqual(defaults)
    expect(fields(master).currently_attached).toBe(true)
    await bench.call('Bond.set_mode', bond, 'active-backup')
    expect(db.get('Bond', bond, 'properties').size).toBe(0)
  })

  it('decides which properties it takes', async () => {
    const { bond } = await bonded([nic('eth0'), nic('eth1')])
    const set = ['Bond.set_property', bond, 'lacp-time', 'fast'] as const
    expect(await bench.error(...set)).toEqual(['INVALID_VALUE', 'properties', 'lacp-time = fast'])
    await bench.call('Bond.set_mode', bond, 'lacp')
    await bench.call(...set)
    expect(bench.db.get('Bond', bond, 'properties').get('lacp-time')).toBe('fast')
  })
})
