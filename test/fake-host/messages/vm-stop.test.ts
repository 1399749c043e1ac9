import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { powerOff, powerOn } from '../../../src/fake-host/hosts/lifecycle.ts'
import { type VmBench, vmBench } from './vms.ts'

let bench: VmBench
let vm: Ref<'VM'>
let internal: Ref<'network'>
/** The bridge of `internal` on a host; undefined where it is not there. */
const portsOfInternal = async (host = bench.host1) =>
  (await bench.ports(host))[bench.db.get('network', internal, 'bridge')]

beforeEach(async () => {
  bench = await vmBench()
  internal = bench.addNetwork()
  vm = await bench.addVm([bench.network('xenbr0'), internal], { affinity: bench.host1 })
  await bench.call('VM.start', vm, false, false)
})

describe.each(['clean_shutdown', 'hard_shutdown', 'shutdown'])('VM.%s', message => {
  it('takes the ports away, and the bridge of an internal network that nobody else needs', async () => {
    expect(await portsOfInternal()).toEqual(['vif2.1'])
    await bench.call(`VM.${message}`, vm)
    expect(bench.vm(vm)).toMatchObject({
      power_state: 'Halted',
      domid: -1,
      resident_on: NULL_REF,
      allowed_operations: ['make_into_template', 'migrate_send', 'destroy', 'start_on', 'start', 'clone', 'copy'],
      current_operations: new Map(),
    })
    for (const vif of bench.vifs(vm)) {
      expect(bench.vif(vif)).toMatchObject({ currently_attached: false, allowed_operations: ['attach'] })
    }
    expect(await bench.ports(bench.host1)).toEqual({ xenbr0: ['eth0', 'vif1.0'], xenbr1: ['eth1'] })
  })

  it('keeps the bridge of an internal network while another VM is on it', async () => {
    const other = await bench.addVm([internal])
    await bench.call('VM.start', other, false, false)
    await bench.call(`VM.${message}`, vm)
    expect(await portsOfInternal()).toEqual(['vif3.0'])
    await bench.call(`VM.${message}`, other)
    expect(await portsOfInternal()).toBeUndefined()
  })

  it('keeps it for a VM that is just starting', async () => {
    const other = await bench.addVm([internal, bench.network('xenbr1')], { affinity: bench.host1 })
    await Promise.all([bench.call('VM.start', other, false, false), bench.call(`VM.${message}`, vm)])
    expect(await portsOfInternal()).toEqual(['vif3.0'])
  })

  it('is not for a VM that is halted', async () => {
    await bench.call(`VM.${message}`, vm)
    const states = message === 'clean_shutdown' ? 'running' : 'paused, running, suspended'
    expect(await bench.error(`VM.${message}`, vm)).toEqual(['VM_BAD_POWER_STATE', vm, states, 'halted'])
  })
})

