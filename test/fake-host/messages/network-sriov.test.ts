import { beforeEach, describe, expect, it } from 'vitest'
import {
  NULL_REF,
  type PIFRecord,
  type Ref,
  type Rows,
  type SriovConfigurationMode,
} from '../../../src/datamodel/index.ts'
import { introduceSriov } from '../../../src/fake-host/network/index.ts'
import { needsDisabling } from '../../../src/fake-host/network/sriov.ts'
import {
  addBond,
  addHost,
  addNetwork,
  addPif,
  addSriov,
  addTunnel,
  addVlan,
  type Bench,
  emptyPool,
} from '../fixtures.ts'

let bench: Bench
let network: Ref<'network'>
const create = (pif: Ref<'PIF'>, on = network) => bench.error('network_sriov.create', pif, on)
const fields = (pif: Ref<'PIF'>): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', pif))
const capable = (more: Partial<Rows['PIF']> = {}): Ref<'PIF'> => addPif(bench, { capabilities: ['sriov'], ...more })
const addPci = (vendor_id: string, device_id: string): Ref<'PCI'> => bench.db.create('PCI', { vendor_id, device_id })

beforeEach(async () => {
  bench = await emptyPool()
  network = addNetwork(bench, { bridge: 'xapi1' })
})

// Numbers are those of docs/spec/networking-conformance-cases.md E.
describe('SR-IOV', () => {
  it('46: that is introduced is linked with its PIFs, its network and its host', () => {
    const { db, host, pool } = bench
    const physical = addPif(bench)
    const { sriov, logicalPif } = introduceSriov(pool, { physical, network })
    expect(fields(physical).sriov_physical_PIF_of).toEqual([sriov])
    expect(fields(logicalPif)).toMatchObject({ sriov_logical_PIF_of: [sriov], network, host })
    expect(db.get('network_sriov', sriov, 'physical_PIF')).toBe(physical)
    expect(db.get('network_sriov', sriov, 'logical_PIF')).toBe(logicalPif)
  })

  it('47: is refused on an unmanaged PIF', async () => {
    const pif = addPif(bench, { managed: false })
    expect(await create(pif)).toEqual(['PIF_UNMANAGED', pif])
  })

  it('48: is refused on a network that the host is connected to', async () => {
    const pif = capable({ network })
    expect(await create(pif)).toEqual(['NETWORK_ALREADY_CONNECTED', bench.host, pif])
  })

  it.each<[number, string, () => Ref<'PIF'>]>([
    [49, 'a bond', () => addBond(bench, [addPif(bench)]).pif],
    [50, 'the access PIF of a tunnel', () => addTunnel(bench, addPif(bench)).pif],
    [51, 'an SR-IOV logical PIF', () => addSriov(bench, addPif(bench)).pif],
    [52, 'a VLAN', () => addVlan(bench, addPif(bench), 1).pif],
    [53, 'a VLAN on SR-IOV', () => addVlan(bench, addSriov(bench, addPif(bench)).pif, 1).pif],
  ])('%i: is refused on %s', async (_n, _what, make) => {
    const pif = make()
    expect(await create(pif)).toEqual(['PIF_IS_NOT_PHYSICAL', pif])
  })

  it('54: is refused where it is enabled', async () => {
    const pif = addPif(bench)
    addSriov(bench, pif)
    expect(await create(pif)).toEqual(['NETWORK_SRIOV_ALREADY_ENABLED', pif])
  })

  it('55: is refused on a NIC that cannot have it', async () => {
    const pif = addPif(bench)
    expect(await create(pif)).toEqual(['PIF_IS_NOT_SRIOV_CAPABLE', pif])
  })

  it('56: is refused on a network with an ordinary PIF', async () => {
    addPif(bench, { network, host: addHost(bench.db) })
    expect(await create(capable())).toEqual(['NETWORK_INCOMPATIBLE_WITH_SRIOV', network])
  })

  it('57: is refused on a network with SR-IOV on NICs of another type', async () => {
    const other = addPif(bench, { PCI: addPci('101', '2'), host: addHost(bench.db), network })
    const { pif: logical } = addSriov(bench, other)
    bench.db.set('PIF', logical, 'network', network)
    const pif = capable({ PCI: addPci('99', '1') })
    expect(await create(pif)).toEqual(['NETWORK_HAS_INCOMPATIBLE_SRIOV_PIFS', pif, network])
  })
})

