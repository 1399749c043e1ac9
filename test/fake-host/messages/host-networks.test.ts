import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref } from '../../../src/datamodel/index.ts'
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
  emptyPool,
} from '../fixtures.ts'

let bench: Bench
let member: Ref<'host'>
let base: Ref<'network'>
let pif: Ref<'PIF'>

beforeEach(async () => {
  bench = await emptyPool()
  bench.db.set('session', bench.session, 'pool', true)
  member = addHost(bench.db)
  base = addNetwork(bench, { bridge: 'xenbr0' })
  pif = addPif(bench, { network: base })
})

const fields = (ref: Ref<'PIF'>): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', ref))
const onMember = (network: Ref<'network'>): Ref<'PIF'>[] =>
  bench.db.get('network', network, 'PIFs').filter(ref => bench.db.get('PIF', ref, 'host') === member)

describe('host.sync_vlans', () => {
  it('records the VLANs of the coordinator on the PIF of the same network, unplugged and once', async () => {
    const tagged = addPif(bench, { network: base, host: member, device: 'eth1' })
    const network = bench.db.get('PIF', addVlan(bench, pif, 7).pif, 'network')
    for (let i = 0; i < 2; i++) await bench.call('host.sync_vlans', member)
    const [made = NULL_REF, ...more] = onMember(network)
    expect(more).toEqual([])
    expect(fields(made)).toMatchObject({ VLAN: 7, device: 'eth1', currently_attached: false })
    expect(bench.db.get('VLAN', fields(made).VLAN_master_of ?? '', 'tagged_PIF')).toBe(tagged)
  })

  it('passes over a host with no PIF, or with several, on the network below', async () => {
    const network = bench.db.get('PIF', addVlan(bench, pif, 7).pif, 'network')
    await bench.call('host.sync_vlans', member)
    for (let i = 0; i < 2; i++) addPif(bench, { network: base, host: member })
    await bench.call('host.sync_vlans', member)
    expect(onMember(network)).toEqual([])
  })

  it('stops at a network with trunked VIFs', async () => {
    addPif(bench, { network: base, host: member })
    const network = bench.db.get('PIF', addVlan(bench, pif, 7).pif, 'network')
    addVif(bench, network, { trunks: [8] })
    expect(await bench.error('host.sync_vlans', member)).toEqual(['NETWORK_INCOMPATIBLE_WITH_TRUNKS', network])
  })
})

describe('host.sync_tunnels', () => {
  it('T24: records the tunnels of the coordinator with their protocol, unplugged and once', async () => {
    const transport = addPif(bench, { network: base, host: member })
    const network = bench.db.get('PIF', addTunnel(bench, pif, 'vxlan').pif, 'network')
    for (let i = 0; i < 2; i++) await bench.call('host.sync_tunnels', member)
    const [made = NULL_REF, ...more] = onMember(network)
    expect(more).toEqual([])
    expect(fields(made)).toMatchObject({ device: 'tunnel0', currently_attached: false })
    const [tunnel = NULL_REF] = fields(made).tunnel_access_PIF_of ?? []
    expect(Object.fromEntries(bench.db.record('tunnel', tunnel))).toMatchObject({
      transport_PIF: transport,
      protocol: 'vxlan',
    })
  })

  it('passes over a host with no PIF, or with several, on the network of the transport', async () => {
    const network = bench.db.get('PIF', addTunnel(bench, pif).pif, 'network')
    await bench.call('host.sync_tunnels', member)
    for (let i = 0; i < 2; i++) addPif(bench, { network: base, host: member })
    await bench.call('host.sync_tunnels', member)
    expect(onMember(network)).toEqual([])
  })
})

describe('host.sync_pif_currently_attached', () => {
  it('takes PIFs whose bridge exists for attached, SR-IOV aside', async () => {
    const { db, host } = bench
    const logical = addSriov(bench, pif).pif
    const onSriov = addVlan(bench, logical, 5).pif
    const dangling = addPif(bench, { currently_attached: true, network: 'OpaqueRef:gone' })
    for (const ref of [logical, onSriov, dangling]) db.set('PIF', ref, 'currently_attached', true)
    await bench.call('host.sync_pif_currently_attached', host, ['xenbr0'])
    const attached = [pif, logical, onSriov, dangling].map(ref => fields(ref).currently_attached)
    expect(attached).toEqual([true, true, true, false])
    await bench.call('host.sync_pif_currently_attached', host, [])
    expect(fields(pif).currently_attached).toBe(false)
  })
})

describe('host.reset_networking', () => {
  it('deletes all rows about the networking of one host, and nothing else', async () => {
    const { db, host } = bench
    const mine = (device: string) => addPif(bench, { host: member, device })
    const nic = mine('eth0')
    const { pif: master } = addBond(bench, [mine('eth1'), mine('eth2')])
    db.set('PIF', master, 'host', member)
    addVlan(bench, master, 7)
    addTunnel(bench, nic)
    addSriov(bench, nic)
    const others = [addVlan(bench, pif, 7).vlan, addTunnel(bench, pif).tunnel]
    const networks = db.refs('network').length
    const metrics = [nic, master].map(ref => fields(ref).metrics ?? '')
    await bench.call('host.reset_networking', member)
    expect(db.get('host', member, 'PIFs')).toEqual([])
    expect(db.get('host', host, 'PIFs')).toHaveLength(3)
    expect([db.refs('Bond'), db.refs('network_sriov')]).toEqual([[], []])
    expect([...db.refs('VLAN'), ...db.refs('tunnel')]).toEqual(others)
    expect(db.refs('network')).toHaveLength(networks)
    expect(metrics.map(ref => db.exists('PIF_metrics', ref))).toEqual([false, false])
    expect(db.exists('PIF_metrics', fields(pif).metrics ?? '')).toBe(true)
  })
})