describe('VM.suspend', () => {
  it('takes the ports away, and VM.resume makes them again for the VIFs that were plugged', async () => {
    const { call, host2 } = bench
    const [first = NULL_REF, second = NULL_REF] = bench.vifs(vm)
    await call('VIF.unplug', first)
    await call('VM.suspend', vm)
    expect(bench.vm(vm)).toMatchObject({
      power_state: 'Suspended',
      domid: -1,
      resident_on: NULL_REF,
      allowed_operations: ['migrate_send', 'destroy', 'resume_on', 'resume', 'hard_shutdown'],
    })
    expect([bench.vif(first).currently_attached, bench.vif(second).currently_attached]).toEqual([false, true])
    expect(await portsOfInternal()).toBeUndefined()
    await call('VM.resume_on', vm, host2, false, false)
    expect(bench.vm(vm)).toMatchObject({ power_state: 'Running', resident_on: host2, domid: 2 })
    expect(await portsOfInternal(host2)).toEqual(['vif2.1'])
    expect((await bench.ports(host2)).xenbr0).toEqual(['eth0', 'vif1.0'])
    await call('VM.suspend', vm)
    await call('VM.resume', vm, true, false)
    expect(bench.vm(vm)).toMatchObject({ power_state: 'Paused', resident_on: bench.host1 })
  })

  it('leaves the VM suspended where it cannot be resumed', async () => {
    const { call, db, error, host2 } = bench
    await call('VM.suspend', vm)
    db.set('network', internal, 'managed', false)
    expect(await error('VM.resume', vm, false, false)).toEqual([
      'BRIDGE_NOT_AVAILABLE',
      db.get('network', internal, 'bridge'),
    ])
    expect(bench.vm(vm)).toMatchObject({ power_state: 'Suspended', scheduled_to_be_resident_on: NULL_REF })
    await call('host.disable', host2)
    expect(await error('VM.resume_on', vm, host2, false, false)).toEqual(['HOST_DISABLED', host2])
    await call('VM.hard_shutdown', vm)
    expect(bench.vm(vm).power_state).toBe('Halted')
    expect(bench.vif(bench.vifs(vm)[0] ?? '').currently_attached).toBe(false)
  })

  it('needs a guest that can, where the guest has told', async () => {
    const { call, db, error } = bench
    const guest = db.create('VM_guest_metrics', {})
    db.set('VM', vm, 'guest_metrics', guest)
    for (const message of ['suspend', 'clean_shutdown', 'clean_reboot']) {
      expect(await error(`VM.${message}`, vm)).toEqual(['VM_LACKS_FEATURE', vm])
    }
    db.set('VM_guest_metrics', guest, 'other', new Map([['feature-suspend', '1']]))
    await call('VM.suspend', vm)
    expect(db.exists('VM_guest_metrics', guest)).toBe(false)
  })
})

describe.each(['clean_reboot', 'hard_reboot'])('VM.%s', message => {
  it('gives the VM another domain on the same host, with ports of its number', async () => {
    await bench.call(`VM.${message}`, vm)
    expect(bench.vm(vm)).toMatchObject({ power_state: 'Running', domid: 3, resident_on: bench.host1 })
    expect(await bench.ports(bench.host1)).toMatchObject({ xenbr0: ['eth0', 'vif1.0', 'vif3.0'] })
    expect(await portsOfInternal()).toEqual(['vif3.1'])
  })
})

describe('a host that loses its power', () => {
  it('keeps its VMs on record until it boots, and has none then', async () => {
    const { db, host2, pool, error, call } = bench
    const there = await bench.addVm([internal, bench.network('xenbr0')])
    db.set('network', internal, 'other_config', new Map([['assume_network_is_shared', 'true']]))
    await call('VM.start_on', there, host2, false, false)
    powerOff(pool, host2)
    expect(bench.vm(there)).toMatchObject({ power_state: 'Running', resident_on: host2 })
    expect(await error('VM.hard_shutdown', there)).toEqual(['HOST_OFFLINE', host2])
    expect(bench.vm(there)).toMatchObject({ power_state: 'Running', current_operations: new Map() })
    await powerOn(pool, host2)
    expect(bench.vm(there)).toMatchObject({ power_state: 'Halted', resident_on: NULL_REF, domid: -1 })
    expect(bench.vm(db.get('host', host2, 'control_domain')).power_state).toBe('Running')
    expect((await bench.ports(host2)).xenbr0).toEqual(['eth0'])
    await call('VM.start_on', there, host2, false, false)
    expect(bench.vm(there).domid).toBe(1)
  })

  it('lets its VMs be taken for halted before', async () => {
    const { call, error, host1, host2, pool, db } = bench
    const there = await bench.addVm([], { affinity: host2 })
    await call('VM.start', there, false, false)
    expect(await error('VM.power_state_reset', there)).toEqual(['DOMAIN_EXISTS', there, '2'])
    powerOff(pool, host2)
    await call('VM.power_state_reset', there)
    expect(bench.vm(there).power_state).toBe('Halted')
    await call('VM.start_on', there, host1, false, false)
    const dom0 = db.get('host', host2, 'control_domain')
    expect(await error('VM.power_state_reset', dom0)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
  })
})
