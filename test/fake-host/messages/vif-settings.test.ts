import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref, type VIFRecord } from '../../../src/datamodel/index.ts'
import { addNetwork, addPif, addVif, addVlan, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let network: Ref<'network'>
const fields = (vif: Ref<'VIF'>): Partial<VIFRecord> => Object.fromEntries(bench.db.record('VIF', vif))
const restrict = (key: string) =>
  bench.db.set('pool', bench.db.refs('pool')[0] ?? NULL_REF, 'restrictions', new Map([[key, 'true']]))

beforeEach(async () => {
  bench = await emptyPool()
  network = addNetwork(bench)
})

// Numbers are those of docs/spec/networking-conformance-cases.md J.
describe('the trunks of a VIF', () => {
  const trunks = (vif: Ref<'VIF'>) => fields(vif).trunks

  it('87 to 91: take tags that are none twice, the last one first', async () => {
    const vif = addVif(bench, network, { trunks: [2201] })
    await bench.call('VIF.add_trunks', vif, 3201n)
    await bench.call('VIF.add_trunks', vif, 2201n)
    expect(trunks(vif)).toEqual([3201, 2201])
    await bench.call('VIF.remove_trunks', vif, 3201n)
    expect(trunks(vif)).toEqual([2201])
    await bench.call('VIF.set_trunks', vif, [3201n, 3201n])
    expect(trunks(vif)).toEqual([3201])
    await bench.call('VIF.set_trunks', vif, [])
    expect(trunks(vif)).toEqual([])
    expect(await bench.error('VIF.add_trunks', vif, 9999n)).toEqual(['VLAN_TAG_INVALID', '9999'])
    expect(await bench.error('VIF.set_trunks', vif, [1n, -1n])).toEqual(['VLAN_TAG_INVALID', '-1'])
  })

  it('92, 93: are refused where the network has a VLAN', async () => {
    network = bench.db.get('PIF', addVlan(bench, addPif(bench), 3201).pif, 'network')
    const vif = addVif(bench, network)
    const error = ['NETWORK_INCOMPATIBLE_WITH_TRUNKS', network]
    expect(await bench.error('VIF.add_trunks', vif, 2201n)).toEqual(error)
    expect(await bench.error('VIF.set_trunks', vif, [2201n])).toEqual(error)
    await bench.call('VIF.set_trunks', vif, [])
  })

  it('95: keep a VLAN from the network', async () => {
    addVif(bench, network, { trunks: [3201] })
    const tagged = addPif(bench)
    const error = await bench.error('VLAN.create', tagged, 2201n, network)
    expect(error).toEqual(['NETWORK_INCOMPATIBLE_WITH_TRUNKS', network])
  })
})

describe('what a VIF lets through', () => {
  it('is a set of addresses of a family', async () => {
    const vif = addVif(bench, network)
    await bench.call('VIF.set_ipv4_allowed', vif, ['192.0.2.1', '192.0.2.1'])
    await bench.call('VIF.add_ipv4_allowed', vif, '192.0.2.2')
    await bench.call('VIF.add_ipv4_allowed', vif, '192.0.2.1')
    expect(fields(vif).ipv4_allowed).toEqual(['192.0.2.2', '192.0.2.1'])
    await bench.call('VIF.remove_ipv4_allowed', vif, '192.0.2.1')
    expect(fields(vif).ipv4_allowed).toEqual(['192.0.2.2'])
    const error = ['INVALID_IP_ADDRESS_SPECIFIED', 'ipv6_allowed']
    expect(await bench.error('VIF.add_ipv6_allowed', vif, '192.0.2.1')).toEqual(error)
    await bench.call('VIF.set_ipv6_allowed', vif, ['2001:db8::1'])
    await bench.call('VIF.remove_ipv6_allowed', vif, '2001:db8::1')
    expect(fields(vif).ipv6_allowed).toEqual([])
  })

  it('is not locked beside an SDN controller', async () => {
    const vif = addVif(bench, network)
    const lock = ['VIF.set_locking_mode', vif, 'locked'] as const
    await bench.call(...lock)
    expect(fields(vif).locking_mode).toBe('locked')
    bench.db.create('SDN_controller', {})
    expect(await bench.error(...lock)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
    await bench.call('VIF.set_locking_mode', vif, 'disabled')
  })

  it('needs a licence', async () => {
    const vif = addVif(bench, network)
    restrict('restrict_vif_locking')
    const error = ['LICENCE_RESTRICTION', 'VIF_locking']
    expect(await bench.error('VIF.set_locking_mode', vif, 'locked')).toEqual(error)
    expect(await bench.error('VIF.add_ipv4_allowed', vif, '192.0.2.1')).toEqual(error)
  })
})

describe('the addresses that a guest is to have', () => {
  it('are checked and kept for mode Static only', async () => {
    const vif = addVif(bench, network)
    const v4 = (mode: string, ...more: string[]) => ['VIF.configure_ipv4', vif, mode, ...more] as const
    expect(await bench.error(...v4('Static'))).toEqual(['INVALID_CIDR_ADDRESS_SPECIFIED', 'address'])
    expect(await bench.error(...v4('Static', '192.0.2.1/33'))).toEqual(['INVALID_CIDR_ADDRESS_SPECIFIED', 'address'])
    expect(await bench.error(...v4('Static', '192.0.2.1/24', 'x'))).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'gateway'])
    await bench.call(...v4('Static', '192.0.2.1/24', '192.0.2.254'))
    expect(fields(vif)).toMatchObject({ ipv4_addresses: ['192.0.2.1/24'], ipv4_gateway: '192.0.2.254' })
    await bench.call(...v4('None'))
    expect(fields(vif)).toMatchObject({ ipv4_configuration_mode: 'None', ipv4_addresses: [], ipv4_gateway: '' })
    await bench.call('VIF.configure_ipv6', vif, 'Static', '2001:db8::1/64', '')
    expect(fields(vif)).toMatchObject({ ipv6_configuration_mode: 'Static', ipv6_addresses: ['2001:db8::1/64'] })
  })
})
