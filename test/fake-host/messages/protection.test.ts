import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { addHost, addNetwork, addPif, addSriov, addTunnel, addVlan, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let pif: Ref<'PIF'>

beforeEach(async () => {
  bench = await emptyPool()
  pif = addPif(bench, { ip_configuration_mode: 'Static', IP: '192.0.2.7', netmask: '255.255.255.0' })
})

const protect = (field: 'ha_enabled' | 'redo_log_enabled') =>
  bench.db.set('pool', bench.db.refs('pool')[0] ?? NULL_REF, field, true)
const up = (ref: Ref<'PIF'>): Ref<'PIF'> => {
  bench.db.set('PIF', ref, 'currently_attached', true)
  return ref
}
const down = (ref: Ref<'PIF'>): Ref<'PIF'> => {
  bench.db.set('PIF', ref, 'currently_attached', false)
  return ref
}

/** What takes something away from an attached PIF, by the PIF that has to be attached. */
const CALLS: readonly (readonly [string, (attach: typeof up) => readonly RpcValue[]])[] = [
  ['PIF.unplug', attach => [attach(pif)]],
  ['PIF.forget', attach => [attach(pif)]],
  ['PIF.reconfigure_ip', attach => [attach(pif), 'DHCP', '', '', '', '']],
  ['PIF.reconfigure_ipv6', attach => [attach(pif), 'DHCP', '', '', '']],
  ['PIF.set_primary_address_type', attach => [attach(pif), 'IPv6']],
  [
    'VLAN.destroy',
    attach => {
      const { pif: untagged, vlan } = addVlan(bench, pif, 7)
      attach(untagged)
      return [vlan]
    },
  ],
  [
    'tunnel.destroy',
    attach => {
      const { pif: access, tunnel } = addTunnel(bench, pif)
      attach(access)
      return [tunnel]
    },
  ],
  [
    'network_sriov.destroy',
    attach => {
      const { pif: logical, sriov } = addSriov(bench, pif)
      attach(logical)
      return [sriov]
    },
  ],
]

// docs/spec/networking-semantics.md 14.1
describe.each([
  ['ha_enabled', 'HA_IS_ENABLED'],
  ['redo_log_enabled', 'REDO_LOG_IS_ENABLED'],
] as const)('a pool with %s', (field, code) => {
  it.each(CALLS)('refuses %s while the PIF is attached, and only then', async (method, parameters) => {
    const given = parameters(up)
    protect(field)
    expect(await bench.error(method, ...given)).toEqual([code])
    const answer = await bench.answer(method, ...parameters(down))
    expect(answer).toMatchObject({ ok: true })
  })

  it('lets the name servers of an attached PIF be changed, and nothing else of its addresses', async () => {
    up(pif)
    protect(field)
    await bench.call('PIF.reconfigure_ip', pif, 'Static', '192.0.2.7', '255.255.255.0', '', '192.0.2.1')
    expect(bench.db.get('PIF', pif, 'DNS')).toBe('192.0.2.1')
    expect(await bench.error('PIF.reconfigure_ip', pif, 'Static', '192.0.2.8', '255.255.255.0', '', '')).toEqual([code])
  })

  it('lets networks, VLANs, tunnels and bonds be made, and PIFs be plugged', async () => {
    up(pif)
    protect(field)
    const network = async () => String(await bench.call('network.create', new Map([['other_config', new Map()]])))
    await bench.call('PIF.plug', pif)
    await bench.call('VLAN.create', pif, 7n, await network())
    await bench.call('tunnel.create', pif, await network())
    const members = ['eth1', 'eth2'].map(device => addPif(bench, { device }))
    const bond = String(await bench.call('Bond.create', await network(), members, '', 'balance-slb', new Map()))
    await bench.call('Bond.destroy', bond)
    await bench.call('network.destroy', await network())
  })
})

it('HA alone refuses what moves the management interface or changes who is in the pool', async () => {
  const { db } = bench
  const member = addHost(db)
  const management = addPif(bench, { management: true, ip_configuration_mode: 'DHCP', device: 'eth1' })
  const network = addNetwork(bench)
  const calls: readonly (readonly [string, ...RpcValue[]])[] = [
    ['host.management_reconfigure', pif],
    ['pool.management_reconfigure', network],
    ['host.management_disable'],
    ['pool.join', '127.0.0.1:1', 'root', 'pw'],
    ['pool.eject', member],
  ]
  db.set('pool', db.refs('pool')[0] ?? NULL_REF, 'redo_log_enabled', true)
  for (const call of calls)
    expect((await bench.answer(...call)) as { error?: unknown }).not.toMatchObject({ error: ['HA_IS_ENABLED'] }) // an answer of either kind
  expect(db.exists('host', member)).toBe(false)
  db.set('PIF', management, 'management', true)
  const another = addHost(db)
  protect('ha_enabled')
  for (const [method, ...parameters] of calls) {
    if (method === 'pool.join') continue // nobody is there to be asked before the checks
    const given = method === 'pool.eject' ? [another] : parameters
    expect(await bench.error(method, ...given)).toEqual(['HA_IS_ENABLED'])
  }
  const bond = ['Bond.create', network, [management], '', 'balance-slb', new Map()] as const
  expect(await bench.error(...bond)).toEqual(['HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE'])
})
