import { beforeEach, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { Networks } from '../../../src/fake-host/network/index.ts'
import {
  addBond,
  addHost,
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
/** The bridges that a host has after its toolstack was started on the database as it is now. */
const restarted = (host = bench.host) => bridgesOf({ ...bench.pool, networks: new Networks(bench.db) }, host)
const attach = (pif: Ref<'PIF'>, bridge: string): Ref<'PIF'> => {
  bench.db.set('network', bench.db.get('PIF', pif, 'network'), 'bridge', bridge)
  bench.db.set('PIF', pif, 'currently_attached', true)
  return pif
}

beforeEach(async () => {
  bench = await emptyPool()
})

it('a host that starts has the bridges of its attached PIFs', async () => {
  const physical = attach(addPif(bench), 'xenbr0')
  attach(addVlan(bench, physical, 7).pif, 'xapi1')
  attach(addTunnel(bench, physical).pif, 'xapi2')
  attach(addBond(bench, [addPif(bench, { device: 'eth1' }), addPif(bench, { device: 'eth2' })]).pif, 'xapi3')
  attach(addSriov(bench, physical).pif, 'xapi4')
  addTunnel(bench, physical)
  const bridges = await restarted()
  expect([...bridges.keys()].sort()).toEqual(['xapi1', 'xapi2', 'xapi3', 'xenbr0'])
  expect(bridges.get('xapi1')?.vlan).toEqual(['xenbr0', 7])
  expect(bridges.get('xapi3')?.ports).toEqual(['bond0'])
})

it('a host that starts has the ports of the VIFs that are plugged into its guests, and the internal bridges below', async () => {
  const { db, host } = bench
  const pif = attach(addPif(bench), 'xenbr0')
  const internal = addNetwork(bench, { bridge: 'xapi5' })
  addVif(bench, db.get('PIF', pif, 'network'), { host, currently_attached: true })
  addVif(bench, internal, { host, currently_attached: true })
  addVif(bench, internal, { host })
  addVif(bench, addNetwork(bench, { bridge: 'xapi6' }), { host: addHost(db), currently_attached: true })
  addVif(bench, addNetwork(bench, { bridge: 'br7', managed: false }), { host, currently_attached: true })
  addVif(bench, 'OpaqueRef:gone', { host, currently_attached: true })
  const ports = [...(await restarted()).values()].map(bridge => [bridge.name, bridge.ports])
  expect(Object.fromEntries(ports)).toEqual({
    xenbr0: ['eth0', expect.stringMatching(/^vif\d+\.0$/)],
    xapi5: [expect.stringMatching(/^vif\d+\.0$/)],
  })
})

it('each host has its own', async () => {
  const other = addHost(bench.db)
  attach(addPif(bench), 'xenbr0')
  attach(addPif(bench, { host: other }), 'xenbr1')
  expect([...(await restarted(other)).keys()]).toEqual(['xenbr1'])
})

it('what was attached can be unplugged', async () => {
  const { db, host } = bench
  const pif = attach(addPif(bench), 'xenbr0')
  expect((await bridgesOf(bench.pool, host)).size).toBe(1)
  await bench.call('PIF.unplug', pif)
  expect((await bridgesOf(bench.pool, host)).size).toBe(0)
  expect(db.get('PIF', pif, 'currently_attached')).toBe(false)
})

it('a record that refers to nothing hinders no other', async () => {
  attach(addPif(bench), 'xenbr0')
  bench.db.set('PIF', attach(addPif(bench), 'xenbr1'), 'network', 'OpaqueRef:gone')
  const { pif, vlan } = addVlan(bench, addPif(bench), 7)
  attach(pif, 'xapi1')
  bench.db.set('VLAN', vlan, 'tagged_PIF', NULL_REF)
  attach(addPif(bench, { physical: false }), 'xapi2')
  expect([...(await restarted()).keys()]).toEqual(['xenbr0'])
})

it('the back end is the one that the record told at the start', async () => {
  const { db, host } = bench
  const { networks } = bench.pool
  db.set('host', host, 'software_version', new Map([['network_backend', 'bridge']]))
  expect(networks.of(host).backend.kind).toBe('openvswitch')
  expect(new Networks(db).of(host).backend.kind).toBe('bridge')
  expect(networks.of(addHost(db)).backend.kind).toBe('openvswitch')
})
