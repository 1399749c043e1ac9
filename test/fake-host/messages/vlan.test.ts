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
  bridgesOf,
  emptyPool,
} from '../fixtures.ts'

let bench: Bench
let network: Ref<'network'>
const create = (tagged: Ref<'PIF'>, tag = 3201, on = network) => bench.error('VLAN.create', tagged, BigInt(tag), on)

/** The logical PIF of a NIC of another host, with a PCI device of this type. */
function sriovElsewhere(device_id: string): Ref<'PIF'> {
  const { db } = bench
  const PCI = db.create('PCI', { vendor_id: '101', device_id })
  return addSriov(bench, addPif(bench, { host: addHost(db), PCI })).pif
}

beforeEach(async () => {
  bench = await emptyPool()
  network = addNetwork(bench, { bridge: 'xapi1' })
})

// Numbers are those of docs/spec/networking-conformance-cases.md B.
describe('a VLAN', () => {
  it('10: that is introduced for two PIFs joins them, metrics included', async () => {
    const { db } = bench
    const tagged = addPif(bench)
    const untagged = addPif(bench, { VLAN: 3201 })
    const former = db.get('PIF', untagged, 'metrics')
    const vlan = String(await bench.call('VLAN.pool_introduce', tagged, untagged, 3201n, new Map()))
    expect(db.get('PIF', untagged, 'VLAN_master_of')).toBe(vlan)
    expect(Object.fromEntries(db.record('VLAN', vlan))).toMatchObject({
      tagged_PIF: tagged,
      untagged_PIF: untagged,
      tag: 3201,
    })
    expect(db.get('PIF', untagged, 'metrics')).toBe(db.get('PIF', tagged, 'metrics'))
    expect(db.exists('PIF_metrics', former)).toBe(false)
  })

  it('11: that is made without checks is linked with its PIFs, its network and its host', () => {
    const { db, host } = bench
    const tagged = addPif(bench)
    const { pif, vlan } = addVlan(bench, tagged, 3201)
    expect(db.get('PIF', tagged, 'VLAN_slave_of')).toEqual([vlan])
    expect(Object.fromEntries(db.record('VLAN', vlan))).toMatchObject({
      tagged_PIF: tagged,
      untagged_PIF: pif,
      tag: 3201,
    })
    expect(Object.fromEntries(db.record('PIF', pif))).toMatchObject({
      VLAN_master_of: vlan,
      device: 'eth0',
      host,
      VLAN: 3201,
      MAC: 'fe:ff:ff:ff:ff:ff',
      MTU: 1500,
      IPv6: [''],
      physical: false,
      currently_attached: false,
      metrics: db.get('PIF', tagged, 'metrics'),
    })
  })

  it('12: is refused on an unmanaged PIF', async () => {
    const tagged = addPif(bench, { managed: false })
    expect(await create(tagged)).toEqual(['PIF_UNMANAGED', tagged])
  })

  it('13: is refused on a network that the host is connected to', async () => {
    const tagged = addPif(bench, { network })
    expect(await create(tagged)).toEqual(['NETWORK_ALREADY_CONNECTED', bench.host, tagged])
  })

  it('14: is refused on a bond slave', async () => {
    const member = addPif(bench)
    addBond(bench, [member, addPif(bench)])
    expect(await create(member)).toEqual(['CANNOT_ADD_VLAN_TO_BOND_SLAVE', member])
  })

  it('15: is refused on another VLAN', async () => {
    const { pif } = addVlan(bench, addPif(bench), 1)
    expect(await create(pif)).toEqual(['PIF_IS_VLAN', pif])
  })

  it('16: is refused with a tag below 0', async () => {
    expect(await create(addPif(bench), -1)).toEqual(['VLAN_TAG_INVALID', '-1'])
  })

  it('17: is refused with a tag above 4094', async () => {
    expect(await create(addPif(bench), 4095)).toEqual(['VLAN_TAG_INVALID', '4095'])
  })

  it('18: is refused with a tag that the PIF has already, named by its device', async () => {
    const tagged = addPif(bench)
    addVlan(bench, tagged, 3201)
    expect(await create(tagged)).toEqual(['PIF_VLAN_EXISTS', 'eth0'])
  })

  it('19: is refused on the access PIF of a tunnel', async () => {
    const { pif } = addTunnel(bench, addPif(bench))
    expect(await create(pif)).toEqual(['IS_TUNNEL_ACCESS_PIF', pif])
  })

  it('20: is refused on a VLAN on SR-IOV', async () => {
    const { pif } = addVlan(bench, addSriov(bench, addPif(bench)).pif, 1)
    expect(await create(pif)).toEqual(['PIF_IS_VLAN', pif])
  })

  it('22: on SR-IOV is refused on a network of ordinary VLANs', async () => {
    const { db } = bench
    const ordinary = db.get('PIF', addVlan(bench, addPif(bench), 1).pif, 'network')
    expect(await create(sriovElsewhere('2'), 3201, ordinary)).toEqual([
      'NETWORK_INCOMPATIBLE_WITH_VLAN_ON_SRIOV',
      ordinary,
    ])
  })

  it('23: on an ordinary PIF is refused on a network of VLANs on SR-IOV', async () => {
    const onSriov = bench.db.get('PIF', addVlan(bench, sriovElsewhere('2'), 1).pif, 'network')
    expect(await create(addPif(bench), 3201, onSriov)).toEqual(['NETWORK_INCOMPATIBLE_WITH_VLAN_ON_BRIDGE', onSriov])
  })

  it('24: on SR-IOV is refused on a network of VLANs on SR-IOV of another type', async () => {
    const { db } = bench
    const onSriov = db.get('PIF', addVlan(bench, sriovElsewhere('2'), 1).pif, 'network')
    const logical = sriovElsewhere('3')
    expect(await create(logical, 3201, onSriov)).toEqual([
      'NETWORK_HAS_INCOMPATIBLE_VLAN_ON_SRIOV_PIFS',
      logical,
      onSriov,
    ])
    await bench.call('VLAN.create', sriovElsewhere('2'), 3201n, onSriov)
  })
})

