import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref } from '../../../src/datamodel/index.ts'
import {
  addBond,
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

beforeEach(async () => {
  bench = await emptyPool()
})

const fieldsOf = (pif: Ref<'PIF'>): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', pif))
const setPool = (field: 'ha_enabled' | 'redo_log_enabled', value: boolean): void =>
  bench.db.set('pool', bench.db.refs('pool')[0] ?? NULL_REF, field, value)

describe('PIF.forget', () => {
  it('checks in the order of docs/spec/networking-semantics.md 4.4', async () => {
    const { db, host } = bench
    const pif = addPif(bench, { management: true, currently_attached: true })
    const { vlan } = addVlan(bench, pif, 5)
    const { tunnel } = addTunnel(bench, pif)
    const { bond } = addBond(bench, [pif])
    const { sriov } = addSriov(bench, pif)
    const cluster = db.create('Cluster_host', { PIF: pif, enabled: true })
    db.set('PIF', pif, 'currently_attached', true)
    setPool('ha_enabled', true)
    const next = () => bench.error('PIF.forget', pif)
    expect(await next()).toEqual(['PIF_IS_MANAGEMENT_INTERFACE', pif])
    db.set('PIF', pif, 'management', false)
    expect(await next()).toEqual(['PIF_ALREADY_BONDED', pif])
    db.destroy('Bond', bond)
    expect(await next()).toEqual(['PIF_VLAN_STILL_EXISTS', pif])
    db.destroy('VLAN', vlan)
    expect(await next()).toEqual(['PIF_TUNNEL_STILL_EXISTS', pif])
    db.destroy('tunnel', tunnel)
    expect(await next()).toEqual(['HA_IS_ENABLED'])
    setPool('ha_enabled', false)
    expect(await next()).toEqual(['PIF_SRIOV_STILL_EXISTS', pif])
    db.destroy('network_sriov', sriov)
    expect(await next()).toEqual(['CLUSTERING_ENABLED', cluster])
    db.set('Cluster_host', cluster, 'enabled', false)
    const [network, metrics] = [db.get('PIF', pif, 'network'), db.get('PIF', pif, 'metrics')]
    addVif(bench, network, { host, currently_attached: true })
    await bench.call('PIF.forget', pif)
    expect(db.exists('PIF', pif) || db.exists('PIF_metrics', metrics)).toBe(false)
    expect(db.exists('network', network)).toBe(true)
  })

  it('is refused on SR-IOV logical PIFs', async () => {
    const { pif } = addSriov(bench, addPif(bench))
    expect(await bench.error('PIF.forget', pif)).toEqual(['CANNOT_FORGET_SRIOV_LOGICAL', pif])
  })

  it('takes the bridge down, unless the PIF is unmanaged', async () => {
    const { db, pool, host } = bench
    for (const managed of [true, false]) {
      const pif = addPif(bench, { network: addNetwork(bench, { bridge: `br-${managed}` }) })
      await bench.call('PIF.plug', pif)
      db.set('PIF', pif, 'managed', managed)
      await bench.call('PIF.forget', pif)
      expect((await bridgesOf(pool, host)).has(`br-${managed}`)).toBe(!managed)
    }
  })
})

describe('PIF.destroy', () => {
  it('is for VLANs only', async () => {
    const physical = addPif(bench)
    const { pif, vlan } = addVlan(bench, physical, 5)
    for (const other of [physical, addTunnel(bench, physical).pif]) {
      expect(await bench.error('PIF.destroy', other)).toEqual(['PIF_IS_PHYSICAL'])
    }
    await bench.call('PIF.destroy', pif)
    expect(bench.db.exists('PIF', pif) || bench.db.exists('VLAN', vlan)).toBe(false)
  })
})

describe('the records of PIFs', () => {
  const introduce = (VLAN: bigint, network: Ref<'network'>, message = 'PIF.db_introduce') => {
    const addresses = ['Static', '192.0.2.1', '255.255.255.0', '192.0.2.254', '192.0.2.53']
    const bond = 'OpaqueRef:bond'
    const { host } = bench
    return bench.answer(
      message,
      'eth7',
      network,
      host,
      'aa:bb:cc:dd:ee:ff',
      9000n,
      VLAN,
      true,
      ...addresses,
      bond,
      NULL_REF,
      true,
      new Map([['k', 'v']]),
    )
  }

  it.each(['PIF.db_introduce', 'PIF.pool_introduce'])('are made as given by %s, but for the bond', async message => {
    const network = addNetwork(bench)
    const answer = await introduce(-1n, network, message)
    const pif = answer.ok ? String(answer.value) : ''
    expect(fieldsOf(pif)).toMatchObject({
      device: 'eth7',
      network,
      host: bench.host,
      MAC: 'aa:bb:cc:dd:ee:ff',
      MTU: 9000,
      VLAN: -1,
      physical: true,
      ip_configuration_mode: 'Static',
      IP: '192.0.2.1',
      netmask: '255.255.255.0',
      gateway: '192.0.2.254',
      DNS: '192.0.2.53',
      bond_slave_of: NULL_REF,
      management: true,
      other_config: new Map([['k', 'v']]),
      disallow_unplug: false,
      currently_attached: false,
      managed: true,
      primary_address_type: 'IPv4',
    })
    expect(bench.db.exists('PIF_metrics', fieldsOf(pif).metrics ?? '')).toBe(true)
  })

  it('of VLANs are not made on a network with trunked VIFs', async () => {
    const network = addNetwork(bench)
    addVif(bench, network, { trunks: [3201] })
    const answer = await introduce(2201n, network)
    expect(answer).toMatchObject({ ok: false, error: ['NETWORK_INCOMPATIBLE_WITH_TRUNKS', network] })
  })

  it('are forgotten without any check by db_forget', async () => {
    const pif = addPif(bench, { management: true })
    const metrics = bench.db.get('PIF', pif, 'metrics')
    await bench.call('PIF.db_forget', pif)
    expect(bench.db.exists('PIF', pif)).toBe(false)
    expect(bench.db.exists('PIF_metrics', metrics)).toBe(true)
  })
})

describe('PIF.create_VLAN', () => {
  it('finds the tagged PIF by its device', async () => {
    const { db, host } = bench
    addVlan(bench, addPif(bench, { device: 'eth3' }), 7)
    const network = addNetwork(bench)
    const pif = String(await bench.call('PIF.create_VLAN', 'eth3', network, host, 8n))
    expect(fieldsOf(pif)).toMatchObject({ device: 'eth3', network, VLAN: 8, currently_attached: true })
    expect(await bench.error('PIF.create_VLAN', 'eth4', network, host, 8n)).toEqual(['INVALID_VALUE', 'device', 'eth4'])
    expect(db.refs('VLAN')).toHaveLength(2)
  })
})

describe('PIF.set_property', () => {
  it('knows one property of physical PIFs and bonds', async () => {
    const pif = addPif(bench)
    const { pif: vlan } = addVlan(bench, pif, 5)
    const set = (self: Ref<'PIF'>, name: string, value: string) => bench.error('PIF.set_property', self, name, value)
    expect(await set(pif, 'gro', 'maybe')).toEqual(['INVALID_VALUE', 'properties', 'gro = maybe'])
    expect(await set(vlan, 'tso', 'on')).toEqual(['INVALID_VALUE', 'properties', 'tso = on'])
    expect(await set(vlan, 'gro', 'on')).toEqual(['CANNOT_CHANGE_PIF_PROPERTIES', vlan])
    await bench.call('PIF.set_property', pif, 'gro', 'off')
    expect(fieldsOf(pif).properties).toEqual(new Map([['gro', 'off']]))
    expect(fieldsOf(pif).currently_attached).toBe(false)
  })

  it('of a bond goes to its slaves, whose own may not be set', async () => {
    const slave = addPif(bench)
    const { pif } = addBond(bench, [slave])
    expect(await bench.error('PIF.set_property', slave, 'gro', 'on')).toEqual(['CANNOT_CHANGE_PIF_PROPERTIES', slave])
    await bench.call('PIF.set_property', pif, 'gro', 'off')
    expect([fieldsOf(pif).properties, fieldsOf(slave).properties]).toEqual(Array(2).fill(new Map([['gro', 'off']])))
  })

  it('brings up the VLANs of a PIF that is up', async () => {
    const pif = addPif(bench)
    const { pif: vlan } = addVlan(bench, pif, 5)
    await bench.call('PIF.plug', pif)
    await bench.call('PIF.set_property', pif, 'gro', 'off')
    expect(fieldsOf(vlan).currently_attached).toBe(true)
  })
})

describe('PIF.set_disallow_unplug', () => {
  const set = (pif: Ref<'PIF'>, value: boolean) => bench.answer('PIF.set_disallow_unplug', pif, value)

  it('99: goes either way where there is no cluster', async () => {
    for (const pif of [addPif(bench), addPif(bench, { disallow_unplug: true })]) {
      for (const value of [true, false, true]) {
        await bench.call('PIF.set_disallow_unplug', pif, value)
        expect(fieldsOf(pif).disallow_unplug).toBe(value)
      }
    }
  })

  it('100: is held by clustering on the PIF', async () => {
    const pif = addPif(bench, { disallow_unplug: true })
    const cluster = bench.db.create('Cluster_host', { PIF: pif, enabled: true })
    expect(await set(pif, false)).toMatchObject({ error: ['CLUSTERING_ENABLED', cluster] })
    expect(await set(pif, true)).toMatchObject({ ok: true })
  })

  it.each(['add', 'enable'] as const)('102: is held on any PIF while a cluster has %s in progress', async operation => {
    const { db } = bench
    const cluster = db.create('Cluster', { current_operations: new Map([['OpaqueRef:task', operation]]) })
    const [off, on] = [addPif(bench), addPif(bench, { disallow_unplug: true })]
    const error = ['OTHER_OPERATION_IN_PROGRESS', 'Cluster', cluster, operation, 'OpaqueRef:task']
    expect(await set(on, false)).toMatchObject({ error })
    expect(await set(off, true)).toMatchObject({ ok: true })
    db.set('Cluster', cluster, 'current_operations', new Map())
    expect(await set(on, false)).toMatchObject({ ok: true })
    expect(fieldsOf(on).disallow_unplug).toBe(false)
  })
})
