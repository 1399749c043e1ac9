import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref } from '../../../src/datamodel/index.ts'
import { addBond, addHost, addNetwork, addPif, addTunnel, addVlan, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let pool: Ref<'pool'>
const fields = (pif: Ref<'PIF'>): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', pif))
const management = (...pifs: Ref<'PIF'>[]) => pifs.map(pif => fields(pif).management)

beforeEach(async () => {
  bench = await emptyPool()
  pool = bench.db.refs('pool')[0] ?? NULL_REF
})

describe('pool.management_reconfigure', () => {
  let network: Ref<'network'>
  const reconfigure = () => bench.error('pool.management_reconfigure', network)

  beforeEach(() => {
    network = addNetwork(bench, { bridge: 'xenbr1' })
  })

  it('moves the management interface of every host', async () => {
    const { db, host } = bench
    const hosts = [host, addHost(db, new Map([['network_backend', 'openvswitch']]))]
    const former = hosts.map(owner => addPif(bench, { host: owner, management: true, ip_configuration_mode: 'DHCP' }))
    const address = { ip_configuration_mode: 'Static', device: 'eth1', network } as const
    const next = hosts.map((owner, i) => addPif(bench, { ...address, host: owner, IP: `192.0.2.${i + 1}` }))
    await bench.call('pool.management_reconfigure', network)
    expect(management(...former, ...next)).toEqual([false, false, true, true])
    expect(next.map(pif => fields(pif).currently_attached)).toEqual([true, true])
    expect(hosts.map(owner => db.get('host', owner, 'address'))).toEqual(['192.0.2.1', '192.0.2.2'])
  })

  it('changes nothing unless every host can', async () => {
    const { db } = bench
    const first = addPif(bench, { network })
    const other = addHost(db)
    expect(await reconfigure()).toEqual(['PIF_NOT_PRESENT', other, network])
    const second = addPif(bench, { network, host: other, primary_address_type: 'IPv6' })
    expect(await reconfigure()).toEqual(['PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE', first])
    db.set('PIF', second, 'primary_address_type', 'IPv4')
    db.set('PIF', second, 'ip_configuration_mode', 'DHCP')
    expect(await reconfigure()).toEqual(['PIF_HAS_NO_NETWORK_CONFIGURATION', first])
    db.set('pool', pool, 'ha_enabled', true)
    expect(await reconfigure()).toEqual(['HA_IS_ENABLED'])
    expect(management(first, second)).toEqual([false, false])
  })
})

describe('host.management_disable', () => {
  it('leaves the host without an address and the PIF up', async () => {
    const { db, host } = bench
    const pif = addPif(bench, { management: true, ip_configuration_mode: 'Static', IP: '192.0.2.1' })
    db.set('PIF', pif, 'currently_attached', true)
    db.set('host', host, 'address', '192.0.2.1')
    await bench.call('host.management_disable')
    expect(fields(pif)).toMatchObject({ management: false, currently_attached: true })
    expect(db.get('host', host, 'address')).toBe('')
  })

  it('is refused by HA', async () => {
    bench.db.set('pool', pool, 'ha_enabled', true)
    expect(await bench.error('host.management_disable')).toEqual(['HA_IS_ENABLED'])
  })

  it('is refused on a member', async () => {
    const host = addHost(bench.db)
    const ask = (method: string, ...params: string[]) => bench.fake.dispatch({ method, params, origin: 'tcp', host })
    const login = await ask('session.slave_local_login_with_password', 'root', 'pw')
    const session = login.ok ? String(login.value) : ''
    const error = ['SLAVE_REQUIRES_MANAGEMENT_INTERFACE']
    expect(await ask('host.management_disable', session)).toMatchObject({ ok: false, error })
  })
})

describe('pool.set_igmp_snooping_enabled', () => {
  it('brings up what has a bridge of its own, VLANs and bond slaves excepted', async () => {
    const { db } = bench
    const nic = addPif(bench)
    const tunnel = addTunnel(bench, nic).pif
    const vlan = addVlan(bench, nic, 7).pif
    const slave = addPif(bench)
    const bond = addBond(bench, [slave]).pif
    const unmanaged = addPif(bench, { managed: false })
    await bench.call('pool.set_igmp_snooping_enabled', pool, true)
    const attached = [nic, tunnel, bond, vlan, slave, unmanaged].map(pif => fields(pif).currently_attached)
    expect(attached).toEqual([true, true, true, false, false, false])
    expect([nic, tunnel, bond].map(pif => fields(pif).igmp_snooping_status)).toEqual(['enabled', 'enabled', 'enabled'])
    expect(db.get('pool', pool, 'igmp_snooping_enabled')).toBe(true)
  })

  it('stays set where a host could not follow', async () => {
    const { db } = bench
    const host = addHost(db)
    addPif(bench, { host })
    db.set('host_metrics', db.get('host', host, 'metrics'), 'live', false)
    const error = await bench.error('pool.set_igmp_snooping_enabled', pool, true)
    expect(error).toEqual(['COULD_NOT_UPDATE_IGMP_SNOOPING_EVERYWHERE'])
    expect(db.get('pool', pool, 'igmp_snooping_enabled')).toBe(true)
  })

  it('needs a licence to be switched on, and Open vSwitch', async () => {
    const { db } = bench
    db.set('pool', pool, 'restrictions', new Map([['restrict_igmp_snooping', 'true']]))
    const set = (value: boolean) => bench.error('pool.set_igmp_snooping_enabled', pool, value)
    expect(await set(true)).toEqual(['LICENCE_RESTRICTION', 'IGMP_snooping'])
    db.set('host', bench.host, 'software_version', new Map([['network_backend', 'bridge']]))
    expect(await set(false)).toEqual(['OPENVSWITCH_NOT_ACTIVE'])
  })
})
