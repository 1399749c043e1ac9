import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref } from '../../../src/datamodel/index.ts'
import {
  addBond,
  addHost,
  addNetwork,
  addPif,
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

describe('PIF.plug', () => {
  it('makes the bridge of the network with the NIC on it', async () => {
    const pif = addPif(bench, { network: addNetwork(bench, { bridge: 'xenbr0' }) })
    await bench.call('PIF.plug', pif)
    expect(fieldsOf(pif)).toMatchObject({ currently_attached: true, igmp_snooping_status: 'disabled', MTU: 1500 })
    expect((await bridgesOf(bench.pool, bench.host)).get('xenbr0')).toMatchObject({ ports: ['eth0'], up: true })
  })

  it('tells from the pool whether IGMP snooping is on', async () => {
    const pif = addPif(bench)
    bench.db.set('pool', bench.db.refs('pool')[0] ?? NULL_REF, 'igmp_snooping_enabled', true)
    await bench.call('PIF.plug', pif)
    expect(fieldsOf(pif).igmp_snooping_status).toBe('enabled')
  })

  it('is refused on unmanaged PIFs and bond slaves', async () => {
    const unmanaged = addPif(bench, { managed: false })
    expect(await bench.error('PIF.plug', unmanaged)).toEqual(['PIF_UNMANAGED', unmanaged])
    const slave = addPif(bench)
    addBond(bench, [slave])
    expect(await bench.error('PIF.plug', slave)).toEqual(['CANNOT_PLUG_BOND_SLAVE', slave])
  })

  it('of an access PIF wants an IPv4 configuration of the transport, and plugs it', async () => {
    const transport = addPif(bench, { ipv6_configuration_mode: 'Autoconf' })
    const { pif } = addTunnel(bench, transport)
    expect(await bench.error('PIF.plug', pif)).toEqual(['TRANSPORT_PIF_NOT_CONFIGURED', transport])
    bench.db.set('PIF', transport, 'ip_configuration_mode', 'DHCP')
    await bench.call('PIF.plug', pif)
    expect([fieldsOf(pif).currently_attached, fieldsOf(transport).currently_attached]).toEqual([true, true])
  })

  it('of an access PIF leaves the transport plugged when it fails itself', async () => {
    const transport = addPif(bench, { ip_configuration_mode: 'DHCP' })
    const { pif } = addTunnel(bench, transport, 'vxlan')
    bench.pool.networks.disturb({ fail: { call: 'FIREWALL', kind: 'text', text: 'firewall' } })
    expect(await bench.error('PIF.plug', pif)).toEqual(['INTERNAL_ERROR', 'firewall'])
    expect([fieldsOf(pif).currently_attached, fieldsOf(transport).currently_attached]).toEqual([true, true])
  })
})

describe('PIF.unplug', () => {
  it('checks in the order of docs/spec/networking-semantics.md 4.3', async () => {
    const { db, host } = bench
    const pif = addPif(bench, { managed: false, management: true, disallow_unplug: true, capabilities: ['fcoe'] })
    const network = db.get('PIF', pif, 'network')
    const vif = addVif(bench, network, { host, currently_attached: true })
    const sr = db.create('SR', { type: 'lvmofcoe' })
    db.create('PBD', { host, SR: sr, currently_attached: true })
    db.set('PIF', pif, 'currently_attached', true)
    setPool('ha_enabled', true)
    setPool('redo_log_enabled', true)
    const next = () => bench.error('PIF.unplug', pif)
    expect(await next()).toEqual(['PIF_UNMANAGED', pif])
    db.set('PIF', pif, 'managed', true)
    expect(await next()).toEqual(['HA_IS_ENABLED'])
    setPool('ha_enabled', false)
    expect(await next()).toEqual(['REDO_LOG_IS_ENABLED'])
    setPool('redo_log_enabled', false)
    expect(await next()).toEqual(['PIF_IS_MANAGEMENT_INTERFACE', pif])
    db.set('PIF', pif, 'management', false)
    expect(await next()).toEqual(['VIF_IN_USE', network, vif])
    db.set('VIF', vif, 'currently_attached', false)
    expect(await next()).toEqual(['PIF_DOES_NOT_ALLOW_UNPLUG', pif])
    db.set('PIF', pif, 'disallow_unplug', false)
    expect(await next()).toEqual(['PIF_HAS_FCOE_SR_IN_USE', pif, sr])
    db.set('SR', sr, 'type', 'lvm')
    await bench.call('PIF.unplug', pif)
    expect(fieldsOf(pif).currently_attached).toBe(false)
  })

  it('minds VIFs only where their VM is, and those that are being plugged', async () => {
    const { db, host } = bench
    const pif = addPif(bench)
    const network = db.get('PIF', pif, 'network')
    addVif(bench, network, { host: addHost(db), currently_attached: true })
    const paused = addVif(bench, network, { host, currently_attached: true })
    db.set('VM', db.get('VIF', paused, 'VM'), 'power_state', 'Suspended')
    await bench.call('PIF.unplug', pif)
    db.set('VM', db.get('VIF', paused, 'VM'), 'power_state', 'Paused')
    expect(await bench.error('PIF.unplug', pif)).toEqual(['VIF_IN_USE', network, paused])
    db.set('VIF', paused, 'currently_attached', false)
    const starting = addVif(bench, network, { current_operations: new Map([['OpaqueRef:task', 'attach']]) })
    await bench.call('PIF.unplug', pif)
    db.set('VM', db.get('VIF', starting, 'VM'), 'scheduled_to_be_resident_on', host)
    expect(await bench.error('PIF.unplug', pif)).toEqual(['VIF_IN_USE', network, starting])
  })

  it('works twice, and on bond slaves without effect', async () => {
    const pif = addPif(bench)
    await bench.call('PIF.unplug', pif)
    await bench.call('PIF.unplug', pif)
    addBond(bench, [pif])
    bench.db.set('PIF', pif, 'currently_attached', true)
    await bench.call('PIF.unplug', pif)
    expect(fieldsOf(pif).currently_attached).toBe(true)
  })

  it('leaves VLANs and, for their sake, the bridge', async () => {
    const { db, pool, host } = bench
    const pif = addPif(bench, { network: addNetwork(bench, { bridge: 'xenbr0' }) })
    const { pif: vlan } = addVlan(bench, pif, 5)
    await bench.call('PIF.plug', pif)
    await bench.call('PIF.plug', vlan)
    await bench.call('PIF.unplug', pif)
    expect([fieldsOf(pif).currently_attached, fieldsOf(vlan).currently_attached]).toEqual([false, true])
    expect((await bridgesOf(pool, host)).get('xenbr0')).toMatchObject({ ports: ['eth0'], up: false })
    await bench.call('PIF.unplug', vlan)
    expect([...(await bridgesOf(pool, host)).keys()]).toEqual(['xenbr0'])
    expect(db.get('PIF', vlan, 'currently_attached')).toBe(false)
  })

  it('keeps tunnels down that went before one that may not', async () => {
    const { db } = bench
    const transport = addPif(bench, { ip_configuration_mode: 'DHCP' })
    const stays = addTunnel(bench, transport).pif
    const goes = addTunnel(bench, transport).pif
    for (const pif of [stays, goes]) await bench.call('PIF.plug', pif)
    db.set('PIF', stays, 'disallow_unplug', true)
    expect(await bench.error('PIF.unplug', transport)).toEqual(['PIF_DOES_NOT_ALLOW_UNPLUG', stays])
    expect([stays, goes, transport].map(pif => fieldsOf(pif).currently_attached)).toEqual([true, false, true])
  })
})