describe('the device is told that SR-IOV on it ends', () => {
  interface State {
    readonly attached: boolean
    readonly reboot: boolean
    readonly mode?: SriovConfigurationMode
  }
  const put = ({ attached, reboot, mode = 'modprobe' }: State): Ref<'network_sriov'> => {
    const { pif, sriov } = addSriov(bench, addPif(bench))
    bench.db.set('PIF', pif, 'currently_attached', attached)
    bench.db.set('network_sriov', sriov, 'requires_reboot', reboot)
    bench.db.set('network_sriov', sriov, 'configuration_mode', mode)
    return sriov
  }
  const idle: State = { attached: false, reboot: false }
  const attached: State = { attached: true, reboot: false }
  const waiting: State = { attached: false, reboot: true }

  it.each<[number, boolean, State, State | undefined]>([
    [58, false, { ...idle, mode: 'sysfs' }, undefined],
    [59, true, { ...attached, mode: 'sysfs' }, undefined],
    [60, false, { ...attached, mode: 'unknown' }, undefined],
    [61, true, attached, undefined],
    [62, true, waiting, undefined],
    [63, true, attached, idle],
    [64, false, attached, attached],
    [65, true, waiting, idle],
    [66, false, waiting, waiting],
  ])('%i: %s', (_n, expected, state, other) => {
    const sriov = put(state)
    if (other) put(other)
    expect(needsDisabling(bench.db, sriov)).toBe(expected)
  })
})

describe('network_sriov.create', () => {
  it('plugs the logical PIF and the NIC below it', async () => {
    const { db } = bench
    const pif = capable({ MTU: 1400 })
    const sriov = String(await bench.call('network_sriov.create', pif, network))
    expect(Object.fromEntries(db.record('network_sriov', sriov))).toMatchObject({
      physical_PIF: pif,
      configuration_mode: 'sysfs',
      requires_reboot: false,
    })
    expect(fields(db.get('network_sriov', sriov, 'logical_PIF'))).toMatchObject({
      device: 'eth0',
      MAC: 'fe:ff:ff:ff:ff:ff',
      MTU: 1400,
      IPv6: [],
      physical: false,
      metrics: fields(pif).metrics,
      currently_attached: true,
    })
    expect(fields(pif).currently_attached).toBe(true)
  })

  it('leaves the records when the NIC refuses', async () => {
    const { db, pool } = bench
    pool.networks.disturb({ fail: { call: 'Sriov.enable', kind: 'text', text: 'no' } })
    const error = await create(capable())
    const [sriov = NULL_REF] = db.refs('network_sriov')
    const logical = db.get('network_sriov', sriov, 'logical_PIF')
    expect(error).toEqual(['NETWORK_SRIOV_ENABLE_FAILED', logical, 'no'])
    expect(fields(logical).currently_attached).toBe(false)
  })

  it('needs a licence before all else', async () => {
    const { db } = bench
    db.set('pool', db.refs('pool')[0] ?? NULL_REF, 'restrictions', new Map([['restrict_network_sriov', 'true']]))
    expect(await create(addPif(bench), NULL_REF)).toEqual(['LICENCE_RESTRICTION', 'Network_sriov'])
  })
})

describe('network_sriov.destroy', () => {
  it('takes the logical PIF with it', async () => {
    const { db } = bench
    const pif = capable()
    const sriov = String(await bench.call('network_sriov.create', pif, network))
    const logical = db.get('network_sriov', sriov, 'logical_PIF')
    await bench.call('network_sriov.destroy', sriov)
    expect([db.exists('network_sriov', sriov), db.exists('PIF', logical)]).toEqual([false, false])
    expect(fields(pif)).toMatchObject({ currently_attached: true, sriov_physical_PIF_of: [] })
  })

  it('destroys nothing while VLANs are on it or the NIC refuses', async () => {
    const { db, pool } = bench
    const sriov = String(await bench.call('network_sriov.create', capable(), network))
    const logical = db.get('network_sriov', sriov, 'logical_PIF')
    const { pif, vlan } = addVlan(bench, logical, 5)
    expect(await bench.error('network_sriov.destroy', sriov)).toEqual(['PIF_VLAN_STILL_EXISTS', logical])
    db.destroy('VLAN', vlan)
    db.destroy('PIF', pif)
    pool.networks.disturb({ fail: { call: 'Sriov.disable', kind: 'text', text: 'no' } })
    const error = await bench.error('network_sriov.destroy', sriov)
    expect(error).toEqual(['NETWORK_SRIOV_DISABLE_FAILED', logical, 'no'])
    expect(db.exists('network_sriov', sriov)).toBe(true)
  })
})

describe('network_sriov.get_remaining_capacity', () => {
  it('counts the virtual functions that no VM has', async () => {
    const { db } = bench
    const PCI = addPci('8086', '1')
    const vm = db.create('VM', {})
    db.create('PCI', { physical_function: PCI })
    db.create('PCI', { physical_function: PCI, attached_VMs: [vm] })
    db.create('PCI', { physical_function: PCI, scheduled_to_be_attached_to: vm })
    const sriovs = [addPif(bench, { PCI }), addPif(bench)].map(pif => addSriov(bench, pif).sriov)
    const capacities = sriovs.map(sriov => bench.call('network_sriov.get_remaining_capacity', sriov))
    expect(await Promise.all(capacities)).toEqual([1, 0])
  })
})