describe('VLAN.create', () => {
  it('plugs the VLAN on a bridge of the tagged PIF, which itself stays as it was', async () => {
    const { db, pool, host } = bench
    const tagged = addPif(bench, { network: addNetwork(bench, { bridge: 'xenbr0' }) })
    const vlan = String(await bench.call('VLAN.create', tagged, 100n, network))
    const untagged = db.get('VLAN', vlan, 'untagged_PIF')
    expect(db.get('PIF', untagged, 'currently_attached')).toBe(true)
    expect(db.get('PIF', untagged, 'igmp_snooping_status')).toBe('unknown')
    expect(db.get('PIF', tagged, 'currently_attached')).toBe(false)
    const bridges = await bridgesOf(pool, host)
    expect(bridges.get('xenbr0')?.ports).toEqual(['eth0'])
    expect(bridges.get('xapi1')?.vlan).toEqual(['xenbr0', 100])
  })

  it('is refused where the kernel has the tag for something else', async () => {
    bench = await emptyPool('bridge')
    const { db } = bench
    const tagged = addPif(bench, { network: addNetwork(bench, { bridge: 'xenbr0' }) })
    network = addNetwork(bench, { bridge: 'xapi1' })
    const vlan = String(await bench.call('VLAN.create', tagged, 100n, network))
    await bench.call('PIF.db_forget', db.get('VLAN', vlan, 'untagged_PIF'))
    db.destroy('VLAN', vlan)
    expect(await create(tagged, 100)).toEqual(['VLAN_IN_USE', 'eth0', '100'])
  })

  it('is refused on a network with trunked VIFs, last of all', async () => {
    addVif(bench, network, { trunks: [7] })
    const tagged = addPif(bench)
    expect(await create(tagged)).toEqual(['NETWORK_INCOMPATIBLE_WITH_TRUNKS', network])
    expect(await create(tagged, 5000)).toEqual(['VLAN_TAG_INVALID', '5000'])
  })

  it('gives a tag once, however many ask for it at the same time', async () => {
    const tagged = addPif(bench)
    const networks = [1, 2, 3].map(i => addNetwork(bench, { bridge: `b${i}` }))
    const answers = await Promise.all(networks.map(on => bench.answer('VLAN.create', tagged, 100n, on)))
    expect(answers.map(answer => answer.ok)).toEqual([true, false, false])
    expect(answers[1]).toMatchObject({ error: ['PIF_VLAN_EXISTS', 'eth0'] })
    expect(bench.db.refs('VLAN')).toHaveLength(1)
  })

  it('leaves its records when the plug fails', async () => {
    const { db, pool } = bench
    pool.networks.disturb({ fail: { call: 'Bridge.make_config', kind: 'text', text: 'no' } })
    const error = await create(addPif(bench))
    const [vlan = NULL_REF] = db.refs('VLAN')
    expect(error).toEqual(['PIF_CONFIGURATION_ERROR', db.get('VLAN', vlan, 'untagged_PIF'), ''])
  })
})

describe('VLAN.destroy', () => {
  it('takes the untagged PIF with it and leaves the metrics', async () => {
    const { db } = bench
    const tagged = addPif(bench)
    const { pif, vlan } = addVlan(bench, tagged, 1)
    await bench.call('VLAN.destroy', vlan)
    expect(db.exists('PIF', pif) || db.exists('VLAN', vlan)).toBe(false)
    expect(db.exists('PIF_metrics', db.get('PIF', tagged, 'metrics'))).toBe(true)
  })

  it('of one whose untagged PIF is gone removes the record alone', async () => {
    const { pif, vlan } = addVlan(bench, addPif(bench), 1)
    bench.db.destroy('PIF', pif)
    await bench.call('VLAN.destroy', vlan)
    expect(bench.db.exists('VLAN', vlan)).toBe(false)
  })

  it('is refused while VIFs, HA or the management interface need it', async () => {
    const { db, host } = bench
    const { pif, vlan } = addVlan(bench, addPif(bench), 1)
    await bench.call('PIF.plug', pif)
    const on = db.get('PIF', pif, 'network')
    const vif = addVif(bench, on, { host, currently_attached: true })
    expect(await bench.error('VLAN.destroy', vlan)).toEqual(['VIF_IN_USE', on, vif])
    db.set('PIF', pif, 'management', true)
    expect(await bench.error('VLAN.destroy', vlan)).toEqual(['PIF_IS_MANAGEMENT_INTERFACE', pif])
    db.set('pool', db.refs('pool')[0] ?? NULL_REF, 'ha_enabled', true)
    expect(await bench.error('VLAN.destroy', vlan)).toEqual(['HA_IS_ENABLED'])
  })

  it('of a transport unplugs the access PIFs first', async () => {
    const { db } = bench
    const { pif, vlan } = addVlan(bench, addPif(bench), 1)
    db.set('PIF', pif, 'ip_configuration_mode', 'DHCP')
    const { pif: access } = addTunnel(bench, pif)
    await bench.call('PIF.plug', access)
    await bench.call('VLAN.destroy', vlan)
    expect(db.get('PIF', access, 'currently_attached')).toBe(false)
  })
})
