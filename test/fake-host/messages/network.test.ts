import { beforeEach, describe, expect, it } from 'vitest'
import { type NetworkPurpose, NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { addBond, addHost, addNetwork, addPif, addVif, type Bench, bridgesOf, emptyPool } from '../fixtures.ts'

let bench: Bench

beforeEach(async () => {
  bench = await emptyPool()
})

const record = (fields: Record<string, RpcValue> = {}): ReadonlyMap<string, RpcValue> =>
  new Map(Object.entries({ name_label: 'a', name_description: '', other_config: new Map(), ...fields }))
const create = async (fields: Record<string, RpcValue> = {}): Promise<Ref<'network'>> =>
  String(await bench.call('network.create', record(fields)))

describe('network.create', () => {
  it('counts bridges up, past those in use, and does not come back to a number', async () => {
    const { db } = bench
    const bridge = async () => db.get('network', await create(), 'bridge')
    addNetwork(bench, { bridge: 'xapi1' })
    expect(await bridge()).toBe('xapi0')
    const second = await create()
    expect(db.get('network', second, 'bridge')).toBe('xapi2')
    await bench.call('network.destroy', second)
    expect(await bridge()).toBe('xapi3')
  })

  it('takes a bridge of the caller unless it is long, like one of its own, or taken', async () => {
    expect(bench.db.get('network', await create({ bridge: 'mybr' }), 'bridge')).toBe('mybr')
    expect(await bench.error('network.create', record({ bridge: 'mybr' }))).toEqual(['BRIDGE_NAME_EXISTS', 'mybr'])
    for (const bridge of ['xenbr9', 'xapi9', 'vif1', 'tap1', 'eth7', 'sixteen-letters-']) {
      expect(await bench.error('network.create', record({ bridge }))).toEqual(['INVALID_VALUE', 'bridge', bridge])
    }
  })

  it('takes any name from other hosts of the pool', async () => {
    bench.db.set('session', bench.session, 'pool', true)
    expect(bench.db.get('network', await create({ bridge: 'xenbr9' }), 'bridge')).toBe('xenbr9')
  })

  it('makes an MTU that is none the usual one', async () => {
    expect(bench.db.get('network', await create({ MTU: 0n }), 'MTU')).toBe(1500)
    expect(bench.db.get('network', await create({ MTU: 9000n }), 'MTU')).toBe(9000)
  })

  it('makes no bridge on a host', async () => {
    await create()
    expect([...(await bridgesOf(bench.pool, bench.host)).keys()]).toEqual([])
  })

  it('lets other hosts introduce networks as they are', async () => {
    addNetwork(bench, { bridge: 'xenbr0' })
    const network = String(
      await bench.call('network.pool_introduce', 'n', 'd', -3n, new Map([['k', 'v']]), 'xenbr0', false, ['nbd']),
    )
    expect(Object.fromEntries(bench.db.record('network', network))).toMatchObject({
      name_label: 'n',
      name_description: 'd',
      MTU: -3,
      other_config: new Map([['k', 'v']]),
      bridge: 'xenbr0',
      managed: false,
      purpose: ['nbd'],
    })
  })
})

describe('network.destroy', () => {
  it('takes unplugged VIFs with it', async () => {
    const { db } = bench
    const network = addNetwork(bench)
    const metrics = db.create('VIF_metrics', {})
    const vif = addVif(bench, network, { metrics })
    await bench.call('network.destroy', network)
    expect(db.exists('network', network) || db.exists('VIF', vif) || db.exists('VIF_metrics', metrics)).toBe(false)
  })

  it('names all VIFs in use, then all PIFs', async () => {
    const { db } = bench
    const network = addNetwork(bench)
    const pifs = [addPif(bench, { network }), addPif(bench, { network, host: addHost(db) })]
    const vifs = [addVif(bench, network, { currently_attached: true }), addVif(bench, network, { reserved: true })]
    addVif(bench, network)
    expect(await bench.error('network.destroy', network)).toEqual(['NETWORK_CONTAINS_VIF', ...vifs.reverse()])
    db.set('VIF', vifs[0] ?? NULL_REF, 'reserved', false)
    db.set('VIF', vifs[1] ?? NULL_REF, 'currently_attached', false)
    expect(await bench.error('network.destroy', network)).toEqual(['NETWORK_CONTAINS_PIF', ...pifs.reverse()])
  })

  it('spares the internal management network', async () => {
    const network = addNetwork(bench, { other_config: new Map([['is_host_internal_management_network', 'true']]) })
    expect(await bench.error('network.destroy', network)).toEqual(['CANNOT_DESTROY_SYSTEM_NETWORK', network])
  })
})

describe('network.set_default_locking_mode', () => {
  it('is refused while a VIF is plugged', async () => {
    const network = addNetwork(bench)
    await bench.call('network.set_default_locking_mode', network, 'disabled')
    expect(bench.db.get('network', network, 'default_locking_mode')).toBe('disabled')
    const vif = addVif(bench, network, { currently_attached: true })
    const error = await bench.error('network.set_default_locking_mode', network, 'unlocked')
    expect(error).toEqual(['VIF_IN_USE', network, vif])
  })
})

// Numbers are those of docs/spec/networking-conformance-cases.md D.
describe('purposes: with', () => {
  const two = (first: NetworkPurpose[], second: NetworkPurpose[] = []): Ref<'network'> => {
    addNetwork(bench, { purpose: second })
    return addNetwork(bench, { purpose: first })
  }
  const adds: [number, NetworkPurpose[], NetworkPurpose[], NetworkPurpose][] = [
    [34, [], [], 'nbd'],
    [35, [], ['nbd'], 'nbd'],
    [36, [], [], 'insecure_nbd'],
    [37, [], ['insecure_nbd'], 'insecure_nbd'],
    [38, ['nbd'], [], 'nbd'],
  ]
  it.each(adds)(
    '%i: [%s] here and [%s] on another network, adding %s is fine',
    async (_number, here, there, purpose) => {
      const network = two(here, there)
      await bench.call('network.add_purpose', network, purpose)
      expect(bench.db.get('network', network, 'purpose')).toEqual([purpose])
    },
  )

  const clashes: [number, NetworkPurpose[], NetworkPurpose[], NetworkPurpose, NetworkPurpose][] = [
    [39, ['nbd'], [], 'insecure_nbd', 'nbd'],
    [40, [], ['nbd'], 'insecure_nbd', 'nbd'],
    [41, ['insecure_nbd'], [], 'nbd', 'insecure_nbd'],
    [42, [], ['insecure_nbd'], 'nbd', 'insecure_nbd'],
  ]
  it.each(clashes)(
    '%i: [%s] here and [%s] on another network, adding %s clashes',
    async (_n, here, there, purpose, other) => {
      const error = await bench.error('network.add_purpose', two(here, there), purpose)
      expect(error).toEqual(['NETWORK_INCOMPATIBLE_PURPOSES', purpose, other])
    },
  )

  const removals: [number, NetworkPurpose[], NetworkPurpose, NetworkPurpose[]][] = [
    [43, ['nbd'], 'insecure_nbd', ['nbd']],
    [44, [], 'nbd', []],
    [45, ['nbd'], 'nbd', []],
  ]
  it.each(removals)('%i: [%s], removing %s never fails', async (_number, before, purpose, after) => {
    const network = two(before)
    await bench.call('network.remove_purpose', network, purpose)
    expect(bench.db.get('network', network, 'purpose')).toEqual(after)
  })

  it('an unmanaged network, adding any is refused', async () => {
    const network = addNetwork(bench, { managed: false })
    expect(await bench.error('network.add_purpose', network, 'nbd')).toEqual(['NETWORK_UNMANAGED', network])
  })
})

describe('network.attach', () => {
  const attach = (network: Ref<'network'>) => bench.call('network.attach', network, bench.host)
  const bridges = async () => (await bridgesOf(bench.pool, bench.host)).get('br')

  it('makes an internal bridge where the host has no PIF on the network', async () => {
    await attach(addNetwork(bench, { bridge: 'br' }))
    expect(await bridges()).toMatchObject({ ports: [], up: true, persistent: false })
    await attach(addNetwork(bench, { bridge: 'br', other_config: new Map([['persist', '']]) }))
    expect(await bridges()).toMatchObject({ persistent: false })
    await attach(addNetwork(bench, { bridge: 'br2', other_config: new Map([['persist', '']]) }))
    expect((await bridgesOf(bench.pool, bench.host)).get('br2')).toMatchObject({ persistent: true })
  })

  it('brings up the PIFs of the host, also those that are up', async () => {
    const { db } = bench
    const network = addNetwork(bench, { bridge: 'br' })
    const pif = addPif(bench, { network })
    await attach(network)
    expect(db.get('PIF', pif, 'currently_attached')).toBe(true)
    expect(await bridges()).toMatchObject({ ports: ['eth0'], up: true })
    bench.pool.networks.disturb({ fail: { call: 'Bridge.make_config', kind: 'text' } })
    await expect(attach(network)).rejects.toThrow('PIF_CONFIGURATION_ERROR')
  })

  it('leaves unmanaged PIFs alone and refuses bond slaves', async () => {
    const { db, host } = bench
    const network = addNetwork(bench, { bridge: 'br' })
    const pif = addPif(bench, { network, managed: false })
    await attach(network)
    expect(db.get('PIF', pif, 'currently_attached')).toBe(false)
    db.set('PIF', pif, 'managed', true)
    addBond(bench, [pif])
    expect(await bench.error('network.attach', network, host)).toEqual(['CANNOT_PLUG_BOND_SLAVE', pif])
  })

  it('of an unmanaged network wants its bridge to be there', async () => {
    const network = addNetwork(bench, { bridge: 'br', managed: false })
    expect(await bench.error('network.attach', network, bench.host)).toEqual(['BRIDGE_NOT_AVAILABLE', 'br'])
    await attach(addNetwork(bench, { bridge: 'br' }))
    await attach(network)
  })

  it('is forwarded to the host', async () => {
    const { db } = bench
    const other = addHost(db)
    const network = addNetwork(bench, { bridge: 'br' })
    await bench.call('network.attach', network, other)
    expect([...(await bridgesOf(bench.pool, other)).keys()]).toEqual(['br'])
    expect(await bridges()).toBeUndefined()
    db.set('host_metrics', db.get('host', other, 'metrics'), 'live', false)
    expect(await bench.error('network.attach', network, other)).toEqual(['HOST_OFFLINE', other])
  })
})
