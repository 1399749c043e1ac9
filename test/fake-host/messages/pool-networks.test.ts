import { beforeEach, describe, expect, it } from 'vitest'
import type { Ref } from '../../../src/datamodel/index.ts'
import { addHost, addNetwork, addPif, addVlan, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let other: Ref<'host'>
let base: Ref<'network'>
let network: Ref<'network'>
let local: Ref<'PIF'>
let remote: Ref<'PIF'>

beforeEach(async () => {
  bench = await emptyPool()
  other = addHost(bench.db)
  base = addNetwork(bench, { bridge: 'xenbr0' })
  network = addNetwork(bench, { bridge: 'xapi1' })
  local = addPif(bench, { network: base })
  remote = addPif(bench, { network: base, host: other })
})

const setLive = (live: boolean): void =>
  bench.db.set('host_metrics', bench.db.get('host', other, 'metrics'), 'live', live)
const hostsOf = (pifs: unknown): Ref<'host'>[] => (pifs as Ref<'PIF'>[]).map(pif => bench.db.get('PIF', pif, 'host')) // a set of PIFs

describe.each([
  ['pool.create_VLAN_from_PIF', () => local],
  ['pool.create_VLAN', () => 'eth0'],
] as [message: string, of: () => string][])('%s', (message, of) => {
  it('makes a VLAN on each host and plugs it', async () => {
    const { db } = bench
    const pifs = await bench.call(message, of(), network, 7n)
    expect(hostsOf(pifs).sort()).toEqual([bench.host, other].sort())
    for (const pif of db.get('network', network, 'PIFs')) {
      expect(Object.fromEntries(db.record('PIF', pif))).toMatchObject({ VLAN: 7, currently_attached: true })
    }
  })

  it('takes back what it made when one host fails, and tells why', async () => {
    const { db } = bench
    for (const pif of [local, remote]) {
      const { pif: existing, vlan } = addVlan(bench, pif, 7)
      expect(await bench.error(message, of(), network, 7n)).toEqual(['PIF_VLAN_EXISTS', 'eth0'])
      expect(db.refs('VLAN')).toEqual([vlan])
      expect(db.get('network', network, 'PIFs')).toEqual([])
      db.destroy('VLAN', vlan)
      db.destroy('PIF', existing)
    }
  })

  it('leaves the VLAN of a host that failed to plug it', async () => {
    const { db, pool } = bench
    pool.networks.disturb({ fail: { call: 'Bridge.make_config', kind: 'text' } }, other)
    const error = await bench.error(message, of(), network, 7n)
    const left = db.get('network', network, 'PIFs')
    expect(hostsOf(left)).toEqual([other])
    expect(error).toEqual(['PIF_CONFIGURATION_ERROR', left[0], ''])
  })
})

describe('with a host that is not live', () => {
  it('pool.create_VLAN_from_PIF leaves it out', async () => {
    setLive(false)
    expect(hostsOf(await bench.call('pool.create_VLAN_from_PIF', local, network, 7n))).toEqual([bench.host])
    bench.db.set('PIF', local, 'host', other)
    expect(await bench.call('pool.create_VLAN_from_PIF', remote, addNetwork(bench), 8n)).toEqual([])
  })

  it('pool.create_VLAN fails and takes back the others', async () => {
    setLive(false)
    expect(await bench.error('pool.create_VLAN', 'eth0', network, 7n)).toEqual(['HOST_OFFLINE', other])
    expect(bench.db.refs('VLAN')).toEqual([])
    expect(bench.db.get('PIF', local, 'VLAN_slave_of')).toEqual([])
  })
})
