import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
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
/** Those of the NICs at positions 0, 1, 2. */
let networks: Ref<'network'>[]
const nics = (host: Ref<'host'>): Ref<'PIF'>[] =>
  networks.map((network, i) =>
    addPif(bench, { host, network, device: `eth${i}`, MAC: `02:00:00:00:0${host === member ? 1 : 0}:0${i}` }),
  )

beforeEach(async () => {
  bench = await emptyPool()
  member = addHost(bench.db)
  networks = [0, 1, 2].map(i => addNetwork(bench, { bridge: `xenbr${i}` }))
})

const start = () => bench.call('host.restart_agent', member)
const onMember = (network: Ref<'network'>): Ref<'PIF'>[] =>
  bench.db.get('network', network, 'PIFs').filter(pif => bench.db.get('PIF', pif, 'host') === member)
const bondOn = (network: Ref<'network'>): Ref<'Bond'> =>
  onMember(network).flatMap(pif => bench.db.get('PIF', pif, 'bond_master_of'))[0] ?? NULL_REF
const networkOf = (pif: Ref<'PIF'>): Ref<'network'> => bench.db.get('PIF', pif, 'network')

describe('a member that starts', () => {
  it('gets the bonds of the coordinator on its NICs of the same positions, plugged', async () => {
    const { db } = bench
    const [a = '', b = ''] = nics(bench.host)
    const [mine = '', other = ''] = nics(member)
    const { pif: master, bond } = addBond(bench, [a, b], { mode: 'lacp', properties: new Map([['lacp-time', 'fast']]) })
    db.set('PIF', master, 'MAC', db.get('PIF', b, 'MAC'))
    await start()
    const made = bondOn(networkOf(master))
    expect(db.get('Bond', made, 'slaves').toSorted()).toEqual([mine, other].toSorted())
    expect(db.get('Bond', made, 'primary_slave')).toBe(other)
    expect(db.get('Bond', made, 'mode')).toBe('lacp')
    expect(db.get('Bond', made, 'properties').get('lacp-time')).toBe('fast')
    expect(db.get('Bond', made, 'auto_update_mac')).toBe(true)
    expect(db.get('PIF', db.get('Bond', made, 'master'), 'currently_attached')).toBe(true)
    expect(made).not.toBe(bond)
    await start()
    expect(bondOn(networkOf(master))).toBe(made)
  })

  it('gets a bond of what it has, and none where it has nothing', async () => {
    const { db } = bench
    const [a = '', b = '', c = ''] = nics(bench.host)
    const mine = addPif(bench, { host: member, network: networks[0] ?? '' })
    const partial = networkOf(addBond(bench, [a, b]).pif)
    const none = networkOf(addBond(bench, [c]).pif)
    await start()
    expect(db.get('Bond', bondOn(partial), 'slaves')).toEqual([mine])
    expect(onMember(none)).toEqual([])
  })

  it('gets a bond with other members anew, and leaves another PIF on the network alone', async () => {
    const { db } = bench
    const [a = '', b = '', c = ''] = nics(bench.host)
    const [x = '', y = '', z = ''] = nics(member)
    const first = networkOf(addBond(bench, [a, b]).pif)
    const second = networkOf(addBond(bench, [c]).pif)
    const former = String(await bench.call('Bond.create', first, [x], '', 'balance-slb', new Map()))
    const occupant = addPif(bench, { host: member, device: 'eth9', network: second })
    await start()
    expect(db.exists('Bond', former)).toBe(false)
    expect(db.get('Bond', bondOn(first), 'slaves').toSorted()).toEqual([x, y].toSorted())
    expect(onMember(second)).toEqual([occupant])
    expect(db.get('PIF', z, 'bond_slave_of')).toBe(NULL_REF)
  })

  it('has VLANs and tunnels of the coordinator on the bonds that it has just got', async () => {
    const [a = '', b = ''] = nics(bench.host)
    nics(member)
    const { pif: master } = addBond(bench, [a, b])
    const [tagged, tunnelled] = [addVlan(bench, master, 7).pif, addTunnel(bench, master).pif].map(networkOf)
    await start()
    expect(onMember(tagged ?? '')).toHaveLength(1)
    expect(onMember(tunnelled ?? '')).toHaveLength(1)
  })

  it('gets SR-IOV on the NIC of the same position, where the NIC can have it', async () => {
    const { db } = bench
    const [a = '', b = ''] = nics(bench.host)
    const [mine = ''] = nics(member)
    db.set('PIF', mine, 'capabilities', ['sriov'])
    const networkOfSriov = [a, b].map(pif => networkOf(addSriov(bench, pif).pif))
    for (let i = 0; i < 2; i++) await start()
    const [made = ''] = onMember(networkOfSriov[0] ?? '')
    expect(db.get('network_sriov', db.get('PIF', made, 'sriov_logical_PIF_of')[0] ?? '', 'physical_PIF')).toBe(mine)
    expect(db.get('PIF', made, 'currently_attached')).toBe(true)
    expect(onMember(networkOfSriov[0] ?? '')).toHaveLength(1)
    expect(onMember(networkOfSriov[1] ?? '')).toEqual([])
  })

  it('keeps what the coordinator lacks', async () => {
    const [x = '', y = ''] = nics(member)
    const network = addNetwork(bench)
    await bench.call('Bond.create', network, [x, y], '', 'balance-slb', new Map())
    const bond = bondOn(network)
    await start()
    expect(bondOn(network)).toBe(bond)
  })
})

it('a toolstack that starts moves what stands on bond members to the bond', async () => {
  const { db, host } = bench
  const [a = '', b = ''] = nics(host)
  const { pif: master } = addBond(bench, [a, b])
  const vlan = addVlan(bench, b, 7)
  const tunnel = addTunnel(bench, a)
  const vif = addVif(bench, networks[0] ?? '', { host })
  const [tagged, tunnelled] = [vlan.pif, tunnel.pif].map(networkOf)
  await bench.call('host.restart_agent', host)
  const [untagged = ''] = db.get('network', tagged ?? '', 'PIFs')
  expect(db.get('VLAN', db.get('PIF', untagged, 'VLAN_master_of'), 'tagged_PIF')).toBe(master)
  const [access = ''] = db.get('network', tunnelled ?? '', 'PIFs')
  expect(db.get('tunnel', db.get('PIF', access, 'tunnel_access_PIF_of')[0] ?? '', 'transport_PIF')).toBe(master)
  expect([db.exists('VLAN', vlan.vlan), db.exists('tunnel', tunnel.tunnel)]).toEqual([false, false])
  expect(db.get('VIF', vif, 'network')).toBe(networkOf(master))
})
