import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref } from '../../../src/datamodel/index.ts'
import { powerOff } from '../../../src/fake-host/hosts/lifecycle.ts'
import { addBond, addHost, addNetwork, addPif, type Bench, bridgesOf, emptyPool } from '../fixtures.ts'

let bench: Bench
let pif: Ref<'PIF'>

beforeEach(async () => {
  bench = await emptyPool()
  pif = addPif(bench, { network: addNetwork(bench, { bridge: 'xenbr0' }) })
})

const fields = (ref: Ref<'PIF'>): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', ref))

describe('host.management_reconfigure', () => {
  const reconfigure = (to: Ref<'PIF'>) => bench.error('host.management_reconfigure', to)

  it('makes the PIFs of the network the management interface, plugged', async () => {
    const { db, host, pool } = bench
    const before = addPif(bench, { management: true })
    const ipv6 = { ipv6_configuration_mode: 'Static', primary_address_type: 'IPv6', IPv6: ['2001:db8::5/64'] } as const
    const after = addPif(bench, { network: addNetwork(bench, { bridge: 'xenbr1' }), ...ipv6 })
    await bench.call('host.management_reconfigure', after)
    expect(fields(before).management).toBe(false)
    expect(fields(after)).toMatchObject({ management: true, currently_attached: true })
    expect(db.get('host', host, 'address')).toBe('2001:db8::5')
    expect((await bridgesOf(pool, host)).has('xenbr1')).toBe(true)
  })

  it('is refused under HA, then on PIFs that have no address or are bond slaves', async () => {
    const { db } = bench
    const pool = db.refs('pool')[0] ?? NULL_REF
    db.set('pool', pool, 'ha_enabled', true)
    expect(await reconfigure(pif)).toEqual(['HA_IS_ENABLED'])
    db.set('pool', pool, 'ha_enabled', false)
    expect(await reconfigure(pif)).toEqual(['PIF_HAS_NO_NETWORK_CONFIGURATION', pif])
    db.set('PIF', pif, 'primary_address_type', 'IPv6')
    expect(await reconfigure(pif)).toEqual(['PIF_HAS_NO_V6_NETWORK_CONFIGURATION', pif])
    addBond(bench, [pif])
    expect(await reconfigure(pif)).toEqual(['CANNOT_PLUG_BOND_SLAVE', pif])
  })

  it('does nothing where it is already', async () => {
    bench.db.set('PIF', pif, 'management', true)
    bench.db.set('PIF', pif, 'ip_configuration_mode', 'DHCP')
    await bench.call('host.management_reconfigure', pif)
    expect(fields(pif).currently_attached).toBe(false)
  })
})

describe('host.local_management_reconfigure', () => {
  it('is for a host that has lost its coordinator, and tells the interface by its bridge', async () => {
    const { db, pool, fake } = bench
    const member = addHost(db)
    const before = addPif(bench, { host: member, management: true, ip_configuration_mode: 'DHCP' })
    db.set('network', db.get('PIF', before, 'network'), 'bridge', 'xenbr7')
    const after = addPif(bench, { host: member, network: db.get('PIF', pif, 'network') })
    pool.hosts.of(member).sessions.add('OpaqueRef:local')
    const reconfigure = (bridge: string) =>
      fake.dispatch({
        method: 'host.local_management_reconfigure',
        params: ['OpaqueRef:local', bridge],
        origin: 'tcp',
        host: member,
      })
    expect(await reconfigure('xenbr0')).toMatchObject({ ok: false, error: ['NOT_IN_EMERGENCY_MODE'] })
    powerOff(pool, bench.host)
    expect(await reconfigure('xenbr0')).toMatchObject({ ok: true })
    expect([before, after].map(ref => fields(ref).management)).toEqual([false, true])
    expect(fields(pif).management).toBe(false)
    await reconfigure('nothing')
    expect(fields(after).management).toBe(false)
  })
})

describe('host.signal_networking_change', () => {
  it('is for the host itself, which then says where it is', async () => {
    const { db, host } = bench
    expect((await bench.error('host.signal_networking_change'))[0]).toBe('INTERNAL_ERROR')
    db.set('session', bench.session, 'pool', true)
    for (const [field, value] of [
      ['management', true],
      ['IP', '192.0.2.7'],
      ['ip_configuration_mode', 'Static'],
    ] as const) {
      db.set('PIF', pif, field, value)
    }
    await bench.call('host.signal_networking_change')
    expect(db.get('host', host, 'address')).toBe('192.0.2.7')
  })
})

describe('host.migrate_receive', () => {
  const receive = (host: Ref<'host'>, network: Ref<'network'>) =>
    bench.error('host.migrate_receive', host, network, new Map())

  it('wants an address on the network', async () => {
    const { db, host } = bench
    const empty = addNetwork(bench)
    const network = db.get('PIF', pif, 'network')
    expect(await receive(host, empty)).toEqual(['HOST_CANNOT_ATTACH_NETWORK', host, empty])
    expect(await receive(host, network)).toEqual(['PIF_HAS_NO_NETWORK_CONFIGURATION', pif])
    db.set('PIF', pif, 'ip_configuration_mode', 'DHCP')
    expect(await receive(host, network)).toEqual(['INTERFACE_HAS_NO_IP', pif])
    db.set('PIF', pif, 'primary_address_type', 'IPv6')
    expect(await receive(host, network)).toEqual(['PIF_HAS_NO_NETWORK_CONFIGURATION', pif])
  })

  it('gives what the sender needs, a session among it', async () => {
    const { db, host } = bench
    db.set('PIF', pif, 'IP', '192.0.2.7')
    const answer = await bench.call('host.migrate_receive', host, db.get('PIF', pif, 'network'), new Map())
    const told = answer as ReadonlyMap<string, string> // as the message declares
    expect(told.get('host')).toBe(host)
    expect(told.get('xenops')).toContain('//192.0.2.7/')
    expect(db.exists('session', told.get('session_id') ?? '')).toBe(true)
  })
})
