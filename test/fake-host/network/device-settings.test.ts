import { beforeEach, expect, it } from 'vitest'
import { bridgeDevice, ethtool, plainDevice } from '../../../src/fake-host/network/device-settings.ts'
import { addNetwork, addPif, type Bench, emptyPool } from '../fixtures.ts'

// docs/spec/networking-semantics.md 10.4
let bench: Bench
const settings = (entries: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(entries))

beforeEach(async () => {
  bench = await emptyPool()
})

it('a NIC follows its own link settings and offloads, which win over its properties', () => {
  const own = settings({
    'ethtool-speed': '1000',
    'ethtool-duplex': 'full',
    'ethtool-autoneg': 'true',
    'ethtool-advertise': '0x1F',
    'ethtool-gro': 'false',
    'ethtool-lro': 'on',
  })
  expect(ethtool(settings({ gro: 'on' }), own)).toEqual({
    ethtool_settings: settings({ speed: '1000', duplex: 'full', autoneg: 'on', advertise: '0x1F' }),
    ethtool_offload: settings({ gro: 'off', lro: 'on' }),
  })
})

it('values that are none are left out', () => {
  const own = settings({
    'ethtool-speed': '0',
    'ethtool-duplex': 'both',
    'ethtool-autoneg': '1',
    'ethtool-advertise': '1F',
    'ethtool-tso': 'maybe',
  })
  expect(ethtool(new Map(), own)).toEqual({ ethtool_settings: new Map(), ethtool_offload: new Map() })
})

it('a bridge follows the link settings of the network, and the properties of the PIF', () => {
  const network = addNetwork(bench, { other_config: settings({ 'ethtool-tso': 'off' }) })
  const pif = addPif(bench, { network, other_config: settings({ 'ethtool-tso': 'on' }) })
  expect(bridgeDevice(bench.db, pif).ethtool_offload).toEqual(settings({ tso: 'off', gro: 'on' }))
})

it.each([
  ['9000', 9000],
  ['big', 1450],
  [undefined, 1450],
])('with mtu=%s in other_config a PIF asks for %i', (mtu, expected) => {
  const network = addNetwork(bench, { MTU: 1450 })
  const pif = addPif(bench, { network, other_config: settings(mtu === undefined ? {} : { mtu }) })
  expect(plainDevice(bench.db, pif).mtu).toBe(expected)
})

it.each([
  ['192.0.2.0/24/198.51.100.1', [['192.0.2.0', 24, '198.51.100.1']]],
  [
    '192.0.2.0/24/198.51.100.1,203.0.113.0/25/198.51.100.2',
    [
      ['192.0.2.0', 24, '198.51.100.1'],
      ['203.0.113.0', 25, '198.51.100.2'],
    ],
  ],
  ['192.0.2.0/24/198.51.100.1,x', []],
  ['192.0.2.0/33/198.51.100.1', []],
  ['192.0.2.0/24/198.51.100.1/', []],
  ['', []],
])('static routes %s are all taken or none', (text, routes) => {
  const pif = addPif(bench, { network: addNetwork(bench, { other_config: settings({ 'static-routes': text }) }) })
  expect(bridgeDevice(bench.db, pif).ipv4_routes).toEqual(routes)
})

it('IPv6 has an address of the link at least', () => {
  const conf = (mode: 'None' | 'DHCP' | 'Autoconf' | 'Static') => {
    const pif = addPif(bench, { ipv6_configuration_mode: mode, IPv6: ['2001:db8::5/64'], ipv6_gateway: '2001:db8::1' })
    const { ipv6_conf, ipv6_gateway } = bridgeDevice(bench.db, pif)
    return [ipv6_conf, ipv6_gateway]
  }
  expect(conf('None')).toEqual(['Linklocal6', undefined])
  expect(conf('DHCP')).toEqual(['DHCP6', undefined])
  expect(conf('Autoconf')).toEqual(['Autoconf6', undefined])
  expect(conf('Static')).toEqual([['Static6', [['2001:db8::5', 64]]], '2001:db8::1'])
})

it('name servers are told only where the primary address is static, even none', () => {
  const dns = (fields: Parameters<typeof addPif>[1]) => bridgeDevice(bench.db, addPif(bench, fields)).dns
  const domain = settings({ domain: 'example.org,example.net' })
  expect(dns({ ip_configuration_mode: 'DHCP', DNS: '192.0.2.53' })).toBeUndefined()
  expect(dns({ ip_configuration_mode: 'Static' })).toEqual([[], []])
  expect(dns({ ip_configuration_mode: 'Static', DNS: '192.0.2.53', other_config: domain })).toEqual([
    ['192.0.2.53'],
    ['example.org', 'example.net'],
  ])
  const ipv6 = { primary_address_type: 'IPv6', ipv6_configuration_mode: 'Autoconf' } as const
  expect(dns({ ...ipv6, DNS: '2001:db8::53' })).toEqual([['2001:db8::53'], []])
})
