import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Ref, Rows, VIFRecord } from '../../../src/datamodel/index.ts'
import { addNetwork, addPif, addSriov, addVif, type Bench, bridgesOf, emptyPool } from '../fixtures.ts'

let bench: Bench
let network: Ref<'network'>
const fields = (vif: Ref<'VIF'>): Partial<VIFRecord> => Object.fromEntries(bench.db.record('VIF', vif))
const addVm = (more: Partial<Rows['VM']> = {}): Ref<'VM'> => bench.db.create('VM', { domid: -1, ...more })
const running = (): Partial<Rows['VM']> => ({ power_state: 'Running', domid: 1, resident_on: bench.host })
const add = (vm: Ref<'VM'>, more: Partial<Rows['VIF']> = {}): Ref<'VIF'> =>
  bench.db.create('VIF', { device: '0', network, VM: vm, MTU: 1500, ...more })
const bridges = async () => [...(await bridgesOf(bench.pool, bench.host)).keys()]

beforeEach(async () => {
  bench = await emptyPool()
  network = addNetwork(bench)
})

describe('VIF.plug', () => {
  it('brings the networks of all VIFs of the VM to its host', async () => {
    const { db } = bench
    const vm = addVm(running())
    const other = addPif(bench, { network: addNetwork(bench, { bridge: 'xenbr0' }) })
    add(vm, { device: '1', network: db.get('PIF', other, 'network') })
    const vif = add(vm)
    db.set('network', network, 'MTU', 1400)
    await bench.call('VIF.plug', vif)
    expect(fields(vif)).toMatchObject({
      currently_attached: true,
      MTU: 1400,
      current_operations: new Map(),
      allowed_operations: ['attach', 'unplug'],
    })
    expect((await bridges()).sort()).toEqual(['xapi0', 'xenbr0'])
    expect(db.get('PIF', other, 'currently_attached')).toBe(true)
    await bench.call('VIF.unplug', vif)
    expect(fields(vif)).toMatchObject({ currently_attached: false, allowed_operations: ['attach', 'plug'] })
    expect(await bridges()).toEqual(['xenbr0'])
  })

  it('keeps a bridge that another VIF of the host is on', async () => {
    const other = addVif(bench, network, { host: bench.host, currently_attached: true })
    const vif = add(addVm(running()))
    await bench.call('VIF.plug', vif)
    await bench.call('VIF.unplug_force', vif)
    expect(await bridges()).toEqual(['xapi0'])
    await bench.call('VIF.unplug', other)
    expect(await bridges()).toEqual([])
  })

  it('leaves the VIF marked as plugged, without bridges, where it fails', async () => {
    const vm = addVm(running())
    const unmanaged = addNetwork(bench, { managed: false, bridge: 'br7' })
    add(vm, { device: '1', network: unmanaged })
    const vif = add(vm)
    expect(await bench.error('VIF.plug', vif)).toEqual(['BRIDGE_NOT_AVAILABLE', 'br7'])
    expect(fields(vif)).toMatchObject({ currently_attached: true, current_operations: new Map() })
    expect(await bridges()).toEqual([])
  })

  it('is refused for what the VIF, its network and its VM are', async () => {
    const { db } = bench
    const plug = (vif: Ref<'VIF'>) => bench.error('VIF.plug', vif)
    const halted = addVm()
    const vif = add(halted)
    expect(await plug(vif)).toEqual(['VM_BAD_POWER_STATE', halted, 'running', 'halted'])
    expect(await bench.error('VIF.unplug', vif)).toEqual(['VM_BAD_POWER_STATE', halted, 'running', 'halted'])
    const dom0 = add(addVm({ ...running(), is_control_domain: true }))
    expect(await plug(dom0)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
    const vm = addVm(running())
    const other = add(vm)
    expect(await bench.error('VIF.unplug', other)).toEqual(['DEVICE_ALREADY_DETACHED', other])
    db.set('VM', vm, 'current_operations', new Map([['OpaqueRef:task', 'suspend']]))
    expect(await plug(other)).toEqual(['OPERATION_NOT_ALLOWED', expect.stringContaining('suspend')])
    db.set('VIF', other, 'reserved', true)
    expect(await plug(other)).toEqual(['DEVICE_ALREADY_ATTACHED', other])
    const sriov = db.get('PIF', addSriov(bench, addPif(bench)).pif, 'network')
    const onSriov = add(addVm(running()), { network: sriov })
    expect(await plug(onSriov)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
  })

  it('is refused where an HVM guest told that it cannot take part', async () => {
    const { db } = bench
    const metrics = db.create('VM_metrics', { current_domain_type: 'hvm' })
    const guest_metrics = db.create('VM_guest_metrics', {})
    const vm = addVm({ ...running(), metrics, guest_metrics })
    const vif = add(vm)
    expect(await bench.error('VIF.plug', vif)).toEqual(['VM_MISSING_PV_DRIVERS', vm])
    db.set('VM_guest_metrics', guest_metrics, 'PV_drivers_detected', true)
    db.set('VM_guest_metrics', guest_metrics, 'can_use_hotplug_vif', 'no')
    expect(await bench.error('VIF.plug', vif)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
    db.set('VM_guest_metrics', guest_metrics, 'can_use_hotplug_vif', 'yes')
    await bench.call('VIF.plug', vif)
  })

  it('waits for another operation on the VIF', async () => {
    const { db } = bench
    const vif = add(addVm(running()))
    db.set('VIF', vif, 'current_operations', new Map([['OpaqueRef:task', 'unplug']]))
    const plugs = [bench.answer('VIF.plug', vif), bench.answer('VIF.plug', vif)]
    await setImmediate()
    expect(fields(vif).currently_attached).toBe(false)
    db.set('VIF', vif, 'current_operations', new Map())
    const [first, second] = await Promise.all(plugs)
    expect(first?.ok).toBe(true)
    expect(second).toMatchObject({ ok: false, error: ['DEVICE_ALREADY_ATTACHED', vif] })
  })

  it('names the other operation when the pool ends', async () => {
    const vif = add(addVm(running()))
    bench.db.set('VIF', vif, 'current_operations', new Map([['OpaqueRef:task', 'unplug']]))
    const plug = bench.error('VIF.plug', vif)
    await setImmediate()
    bench.fake.end()
    expect(await plug).toEqual(['OTHER_OPERATION_IN_PROGRESS', 'VIF', vif, '{unplug}', '{OpaqueRef:task}'])
  })
})

describe('network.attach_for_vm', () => {
  it('brings the networks of a VM to a host, and detach_for_vm removes what nobody else needs', async () => {
    const { host } = bench
    const vm = addVm()
    add(vm)
    const shared = addNetwork(bench, { bridge: 'xapi1' })
    add(vm, { device: '1', network: shared })
    await bench.call('network.attach_for_vm', host, vm)
    expect((await bridges()).sort()).toEqual(['xapi0', 'xapi1'])
    addVif(bench, shared, { host, currently_attached: true })
    await bench.call('network.detach_for_vm', host, vm)
    expect(await bridges()).toEqual(['xapi1'])
  })
})
