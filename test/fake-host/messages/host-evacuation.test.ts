import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { addHost, addNetwork, addPif, addVif, type Bench, bridgesOf, emptyPool } from '../fixtures.ts'

let bench: Bench
let member: Ref<'host'>
let third: Ref<'host'>
let network: Ref<'network'>

beforeEach(async () => {
  bench = await emptyPool()
  member = addHost(bench.db)
  third = addHost(bench.db)
  network = addNetwork(bench, { bridge: 'xenbr0' })
  for (const host of [bench.host, member, third]) addPif(bench, { network, host })
})

const addGuest = (on = network): Ref<'VM'> =>
  bench.db.get('VIF', addVif(bench, on, { host: member, currently_attached: true }), 'VM')
const hostOf = (vm: Ref<'VM'>): Ref<'host'> => bench.db.get('VM', vm, 'resident_on')

describe('host.evacuate', () => {
  it('spreads the guests over the other hosts, to which their networks come', async () => {
    const { db, pool } = bench
    const guests = Array.from({ length: 5 }, () => addGuest())
    const domain = db.create('VM', { resident_on: member, is_control_domain: true, power_state: 'Running' })
    await bench.call('host.evacuate', member, NULL_REF, 2n)
    expect(guests.filter(vm => hostOf(vm) === member)).toEqual([])
    expect(Math.abs(guests.filter(vm => hostOf(vm) === third).length - 2.5)).toBe(0.5)
    expect(hostOf(domain)).toBe(member)
    expect([...(await bridgesOf(pool, third)).keys()]).toEqual(['xenbr0'])
    expect(db.get('host', member, 'current_operations').size).toBe(0)
    expect(db.get('host', member, 'enabled')).toBe(true)
  })

  it('moves none where one can go nowhere, and tells why', async () => {
    const { db } = bench
    const only = addNetwork(bench, { bridge: 'xapi1' })
    addPif(bench, { host: member, network: only, device: 'eth1' })
    const [free, bound] = [addGuest(), addGuest(only)]
    const error = ['VM_REQUIRES_NETWORK', bound, only]
    expect(await bench.error('host.evacuate', member)).toEqual(error)
    expect(hostOf(free)).toBe(member)
    expect(await bench.error('host.assert_can_evacuate', member)).toEqual(['CANNOT_EVACUATE_HOST', error.join(',')])
    expect(await bench.call('host.get_vms_which_prevent_evacuation', member)).toEqual(new Map([[bound, error]]))
    for (const host of [bench.host, third]) db.set('host', host, 'enabled', false)
    expect(await bench.error('host.evacuate', member)).toEqual(['NO_HOSTS_AVAILABLE'])
  })

  it('wants the network that it is to go over to be ready at the destination', async () => {
    const { db } = bench
    db.set('host', third, 'enabled', false)
    const guest = addGuest()
    const path = addNetwork(bench, { bridge: 'xenbr1' })
    const evacuate = () => bench.error('host.evacuate', member, path)
    expect(await evacuate()).toEqual(['PIF_NOT_PRESENT', bench.host, path])
    const pif = addPif(bench, { network: path, device: 'eth1' })
    expect(await evacuate()).toEqual(['REQUIRED_PIF_IS_UNPLUGGED', pif])
    await bench.call('PIF.plug', pif)
    expect(await evacuate()).toEqual(['INTERFACE_HAS_NO_IP', pif])
    db.set('PIF', pif, 'IP', '192.0.2.7')
    await bench.call('host.evacuate', member, path)
    expect(hostOf(guest)).toBe(bench.host)
  })

  it('happens once at a time, and the host is not enabled meanwhile', async () => {
    addGuest()
    bench.pool.networks.disturb({ delay_ms: 5 })
    const evacuating = bench.call('host.evacuate', member)
    const [again, enable] = await Promise.all([
      bench.error('host.evacuate', member),
      bench.error('host.enable', member),
    ])
    expect(again.slice(0, 4)).toEqual(['OTHER_OPERATION_IN_PROGRESS', 'host', member, 'evacuate'])
    expect(enable).toEqual(['HOST_EVACUATE_IN_PROGRESS', member])
    await evacuating
  })

  it('takes no batches of less than nothing, and no host that is down', async () => {
    expect(await bench.error('host.evacuate', member, NULL_REF, -1n)).toEqual([
      'INVALID_VALUE',
      'evacuate_batch_size',
      '-1',
    ])
    bench.db.set('host_metrics', bench.db.get('host', member, 'metrics'), 'live', false)
    expect(await bench.error('host.evacuate', member)).toEqual(['HOST_OFFLINE', member])
  })
})
