import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import {
  addBond,
  addHost,
  addNetwork,
  addPif,
  addSriov,
  addTunnel,
  addVif,
  addVlan,
  type Bench,
  emptyPool,
} from '../fixtures.ts'

let bench: Bench
let network: Ref<'network'>
const create = (transport: Ref<'PIF'>, on = network) => bench.error('tunnel.create', transport, on, 'gre')

beforeEach(async () => {
  bench = await emptyPool()
  network = addNetwork(bench, { bridge: 'xapi1' })
})

// Numbers are those of docs/spec/networking-conformance-cases.md A.
describe('a tunnel', () => {
  it('1: that is introduced is linked with its PIFs, its network and its host', () => {
    const { db, host } = bench
    const transport = addPif(bench)
    const { pif, tunnel } = addTunnel(bench, transport)
    expect(db.get('PIF', pif, 'tunnel_access_PIF_of')).toEqual([tunnel])
    expect(db.get('PIF', transport, 'tunnel_transport_PIF_of')).toEqual([tunnel])
    expect(db.get('tunnel', tunnel, 'transport_PIF')).toBe(transport)
    expect(db.get('tunnel', tunnel, 'access_PIF')).toBe(pif)
    expect(db.get('PIF', pif, 'host')).toBe(host)
    expect(db.get('network', db.get('PIF', pif, 'network'), 'PIFs')).toEqual([pif])
  })

  it('2: is refused on an unmanaged PIF', async () => {
    const transport = addPif(bench, { managed: false })
    expect(await create(transport)).toEqual(['PIF_UNMANAGED', transport])
  })

  it('3: is refused on a network that the host is connected to, whatever else is wrong', async () => {
    const transport = addPif(bench, { network, managed: false })
    expect(await create(transport)).toEqual(['NETWORK_ALREADY_CONNECTED', bench.host, transport])
  })

  it('4: is refused on a bond slave', async () => {
    const member = addPif(bench)
    addBond(bench, [member, addPif(bench)])
    expect(await create(member)).toEqual(['CANNOT_ADD_TUNNEL_TO_BOND_SLAVE', member])
  })

  it('5: is refused on the access PIF of another tunnel', async () => {
    const { pif } = addTunnel(bench, addPif(bench))
    expect(await create(pif)).toEqual(['IS_TUNNEL_ACCESS_PIF', pif])
  })

  it('6: is refused on an SR-IOV logical PIF', async () => {
    const { pif } = addSriov(bench, addPif(bench))
    expect(await create(pif)).toEqual(['CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL', pif])
  })

  it('7: is refused on a VLAN on an SR-IOV logical PIF', async () => {
    const { pif } = addVlan(bench, addSriov(bench, addPif(bench)).pif, 1)
    expect(await create(pif)).toEqual(['CANNOT_ADD_TUNNEL_TO_VLAN_ON_SRIOV_LOGICAL', pif])
  })

  it('8: is refused on the network of an SR-IOV logical PIF of another host', async () => {
    const other = addPif(bench, { host: addHost(bench.db) })
    const sriovNetwork = bench.db.get('PIF', addSriov(bench, other).pif, 'network')
    expect(await create(addPif(bench), sriovNetwork)).toEqual(['NETWORK_INCOMPATIBLE_WITH_TUNNEL', sriovNetwork])
  })

  it('9: is refused on the network of a VLAN on SR-IOV of another host', async () => {
    const other = addPif(bench, { host: addHost(bench.db) })
    const vlanNetwork = bench.db.get('PIF', addVlan(bench, addSriov(bench, other).pif, 1).pif, 'network')
    expect(await create(addPif(bench), vlanNetwork)).toEqual(['NETWORK_INCOMPATIBLE_WITH_TUNNEL', vlanNetwork])
  })
})

