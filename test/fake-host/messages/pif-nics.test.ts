import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref } from '../../../src/datamodel/index.ts'
import { type Caller, logIn } from '../caller.ts'

let pool: Caller
let host: Ref<'host'>
const db = () => pool.fake.pool.db
const fields = (pif: Ref<'PIF'>): PIFRecord => Object.fromEntries(db().record('PIF', pif)) as unknown as PIFRecord // its record
const find = (device: string): Ref<'PIF'> | undefined =>
  db()
    .get('host', host, 'PIFs')
    .find(pif => fields(pif).device === device)
const nic = (device: string): Ref<'PIF'> => find(device) ?? NULL_REF
const bridgeOf = (pif: Ref<'PIF'>) => db().get('network', fields(pif).network, 'bridge')

beforeEach(async () => {
  pool = await logIn()
  host = db().refs('host')[0] ?? NULL_REF
})

describe('PIF.introduce', () => {
  const introduce = (MAC: string, device: string, managed = true) =>
    pool.answer('PIF.introduce', host, MAC, device, managed)

  it('brings back a NIC whose PIF was forgotten, on its old network and unplugged', async () => {
    const before = fields(nic('eth2'))
    await pool.call('PIF.forget', nic('eth2'))
    expect(await introduce('', 'eth2')).toMatchObject({ ok: true })
    expect(fields(nic('eth2'))).toMatchObject({
      network: before.network,
      MAC: before.MAC,
      MTU: 1500,
      VLAN: -1,
      physical: true,
      managed: true,
      currently_attached: false,
      management: false,
      IPv6: [],
      properties: new Map([['gro', 'on']]),
    })
  })

  it('makes a network where there is none, or more than one, with the bridge', async () => {
    const { network } = fields(nic('eth2'))
    await pool.call('PIF.forget', nic('eth2'))
    db().create('network', { bridge: 'xenbr2' })
    await introduce('', 'eth2')
    const made = fields(nic('eth2')).network
    expect(made).not.toBe(network)
    expect(Object.fromEntries(db().record('network', made))).toMatchObject({
      name_label: 'Pool-wide network 2',
      bridge: 'xenbr2',
      MTU: 1500,
    })
  })

  it('has all unmanaged NICs share one network without a bridge', async () => {
    for (const device of ['eth2', 'eth3']) {
      await pool.call('PIF.forget', nic(device))
      await introduce('', device, false)
    }
    expect([bridgeOf(nic('eth2')), fields(nic('eth2')).managed]).toEqual(['', false])
    expect(fields(nic('eth3')).network).toBe(fields(nic('eth2')).network)
  })

  it('checks the MAC, then the device, then whether there is such a NIC', async () => {
    const { MAC } = fields(nic('eth3'))
    expect(await introduce('', 'eth9')).toMatchObject({ error: ['MAC_INVALID', ''] })
    expect(await introduce('0a-00', 'eth3')).toMatchObject({ error: ['MAC_INVALID', '0a-00'] })
    expect(await introduce('', 'eth3')).toMatchObject({ error: ['DUPLICATE_PIF_DEVICE_NAME', 'eth3'] })
    const code = 'COULD_NOT_FIND_NETWORK_INTERFACE_WITH_SPECIFIED_DEVICE_NAME_AND_MAC_ADDRESS'
    expect(await introduce('0A:00:00:00:00:01', 'eth9')).toMatchObject({ error: [code, 'eth9', '0a:00:00:00:00:01'] })
    await pool.call('PIF.forget', nic('eth3'))
    expect(await introduce('0a:00:00:00:00:01', 'eth3')).toMatchObject({ error: [code, 'eth3', '0a:00:00:00:00:01'] })
    expect(await introduce(MAC.toUpperCase(), 'eth3')).toMatchObject({ ok: true })
  })

  it('makes the PIF the attached management interface where its network is that', async () => {
    const { network } = fields(nic('eth0'))
    await pool.call('PIF.forget', nic('eth2'))
    for (const other of db().refs('network')) if (other !== network) db().set('network', other, 'bridge', 'other')
    db().set('network', network, 'bridge', 'xenbr2')
    await introduce('', 'eth2')
    expect(fields(nic('eth2'))).toMatchObject({ network, management: true, currently_attached: true })
  })
})

describe('PIF.scan', () => {
  it('gives a PIF to each NIC that has none, and changes nothing else', async () => {
    await pool.call('PIF.db_forget', nic('eth2'))
    const others = ['eth0', 'eth1', 'eth3'].map(device => fields(nic(device)))
    await pool.call('PIF.scan', host)
    expect(fields(nic('eth2'))).toMatchObject({ physical: true, currently_attached: false })
    expect(bridgeOf(nic('eth2'))).toBe('xenbr2')
    expect(['eth0', 'eth1', 'eth3'].map(device => fields(nic(device)))).toEqual(others)
    const changed: string[] = []
    db().onChange(change => changed.push(change.class))
    await pool.call('PIF.scan', host)
    expect(changed).not.toContain('PIF')
  })

  it('reads the MAC of a NIC and the MTU of its bridge again', async () => {
    const { MAC } = fields(nic('eth0'))
    db().set('PIF', nic('eth0'), 'MAC', '00:00:00:00:00:00')
    db().set('PIF', nic('eth0'), 'MTU', 9000)
    db().set('PIF', nic('eth2'), 'MTU', 9000) // has no bridge to read it from
    await pool.call('PIF.scan', host)
    expect(fields(nic('eth0'))).toMatchObject({ MAC, MTU: 1500 })
    expect(fields(nic('eth2')).MTU).toBe(9000)
  })

  it('keeps the PIF of a NIC that is gone', async () => {
    const network = fields(nic('eth3')).network
    const gone = db().create('PIF', { device: 'eth7', host, network, physical: true, VLAN: -1 })
    await pool.call('PIF.scan', host)
    expect(db().exists('PIF', gone)).toBe(true)
    expect(find('eth8')).toBeUndefined()
  })
})
