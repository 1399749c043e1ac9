import { beforeEach, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { powerOff, powerOn, setLive } from '../../../src/fake-host/hosts/lifecycle.ts'
import {
  addBond,
  addHost,
  addNetwork,
  addPif,
  addTunnel,
  addVlan,
  type Bench,
  bridgesOf,
  emptyPool,
} from '../fixtures.ts'

let bench: Bench

beforeEach(async () => {
  bench = await emptyPool()
})

const attached = (pif: Ref<'PIF'>): boolean => bench.db.get('PIF', pif, 'currently_attached')
async function reboot(host: Ref<'host'>): Promise<void> {
  powerOff(bench.pool, host)
  await powerOn(bench.pool, host)
}

it('after a boot NICs are attached, VLANs with an address as well, and tunnels are not', async () => {
  const { pool, db, host } = bench
  const bridge = (name: string) => ({ network: addNetwork(bench, { bridge: name }) })
  const nic = addPif(bench, { ...bridge('xenbr0'), ip_configuration_mode: 'DHCP' })
  const idle = addPif(bench, { ...bridge('xenbr1'), device: 'eth1' })
  const unmanaged = addPif(bench, { ...bridge('xenbr2'), device: 'eth2', managed: false })
  const plain = addVlan(bench, nic, 7).pif
  const addressed = addVlan(bench, nic, 8).pif
  const tunnel = addTunnel(bench, nic).pif
  for (const [i, pif] of [plain, addressed, tunnel].entries()) {
    db.set('network', db.get('PIF', pif, 'network'), 'bridge', `xapi${i + 1}`)
  }
  db.set('PIF', addressed, 'ip_configuration_mode', 'DHCP')
  for (const pif of [plain, addressed, tunnel]) db.set('PIF', pif, 'currently_attached', true)
  await reboot(host)
  expect([nic, idle, addressed].map(attached)).toEqual([true, true, true])
  expect([plain, tunnel, unmanaged].map(attached)).toEqual([false, false, false])
  expect([...(await bridgesOf(pool, host)).keys()].sort()).toEqual(['xapi2', 'xenbr0', 'xenbr1'])
})

it('while a host is off its records stay as they are, but it is not live', () => {
  const { pool, db } = bench
  const host = addHost(db)
  const pif = addPif(bench, { host })
  db.set('PIF', pif, 'currently_attached', true)
  powerOff(pool, host)
  expect(attached(pif)).toBe(true)
  expect(db.get('host_metrics', db.get('host', host, 'metrics'), 'live')).toBe(false)
})

it('what is asked of a host that is off fails, whether that was noticed or not', async () => {
  const { pool, db, error } = bench
  const host = addHost(db)
  const pif = addPif(bench, { host })
  powerOff(pool, host, { unnoticed: true })
  expect(await error('PIF.plug', pif)).toEqual(['CANNOT_CONTACT_HOST', host])
  setLive(pool, host, false)
  expect(await error('PIF.plug', pif)).toEqual(['HOST_OFFLINE', host])
  await powerOn(pool, host)
  await bench.call('PIF.plug', pif)
  expect(attached(pif)).toBe(true)
})

it('a PIF that cannot be plugged keeps no other from it', async () => {
  const { db, host } = bench
  const broken = addPif(bench, { network: 'OpaqueRef:gone' })
  const odd = addPif(bench, { physical: false })
  const fine = addPif(bench, { device: 'eth1' })
  await reboot(host)
  expect([broken, odd, fine].map(attached)).toEqual([false, false, true])
  expect(db.get('host_metrics', db.get('host', host, 'metrics'), 'live')).toBe(true)
})

it('a bond that is gone is forgotten by its members, and the members of others are left alone', async () => {
  const { db, host } = bench
  const lost = addPif(bench, { device: 'eth1' })
  db.set('PIF', lost, 'bond_slave_of', 'OpaqueRef:gone')
  const [a, b] = [addPif(bench, { device: 'eth2' }), addPif(bench, { device: 'eth3' })]
  const { pif: master, bond } = addBond(bench, [a, b])
  await reboot(host)
  expect(db.get('PIF', lost, 'bond_slave_of')).toBe(NULL_REF)
  expect(db.get('PIF', a, 'bond_slave_of')).toBe(bond)
  expect([lost, a, b, master].map(attached)).toEqual([true, false, false, true])
})

it('a member records the tunnels and VLANs that the coordinator has got meanwhile', async () => {
  const { pool, db } = bench
  const network = addNetwork(bench, { bridge: 'xenbr0' })
  const nic = addPif(bench, { network, ip_configuration_mode: 'DHCP' })
  const member = addHost(db)
  addPif(bench, { network, host: member, ip_configuration_mode: 'DHCP' })
  const tunnelled = db.get('PIF', addTunnel(bench, nic).pif, 'network')
  const tagged = db.get('PIF', addVlan(bench, nic, 7).pif, 'network')
  await reboot(member)
  const on = (other: Ref<'network'>) =>
    db.get('network', other, 'PIFs').filter(pif => db.get('PIF', pif, 'host') === member)
  expect(on(tunnelled)).toHaveLength(1)
  expect(on(tagged)).toHaveLength(1)
  expect([...on(tunnelled), ...on(tagged)].map(attached)).toEqual([false, false])
  expect(pool.hosts.isRunning(member)).toBe(true)
})

it('a member that is told not to takes over no VLANs', async () => {
  const { db } = bench
  const network = addNetwork(bench, { bridge: 'xenbr0' })
  const nic = addPif(bench, { network })
  const member = addHost(db)
  addPif(bench, { network, host: member })
  db.set('host', member, 'other_config', new Map([['sync_vlans', 'nosync']]))
  const tagged = db.get('PIF', addVlan(bench, nic, 7).pif, 'network')
  await reboot(member)
  expect(db.get('network', tagged, 'PIFs')).toHaveLength(1)
})

it('a member without a coordinator comes no further, and goes on when there is one', async () => {
  const { pool, db, host } = bench
  const member = addHost(db)
  powerOff(pool, member)
  powerOff(pool, host)
  await powerOn(pool, member)
  expect(pool.hosts.of(member).state).toBe('booting')
  expect(pool.hosts.emergency(member)).toEqual(['HOST_STILL_BOOTING'])
  await powerOn(pool, host)
  expect(pool.hosts.isRunning(member)).toBe(true)
  expect(pool.hosts.emergency(member)).toBeUndefined()
})

it('sessions and tasks are gone with the coordinator', () => {
  const { pool, db, host } = bench
  db.create('task', { name_label: 'work' })
  powerOff(pool, host)
  expect(db.refs('session')).toEqual([])
  expect(db.refs('task')).toEqual([])
})
