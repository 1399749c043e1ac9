import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref, type Rows } from '../../../src/datamodel/index.ts'
import { addPif, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let pif: Ref<'PIF'>

beforeEach(async () => {
  bench = await emptyPool()
  pif = addPif(bench)
})

const set = (fields: Partial<Rows['PIF']>): void => {
  for (const [field, value] of Object.entries(fields)) bench.db.write('PIF', pif, field, value)
}
const fields = (): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', pif))
const setHa = (value: boolean): void => bench.db.set('pool', bench.db.refs('pool')[0] ?? NULL_REF, 'ha_enabled', value)

describe('PIF.reconfigure_ip', () => {
  const reconfigure = async (mode: string, ...texts: string[]): Promise<readonly string[] | 'done'> => {
    const [IP = '', netmask = '', gateway = '', DNS = ''] = texts
    const answer = await bench.answer('PIF.reconfigure_ip', pif, mode, IP, netmask, gateway, DNS)
    return answer.ok ? 'done' : answer.error
  }

  it('stores what is given, whatever the mode', async () => {
    expect(await reconfigure('DHCP', '192.0.2.1', '255.0.255.0', '203.0.113.1')).toBe('done')
    const given = { ip_configuration_mode: 'DHCP', IP: '192.0.2.1', netmask: '255.0.255.0', gateway: '203.0.113.1' }
    expect(fields()).toMatchObject(given)
  })

  it('checks each text, in the order of its parameters', async () => {
    expect(await reconfigure('Static')).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'IP'])
    expect(await reconfigure('Static', '192.0.2')).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'IP'])
    expect(await reconfigure('Static', '192.0.2.1')).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'netmask'])
    expect(await reconfigure('None', '', '24')).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'netmask'])
    expect(await reconfigure('DHCP', '', '', 'gw')).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'gateway'])
  })

  it('keeps those name servers that are addresses, and the stored ones of the other family', async () => {
    set({ DNS: '192.0.2.9,2001:db8::9' })
    await reconfigure('DHCP', '', '', '', 'a,192.0.2.1,2001:db8::1,192.0.2.2')
    expect(fields().DNS).toBe('192.0.2.1,192.0.2.2,2001:db8::9')
  })

  it('is refused on unmanaged PIFs', async () => {
    set({ managed: false })
    expect(await reconfigure('DHCP')).toEqual(['PIF_UNMANAGED', pif])
  })

  it('leaves the management interface an address of its primary type', async () => {
    set({ management: true })
    expect(await reconfigure('None')).toEqual(['PIF_IS_MANAGEMENT_INTERFACE', pif])
    set({ primary_address_type: 'IPv6' })
    expect(await reconfigure('None')).toBe('done')
  })

  it('changes name servers alone under HA and clustering, on an attached PIF', async () => {
    await reconfigure('Static', '192.0.2.1', '255.255.255.0')
    await bench.call('PIF.plug', pif)
    const cluster = bench.db.create('Cluster_host', { PIF: pif, enabled: true })
    setHa(true)
    expect(await reconfigure('DHCP')).toEqual(['HA_IS_ENABLED'])
    expect(await reconfigure('Static', '192.0.2.1', '255.255.255.0', '', '192.0.2.53')).toBe('done')
    expect(fields().DNS).toBe('192.0.2.53')
    setHa(false)
    expect(await reconfigure('DHCP')).toEqual(['CLUSTERING_ENABLED', cluster])
  })

  it('applies to an attached PIF at once, and detaches it when that fails', async () => {
    await bench.call('PIF.plug', pif)
    set({ IPv6: [''] })
    await reconfigure('DHCP')
    expect(fields()).toMatchObject({ currently_attached: true, IPv6: [] })
    bench.pool.networks.disturb({ fail: { call: 'Interface.make_config', kind: 'text' } })
    expect(await reconfigure('Static', '192.0.2.1', '255.255.255.0')).toEqual(['PIF_CONFIGURATION_ERROR', pif, ''])
    expect(fields()).toMatchObject({ currently_attached: false, ip_configuration_mode: 'Static', IP: '192.0.2.1' })
  })

  it('of the management interface moves the host, and the consoles of its guests, to the new address', async () => {
    const { db, host } = bench
    set({ management: true })
    const vm = db.create('VM', { resident_on: host })
    const console = db.create('console', { VM: vm, location: 'https://192.0.2.200/console?uuid=x' })
    await bench.call('PIF.plug', pif)
    await reconfigure('Static', '192.0.2.1', '255.255.255.0')
    expect(db.get('host', host, 'address')).toBe('192.0.2.1')
    expect(db.get('console', console, 'location')).toBe('https://192.0.2.1/console?uuid=x')
    await reconfigure('DHCP')
    expect(db.get('host', host, 'address')).toBe('')
  })
})

describe('PIF.reconfigure_ipv6', () => {
  const reconfigure = async (mode: string, IPv6 = '', gateway = '', DNS = ''): Promise<readonly string[] | 'done'> => {
    const answer = await bench.answer('PIF.reconfigure_ipv6', pif, mode, IPv6, gateway, DNS)
    return answer.ok ? 'done' : answer.error
  }

  it('stores a set of one, even of an empty text', async () => {
    expect(await reconfigure('Static')).toBe('done')
    expect(fields()).toMatchObject({ ipv6_configuration_mode: 'Static', IPv6: [''] })
    expect(await reconfigure('Static', '2001:db8::5/64', '2001:db8::1', '192.0.2.1,2001:db8::53')).toBe('done')
    expect(fields()).toMatchObject({ IPv6: ['2001:db8::5/64'], ipv6_gateway: '2001:db8::1', DNS: '2001:db8::53' })
  })

  it('checks the gateway, then the address', async () => {
    expect(await reconfigure('Static', 'x', '192.0.2.1')).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'gateway'])
    for (const address of ['2001:db8::5', '192.0.2.1/24', '2001:db8::5/129', '2001:db8::5/']) {
      expect(await reconfigure('Static', address)).toEqual(['INVALID_CIDR_ADDRESS_SPECIFIED', 'IPv6'])
    }
  })

  it('leaves the management interface an address of its primary type', async () => {
    set({ management: true, primary_address_type: 'IPv6' })
    expect(await reconfigure('None')).toEqual(['PIF_IS_MANAGEMENT_INTERFACE', pif])
    set({ primary_address_type: 'IPv4' })
    expect(await reconfigure('None')).toBe('done')
  })

  it('changes name servers alone under HA', async () => {
    await reconfigure('Static', '2001:db8::5/64')
    await bench.call('PIF.plug', pif)
    setHa(true)
    expect(await reconfigure('Static', '2001:db8::6/64')).toEqual(['HA_IS_ENABLED'])
    expect(await reconfigure('Static', '2001:db8::5/64', '', '2001:db8::53')).toBe('done')
  })
})

describe('PIF.set_primary_address_type', () => {
  it('is refused on the management interface, and under HA on an attached PIF', async () => {
    await bench.call('PIF.set_primary_address_type', pif, 'IPv6')
    expect(fields().primary_address_type).toBe('IPv6')
    set({ management: true, currently_attached: true })
    expect(await bench.error('PIF.set_primary_address_type', pif, 'IPv4')).toEqual(['PIF_IS_MANAGEMENT_INTERFACE', pif])
    setHa(true)
    expect(await bench.error('PIF.set_primary_address_type', pif, 'IPv4')).toEqual(['HA_IS_ENABLED'])
  })
})
