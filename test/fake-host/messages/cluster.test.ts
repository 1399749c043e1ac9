import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { addHost, addNetwork, addPif, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let network: Ref<'network'>
let pif: Ref<'PIF'>

beforeEach(async () => {
  bench = await emptyPool()
  network = addNetwork(bench, { bridge: 'xenbr0' })
  pif = addPif(bench, { network })
})

const addressed = (host = bench.host): Ref<'PIF'> => {
  const made = host === bench.host ? pif : addPif(bench, { network, host })
  bench.db.set('PIF', made, 'IP', '1.1.1.1')
  return made
}
async function ready(): Promise<void> {
  addressed()
  bench.db.set('PIF', pif, 'disallow_unplug', true)
  await bench.call('PIF.plug', pif)
}
const create = async (autoJoin = true): Promise<Ref<'Cluster'>> =>
  String(await bench.call('Cluster.create', pif, 'corosync', autoJoin))
const memberOf = (host: Ref<'host'>): Ref<'Cluster_host'> | undefined =>
  bench.db.refs('Cluster_host').find(ref => bench.db.get('Cluster_host', ref, 'host') === host)
const fields = (cluster: Ref<'Cluster'>) => Object.fromEntries(bench.db.record('Cluster', cluster))

// Numbers are those of docs/spec/networking-conformance-cases.md K.
describe('the PIF of a cluster', () => {
  it.each(['Cluster.create', 'Cluster_host.enable'])(
    '98: has to stay plugged, to be plugged and to have an address, in this order: %s',
    async method => {
      const { db } = bench
      const isNew = method === 'Cluster.create'
      const self = isNew
        ? ''
        : db.create('Cluster_host', { host: bench.host, PIF: pif, cluster: db.create('Cluster', {}) })
      const attempt = () => bench.answer(method, ...(isNew ? [pif, 'corosync', true] : [self]))
      expect(await attempt()).toMatchObject({ error: ['PIF_ALLOWS_UNPLUG', pif] })
      db.set('PIF', pif, 'disallow_unplug', true)
      expect(await attempt()).toMatchObject({ error: ['REQUIRED_PIF_IS_UNPLUGGED', pif] })
      await bench.call('PIF.plug', pif)
      expect(await attempt()).toMatchObject({ error: ['PIF_HAS_NO_NETWORK_CONFIGURATION', pif] })
      addressed()
      expect(await attempt()).toMatchObject({ ok: true })
      expect(db.get('Cluster_host', db.refs('Cluster_host')[0] ?? '', 'enabled')).toBe(true)
    },
  )

  it('101: is held while its Cluster_host is enabled, and no longer', async () => {
    const { db } = bench
    const forget = () => bench.answer('PIF.reconfigure_ip', pif, 'DHCP', '', '', '', '')
    expect(await forget()).toMatchObject({ ok: true })
    const self = db.create('Cluster_host', { PIF: pif, host: bench.host, enabled: true })
    expect(await forget()).toMatchObject({ error: ['CLUSTERING_ENABLED', self] })
    expect(await bench.error('PIF.forget', pif)).toEqual(['CLUSTERING_ENABLED', self])
    db.set('Cluster_host', self, 'enabled', false)
    expect(await forget()).toMatchObject({ ok: true })
  })
})

describe('Cluster.create', () => {
  it('is done once, with a stack and times that are some', async () => {
    await ready()
    const refused = (...settings: (string | boolean | number)[]) => bench.error('Cluster.create', pif, ...settings)
    expect(await refused('pacemaker', true)).toEqual(['INVALID_CLUSTER_STACK', 'pacemaker'])
    expect(await refused('corosync', true, 0.5)).toEqual(['INVALID_VALUE', 'token_timeout', '0.5'])
    expect(await refused('corosync', true, 20.5, 0.5)).toEqual(['INVALID_VALUE', 'token_timeout_coefficient', '0.5'])
    const cluster = await create()
    expect(fields(cluster)).toMatchObject({ expected_hosts: 1, live_hosts: 1, quorum: 1, is_quorate: true })
    expect(await bench.call('Cluster.get_network', cluster)).toBe(network)
    expect(await refused('corosync', true)).toEqual(['CLUSTER_ALREADY_EXISTS'])
  })
})

describe('Cluster_host.create', () => {
  it('plugs the PIF and keeps it plugged, if it is one of the host', async () => {
    await ready()
    const cluster = await create()
    const member = addHost(bench.db)
    expect(await bench.error('Cluster_host.create', cluster, member, pif)).toEqual([
      'PIF_NOT_ATTACHED_TO_HOST',
      pif,
      member,
    ])
    const own = addressed(member)
    const self = String(await bench.call('Cluster_host.create', cluster, member, own))
    expect(bench.db.get('PIF', own, 'currently_attached')).toBe(true)
    expect(await bench.error('PIF.set_disallow_unplug', own, false)).toEqual(['CLUSTERING_ENABLED', self])
    expect(fields(cluster)).toMatchObject({ expected_hosts: 2, live_hosts: 2, quorum: 2 })
    await bench.call('Cluster_host.disable', self)
    expect(fields(cluster)).toMatchObject({ live_hosts: 1, is_quorate: false })
    expect(await bench.error('Cluster_host.destroy', self)).toEqual(['CLUSTERING_DISABLED', self])
    await bench.call('Cluster_host.enable', self)
    await bench.call('Cluster_host.destroy', self)
    expect(fields(cluster)).toMatchObject({ expected_hosts: 1, is_quorate: true })
  })

  it('happens by itself when a host starts, where the cluster wants that', async () => {
    await ready()
    const cluster = await create()
    const member = addHost(bench.db)
    await bench.call('host.restart_agent', member)
    expect(memberOf(member)).toBeUndefined()
    addressed(member)
    await bench.call('host.restart_agent', member)
    expect(bench.db.get('Cluster', cluster, 'cluster_hosts')).toHaveLength(2)
  })
})

describe('the end of a cluster', () => {
  it('waits for storage that needs it', async () => {
    const { db, host } = bench
    await ready()
    const cluster = await create()
    const self = memberOf(host) ?? NULL_REF
    const pbd = db.create('PBD', { host, SR: db.create('SR', { type: 'gfs2' }), currently_attached: true })
    for (const [method, ref] of [
      ['Cluster.destroy', cluster],
      ['Cluster.pool_destroy', cluster],
      ['Cluster.pool_force_destroy', cluster],
      ['Cluster_host.disable', self],
      ['Cluster_host.destroy', self],
      ['Cluster_host.force_destroy', self],
    ] as const) {
      expect(await bench.error(method, ref)).toEqual(['CLUSTER_STACK_IN_USE', 'corosync'])
    }
    db.set('PBD', pbd, 'currently_attached', false)
    expect(await bench.error('Cluster_host.destroy', self)).toEqual(['CLUSTER_HOST_IS_LAST', self])
    await bench.call('Cluster.destroy', cluster)
    expect([db.refs('Cluster'), db.refs('Cluster_host')]).toEqual([[], []])
  })

  it('of several hosts is for the pool to call', async () => {
    const { db } = bench
    addressed(addHost(db))
    await ready()
    const cluster = String(await bench.call('Cluster.pool_create', network, 'corosync'))
    expect(await bench.error('Cluster.destroy', cluster)).toEqual(['CLUSTER_DOES_NOT_HAVE_ONE_NODE', '2'])
    await bench.call('Cluster.pool_destroy', cluster)
    expect([db.refs('Cluster'), db.refs('Cluster_host')]).toEqual([[], []])
  })

  it('can be forced while members are disabled; those that are missing are found again before', async () => {
    const { db } = bench
    await ready()
    const cluster = await create(false)
    const own = addressed(addHost(db))
    await bench.call('Cluster.pool_resync', cluster)
    const self = memberOf(db.get('PIF', own, 'host')) ?? NULL_REF
    await bench.call('Cluster_host.disable', self)
    expect(await bench.error('Cluster.pool_destroy', cluster)).toEqual(['CLUSTERING_DISABLED', self])
    await bench.call('Cluster.pool_force_destroy', cluster)
    expect(db.refs('Cluster_host')).toEqual([])
  })
})