describe('tunnel.create', () => {
  it('tells a reference that is none from a host that is down', async () => {
    const { db } = bench
    expect(await create('OpaqueRef:gone')).toEqual(['HANDLE_INVALID', 'PIF', 'OpaqueRef:gone'])
    expect(await create(addPif(bench), NULL_REF)).toEqual(['HANDLE_INVALID', 'network', NULL_REF])
    const other = addHost(db)
    db.set('host_metrics', db.get('host', other, 'metrics'), 'live', false)
    expect(await create(addPif(bench, { host: other }), NULL_REF)).toEqual(['HOST_OFFLINE', other])
  })

  it('looks at the network before all else', async () => {
    const unmanaged = addNetwork(bench, { managed: false })
    expect(await create(addPif(bench, { managed: false }), unmanaged)).toEqual(['NETWORK_UNMANAGED', unmanaged])
  })

  it('wants Open vSwitch on every host, and says so after all that is wrong with PIFs', async () => {
    const { db } = bench
    const transport = addPif(bench, { ip_configuration_mode: 'DHCP' })
    const other = addHost(db)
    expect(await create(transport)).toEqual(['OPENVSWITCH_NOT_ACTIVE'])
    expect(db.refs('tunnel')).toEqual([])
    const { pif } = addTunnel(bench, transport)
    expect(await create(pif)).toEqual(['IS_TUNNEL_ACCESS_PIF', pif])
    db.set('host', other, 'software_version', new Map([['network_backend', 'openvswitch']]))
    await bench.call('tunnel.create', transport, network, 'gre')
  })

  it('leaves both records, and no tunnel for a second try, when the plug fails', async () => {
    const { db, host } = bench
    const transport = addPif(bench)
    expect(await create(transport)).toEqual(['TRANSPORT_PIF_NOT_CONFIGURED', transport])
    const [tunnel = NULL_REF] = db.refs('tunnel')
    const access = db.get('tunnel', tunnel, 'access_PIF')
    expect(db.get('PIF', access, 'currently_attached')).toBe(false)
    expect(db.get('PIF', access, 'MTU')).toBe(-1)
    expect(await create(transport)).toEqual(['NETWORK_ALREADY_CONNECTED', host, access])
  })

  it('gives the access PIF the values of docs/spec/networking-semantics.md 3.1', async () => {
    const { db, host } = bench
    const transport = addPif(bench, { ip_configuration_mode: 'DHCP' })
    const tunnel = String(await bench.call('tunnel.create', transport, network, 'vxlan'))
    expect(Object.fromEntries(db.record('tunnel', tunnel))).toMatchObject({
      transport_PIF: transport,
      status: new Map([['active', 'false']]),
      other_config: new Map(),
      protocol: 'vxlan',
    })
    expect(Object.fromEntries(db.stored('PIF', db.get('tunnel', tunnel, 'access_PIF')))).toMatchObject({
      device: 'tunnel0',
      device_name: 'tunnel0',
      network,
      host,
      MAC: expect.stringMatching(/^.[26ae](:[0-9a-f]{2}){5}$/),
      MTU: 1500,
      VLAN: -1,
      metrics: db.get('PIF', transport, 'metrics'),
      physical: false,
      managed: true,
      currently_attached: true,
      ip_configuration_mode: 'None',
      IPv6: [''],
      primary_address_type: 'IPv4',
      properties: new Map(),
      igmp_snooping_status: 'disabled',
      tunnel_access_PIF_of: [tunnel],
    })
    expect(db.get('PIF', transport, 'currently_attached')).toBe(true)
    expect(db.get('PIF', transport, 'tunnel_transport_PIF_of')).toEqual([tunnel])
  })

  it('works under HA', async () => {
    const { db } = bench
    db.set('pool', db.refs('pool')[0] ?? NULL_REF, 'ha_enabled', true)
    await bench.call('tunnel.create', addPif(bench, { ip_configuration_mode: 'DHCP' }), network, 'gre')
  })
})

describe('tunnel.destroy', () => {
  const plugged = async (): Promise<Ref<'tunnel'>> => {
    const transport = addPif(bench, { ip_configuration_mode: 'DHCP' })
    return String(await bench.call('tunnel.create', transport, network, 'gre'))
  }

  it('takes the access PIF with it and leaves the metrics to the transport', async () => {
    const { db } = bench
    const tunnel = await plugged()
    const [access, transport] = [db.get('tunnel', tunnel, 'access_PIF'), db.get('tunnel', tunnel, 'transport_PIF')]
    await bench.call('tunnel.destroy', tunnel)
    expect(db.exists('PIF', access)).toBe(false)
    expect(db.exists('PIF_metrics', db.get('PIF', transport, 'metrics'))).toBe(true)
    expect(db.get('PIF', transport, 'tunnel_transport_PIF_of')).toEqual([])
    expect(await bench.error('tunnel.destroy', tunnel)).toEqual(['HANDLE_INVALID', 'tunnel', tunnel])
  })

  it('works on a tunnel that is not plugged', async () => {
    const { tunnel } = addTunnel(bench, addPif(bench))
    await bench.call('tunnel.destroy', tunnel)
    expect(bench.db.refs('tunnel')).toEqual([])
  })

  it('finds the transport gone before all else', async () => {
    const { db } = bench
    const tunnel = await plugged()
    const transport = db.get('tunnel', tunnel, 'transport_PIF')
    db.destroy('PIF', transport)
    expect(await bench.error('tunnel.destroy', tunnel)).toEqual(['HANDLE_INVALID', 'PIF', transport])
  })

  it('destroys nothing when the access PIF may not be unplugged', async () => {
    const { db, host } = bench
    const tunnel = await plugged()
    const access = db.get('tunnel', tunnel, 'access_PIF')
    const vif = addVif(bench, network, { host, currently_attached: true })
    expect(await bench.error('tunnel.destroy', tunnel)).toEqual(['VIF_IN_USE', network, vif])
    db.set('PIF', access, 'management', true)
    expect(await bench.error('tunnel.destroy', tunnel)).toEqual(['PIF_IS_MANAGEMENT_INTERFACE', access])
    db.set('pool', db.refs('pool')[0] ?? NULL_REF, 'redo_log_enabled', true)
    expect(await bench.error('tunnel.destroy', tunnel)).toEqual(['REDO_LOG_IS_ENABLED'])
    db.set('pool', db.refs('pool')[0] ?? NULL_REF, 'ha_enabled', true)
    expect(await bench.error('tunnel.destroy', tunnel)).toEqual(['HA_IS_ENABLED'])
    expect(db.exists('tunnel', tunnel)).toBe(true)
    expect(db.get('PIF', access, 'currently_attached')).toBe(true)
  })
})
