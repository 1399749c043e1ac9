import { beforeEach, describe, expect, it } from 'vitest'
import type { PIFRecord, Ref, Rows } from '../../../src/datamodel/index.ts'
import { addHost, addNetwork, addPif, addTunnel, addVif, addVlan, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let network: Ref<'network'>
const fields = (pif: Ref<'PIF'>): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', pif))
const nic = (device: string, more: Partial<Rows['PIF']> = {}): Ref<'PIF'> =>
  addPif(bench, { device, network: addNetwork(bench, { bridge: device.replace('eth', 'xenbr') }), ...more })
/** The master PIF and the bond of PIFs, made by a call. */
async function bonded(members: Ref<'PIF'>[]): Promise<{ bond: Ref<'Bond'>; master: Ref<'PIF'> }> {
  const bond = String(await bench.call('Bond.create', network, members, ''))
  return { bond, master: bench.db.get('Bond', bond, 'master') }
}

beforeEach(async () => {
  bench = await emptyPool()
  network = addNetwork(bench, { bridge: 'xapi9' })
})

// docs/spec/networking-semantics.md 6.3 to 6.5
describe('a bond that comes and goes', () => {
  it('keeps the host reachable when a member is the management interface', async () => {
    const { db, host } = bench
    const management = nic('eth1', { management: true, ip_configuration_mode: 'Static', IP: '192.0.2.1' })
    const { bond, master } = await bonded([nic('eth0'), management])
    expect([master, management].map(pif => fields(pif).management)).toEqual([true, false])
    expect(db.get('Bond', bond, 'primary_slave')).toBe(management)
    expect(db.get('host', host, 'address')).toBe('192.0.2.1')
    await bench.call('Bond.destroy', bond)
    expect(fields(management)).toMatchObject({ management: true, currently_attached: true, IP: '192.0.2.1' })
    expect(db.get('host', host, 'address')).toBe('192.0.2.1')
  })

  it('makes VLANs and tunnels anew on the bond', async () => {
    const { db } = bench
    const member = nic('eth0', { ip_configuration_mode: 'DHCP' })
    const vlan = addVlan(bench, member, 7)
    const tunnel = addTunnel(bench, member, 'vxlan')
    for (const [i, pif] of [vlan.pif, tunnel.pif].entries()) {
      db.set('network', fields(pif).network ?? '', 'bridge', `xapi${i}`)
      db.set('PIF', pif, 'other_config', new Map([['a', 'b']]))
    }
    await bench.call('PIF.plug', tunnel.pif)
    const networks = [vlan.pif, tunnel.pif].map(pif => fields(pif).network)
    const { master } = await bonded([member, nic('eth1')])
    const [newVlan = ''] = db.get('PIF', master, 'VLAN_slave_of')
    const [newTunnel = ''] = db.get('PIF', master, 'tunnel_transport_PIF_of')
    const moved = [db.get('VLAN', newVlan, 'untagged_PIF'), db.get('tunnel', newTunnel, 'access_PIF')]
    expect(moved.map(pif => fields(pif).network)).toEqual(networks)
    expect(moved.map(pif => fields(pif).currently_attached)).toEqual([false, true])
    expect(moved.map(pif => fields(pif).device)).toEqual(['bond0', 'tunnel1'])
    expect(moved.map(pif => fields(pif).other_config?.size)).toEqual([0, 0])
    expect(db.get('tunnel', newTunnel, 'protocol')).toBe('vxlan')
    expect([db.exists('VLAN', vlan.vlan), db.exists('tunnel', tunnel.tunnel)]).toEqual([false, false])
    expect([db.exists('PIF', vlan.pif), db.exists('PIF', tunnel.pif)]).toEqual([false, false])
  })

  it('joins VLANs that have the same tag, with the VIFs on them', async () => {
    const { db, host } = bench
    const members = [nic('eth0'), nic('eth1')]
    const [kept, joined] = members.map(pif => fields(addVlan(bench, pif, 7).pif).network ?? '')
    const vif = addVif(bench, joined ?? '', { host })
    const { master } = await bonded(members)
    const [vlan = '', ...more] = db.get('PIF', master, 'VLAN_slave_of')
    expect(more).toEqual([])
    expect(fields(db.get('VLAN', vlan, 'untagged_PIF')).network).toBe(kept)
    expect(db.get('VIF', vif, 'network')).toBe(kept)
  })

  it('leaves management on a VLAN of a member there', async () => {
    const { db } = bench
    const member = nic('eth0')
    const { pif } = addVlan(bench, member, 7)
    db.set('network', fields(pif).network ?? '', 'bridge', 'xapi7')
    db.set('PIF', pif, 'ip_configuration_mode', 'Static')
    await bench.call('PIF.plug', pif)
    db.set('PIF', pif, 'management', true)
    const { bond, master } = await bonded([member, nic('eth1')])
    const untagged = db.get('VLAN', db.get('PIF', master, 'VLAN_slave_of')[0] ?? '', 'untagged_PIF')
    expect(fields(untagged)).toMatchObject({ management: true, currently_attached: true })
    expect(fields(master)).toMatchObject({ management: false, currently_attached: true })
    await bench.call('Bond.destroy', bond)
    const [back = ''] = db.get('PIF', member, 'VLAN_slave_of')
    expect(fields(db.get('VLAN', back, 'untagged_PIF')).management).toBe(true)
    expect(fields(member).currently_attached).toBe(true)
  })

  it('takes along the VIFs of guests that are here or could be nowhere else', async () => {
    const { db, host } = bench
    const members = [nic('eth0'), nic('eth1')]
    const other = addHost(db)
    const on = fields(members[0] ?? '').network ?? ''
    const vifs = [addVif(bench, on, { host }), addVif(bench, on), addVif(bench, on, { host: other })]
    await bonded(members)
    expect(vifs.map(vif => db.get('VIF', vif, 'network'))).toEqual([network, network, on])
  })

  it('leaves the VIFs of guests that could start elsewhere', async () => {
    const { db } = bench
    const members = [nic('eth0'), nic('eth1')]
    const on = fields(members[0] ?? '').network ?? ''
    addPif(bench, { host: addHost(db), network: on })
    const vif = addVif(bench, on)
    await bonded(members)
    expect(db.get('VIF', vif, 'network')).toBe(on)
  })

  it('moves the ban on unplugging and the cluster', async () => {
    const { db } = bench
    const members = [nic('eth0'), nic('eth1', { disallow_unplug: true })]
    const cluster = db.create('Cluster_host', { PIF: members[1] ?? '' })
    const { bond, master } = await bonded(members)
    expect([master, ...members].map(pif => fields(pif).disallow_unplug)).toEqual([true, false, false])
    expect(db.get('Cluster_host', cluster, 'PIF')).toBe(master)
    await bench.call('Bond.destroy', bond)
    expect(members.map(pif => fields(pif).disallow_unplug)).toEqual([true, false])
    expect(db.get('Cluster_host', cluster, 'PIF')).toBe(members[0])
  })
})
