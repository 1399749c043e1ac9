import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { type VmBench, vmBench } from './vms.ts'

let bench: VmBench
beforeEach(async () => {
  bench = await vmBench()
})

describe('VM.start', () => {
  it('gives the VM a domain, with a port for each VIF on the bridge of its network', async () => {
    const { addVm, call, db, host2, network, ports } = bench
    const vm = await addVm([network('xenbr0'), network('xenbr1')], { affinity: host2 })
    await call('VM.start', vm, false, false)
    expect(bench.vm(vm)).toMatchObject({
      power_state: 'Running',
      domid: 2,
      resident_on: host2,
      scheduled_to_be_resident_on: NULL_REF,
      current_operations: new Map(),
    })
    expect(await ports(host2)).toEqual({ xenbr0: ['eth0', 'vif1.0', 'vif2.0'], xenbr1: ['eth1', 'vif2.1'] })
    for (const vif of bench.vifs(vm)) {
      expect(bench.vif(vif)).toMatchObject({ currently_attached: true, allowed_operations: ['attach', 'unplug'] })
    }
    expect(db.get('VM_metrics', db.get('VM', vm, 'metrics'), 'start_time')).toBe('20240102T03:04:05Z')
    expect(db.get('host', host2, 'resident_VMs')).toContain(vm)
  })

  it('leaves it paused where that is asked for, until it is unpaused', async () => {
    const { addVm, call, error, host1, network, ports } = bench
    const vm = await addVm([network('xenbr0')], { affinity: host1 })
    await call('VM.start', vm, true, false)
    expect(bench.vm(vm)).toMatchObject({
      power_state: 'Paused',
      allowed_operations: ['hard_reboot', 'hard_shutdown', 'unpause'],
    })
    expect((await ports(host1)).xenbr0).toContain('vif2.0')
    const [vif = NULL_REF] = bench.vifs(vm)
    expect(await error('VIF.unplug', vif)).toEqual(['VM_BAD_POWER_STATE', vm, 'running', 'paused'])
    await call('VM.unpause', vm)
    expect(bench.vm(vm)).toMatchObject({ power_state: 'Running' })
    expect(await error('VM.unpause', vm)).toEqual(['VM_BAD_POWER_STATE', vm, 'paused', 'running'])
    await call('VM.pause', vm)
    expect(bench.vm(vm).power_state).toBe('Paused')
  })

  it('brings up what the networks stand on, and the MTU of the network to its VIFs', async () => {
    const { addNetwork, addVm, call, db, host1, network } = bench
    const nic = db.get('network', network('xenbr2'), 'PIFs').find(pif => db.get('PIF', pif, 'host') === host1)
    const vlanNetwork = addNetwork({ MTU: 1400 })
    await call('VLAN.create', nic ?? NULL_REF, '7', vlanNetwork)
    for (const pif of db.get('host', host1, 'PIFs')) {
      if (db.get('PIF', pif, 'VLAN') === 7) await call('PIF.unplug', pif)
    }
    const vm = await addVm([vlanNetwork])
    await call('VM.start', vm, false, false)
    const bridge = db.get('network', vlanNetwork, 'bridge')
    expect(await bench.ports(host1)).toMatchObject({ xenbr2: ['eth2'], [bridge]: ['vif2.0'] })
    expect(bench.vif(bench.vifs(vm)[0] ?? '')).toMatchObject({ MTU: 1400 })
  })

  it('lets a VIF ask for an MTU of its own', async () => {
    const { addVm, call, db, network } = bench
    const vm = await addVm([network('xenbr0')])
    const [vif = NULL_REF] = bench.vifs(vm)
    db.set('VIF', vif, 'other_config', new Map([['mtu', '1300']]))
    await call('VM.start', vm, false, false)
    expect(bench.vif(vif).MTU).toBe(1300)
  })

  it('brings up the access PIF of a tunnel without a look at its transport', async () => {
    const { addNetwork, addVm, call, db, host1 } = bench
    const tunnelled = addNetwork()
    const transport = db.get('host', host1, 'PIFs').find(pif => db.get('PIF', pif, 'device') === 'eth3') ?? NULL_REF
    await call('PIF.reconfigure_ip', transport, 'DHCP', '', '', '', '')
    const tunnel = String(await call('tunnel.create', transport, tunnelled, 'vxlan'))
    const access = db.get('tunnel', tunnel, 'access_PIF')
    await call('PIF.unplug', transport)
    await call('PIF.reconfigure_ip', transport, 'None', '', '', '', '')
    expect(await bench.error('PIF.plug', access)).toEqual(['TRANSPORT_PIF_NOT_CONFIGURED', transport])
    const vm = await addVm([tunnelled])
    await call('VM.start', vm, false, false)
    expect(db.get('VM', vm, 'resident_on')).toBe(host1)
    expect(db.get('PIF', access, 'currently_attached')).toBe(true)
    expect(db.get('PIF', transport, 'currently_attached')).toBe(false)
    expect((await bench.ports(host1))[db.get('network', tunnelled, 'bridge')]).toEqual(['vif2.0'])
  })

  it('can be a task', async () => {
    const { addVm, call, db, host2, network } = bench
    const vm = await addVm([network('xenbr0')], { affinity: host2 })
    const task = String(await call('Async.VM.start', vm, false, false))
    while (db.get('task', task, 'status') === 'pending') await setImmediate()
    expect(db.get('task', task, 'status')).toBe('success')
    expect(db.get('task', task, 'resident_on')).toBe(host2)
    expect(db.get('VM', vm, 'power_state')).toBe('Running')
    const again = String(await call('Async.VM.start', vm, false, false))
    while (db.get('task', again, 'status') === 'pending') await setImmediate()
    expect(db.get('task', again, 'error_info')).toEqual(['VM_BAD_POWER_STATE', vm, 'halted', 'running'])
  })

  it('waits for another operation on the VM', async () => {
    const { addVm, answer, db, network } = bench
    const vm = await addVm([network('xenbr0')])
    db.set('VM', vm, 'current_operations', new Map([['OpaqueRef:task', 'make_into_template']]))
    const starts = [answer('VM.start', vm, false, false), answer('VM.start', vm, false, false)]
    await setImmediate()
    expect(db.get('VM', vm, 'power_state')).toBe('Halted')
    db.set('VM', vm, 'current_operations', new Map())
    const [first, second] = await Promise.all(starts)
    expect(first?.ok).toBe(true)
    expect(second).toMatchObject({ ok: false, error: ['VM_BAD_POWER_STATE', vm, 'halted', 'running'] })
  })

  it('names the other operations when the pool ends', async () => {
    const { addVm, db, error, fake } = bench
    const vm = await addVm()
    db.set(
      'VM',
      vm,
      'current_operations',
      new Map([
        ['OpaqueRef:a', 'clone'],
        ['OpaqueRef:b', 'copy'],
      ]),
    )
    const start = error('VM.start', vm, false, false)
    await setImmediate()
    fake.end()
    expect(await start).toEqual([
      'OTHER_OPERATION_IN_PROGRESS',
      'VM',
      vm,
      '{clone; copy}',
      '{OpaqueRef:a; OpaqueRef:b}',
    ])
  })

  it('is refused for templates, for control domains, and for what an administrator has blocked', async () => {
    const { addVm, call, db, error, host1 } = bench
    const template = await addVm([], { is_a_template: true })
    expect(await error('VM.start', template, false, false)).toEqual(['VM_IS_TEMPLATE', template])
    const dom0 = db.get('host', host1, 'control_domain')
    for (const message of ['clean_shutdown', 'hard_reboot', 'pause', 'suspend']) {
      expect(await error(`VM.${message}`, dom0)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
    }
    const vm = await addVm()
    await call('VM.add_to_blocked_operations', vm, 'start', 'keep it off')
    expect(bench.vm(vm).allowed_operations).not.toContain('start')
    expect(await error('VM.start', vm, false, false)).toEqual(['OPERATION_BLOCKED', vm, 'keep it off'])
    await call('VM.remove_from_blocked_operations', vm, 'start')
    expect(bench.vm(vm).allowed_operations).toContain('start')
    await call('VM.start', vm, false, false)
  })

  it('leaves nothing behind where a network cannot be brought to the host', async () => {
    const { addNetwork, addVm, call, db, error, host1, network, ports } = bench
    const internal = addNetwork()
    const unmanaged = addNetwork({ managed: false, bridge: 'br7' })
    const vm = await addVm([internal, network('xenbr0'), unmanaged], { affinity: host1 })
    expect(await error('VM.start', vm, false, false)).toEqual(['BRIDGE_NOT_AVAILABLE', 'br7'])
    expect(bench.vm(vm)).toMatchObject({
      power_state: 'Halted',
      domid: -1,
      resident_on: NULL_REF,
      scheduled_to_be_resident_on: NULL_REF,
      current_operations: new Map(),
    })
    for (const vif of bench.vifs(vm)) expect(bench.vif(vif).currently_attached).toBe(false)
    expect(await ports(host1)).toEqual({ xenbr0: ['eth0', 'vif1.0'], xenbr1: ['eth1'] })
    db.set('network', unmanaged, 'bridge', 'xenbr1')
    await call('VM.start', vm, false, false)
    expect((await ports(host1)).xenbr1).toEqual(['eth1', 'vif3.2'])
  })

  it('leaves nothing behind where a port cannot be made', async () => {
    const { addNetwork, addVm, db, error, host1, network, ports, pool } = bench
    const internal = addNetwork()
    const vm = await addVm([internal, network('xenbr0')], { affinity: host1 })
    await ports(host1)
    const { backend } = pool.networks.of(host1)
    const { addGuestPort } = backend
    backend.addGuestPort = async port => {
      if (port.bridge === 'xenbr0') throw new Error('no more ports')
      await addGuestPort(port)
    }
    expect(await error('VM.start', vm, false, false)).toEqual(['INTERNAL_ERROR', 'no more ports'])
    expect(bench.vm(vm)).toMatchObject({ power_state: 'Halted', domid: -1 })
    expect(Object.keys(await ports(host1))).not.toContain(db.get('network', internal, 'bridge'))
  })
})

describe('a VM on an SR-IOV network', () => {
  it('has a virtual function instead of a port, as long as there are some and while it runs', async () => {
    const { addNetwork, addVm, call, db, error, host1, ports } = bench
    const physical = db.get('host', host1, 'PIFs').find(pif => db.get('PIF', pif, 'device') === 'eth2') ?? NULL_REF
    const pci = db.create('PCI', {})
    const functions = [1, 2].map(() => db.create('PCI', { physical_function: pci }))
    db.set('PIF', physical, 'PCI', pci)
    db.set('PIF', physical, 'capabilities', ['sriov'])
    const network = addNetwork()
    const sriov = String(await call('network_sriov.create', physical, network))
    const logical = db.get('network_sriov', sriov, 'logical_PIF')
    await call('PIF.unplug', logical)
    const [first, second] = [await addVm([network]), await addVm([network, network])]
    await call('VM.start', first, false, false)
    expect(db.get('PIF', logical, 'currently_attached')).toBe(true)
    expect(await call('network_sriov.get_remaining_capacity', sriov)).toBe(1)
    expect(functions.flatMap(vf => db.get('PCI', vf, 'attached_VMs'))).toEqual([first])
    expect(Object.keys(await ports(host1))).not.toContain(db.get('network', network, 'bridge'))
    expect(await error('VM.start', second, false, false)).toEqual(['NO_HOSTS_AVAILABLE'])
    expect(await error('VM.start_on', second, host1, false, false)).toEqual([
      'NETWORK_SRIOV_INSUFFICIENT_CAPACITY',
      network,
    ])
    for (const message of ['suspend', 'pool_migrate']) {
      expect(bench.vm(first).allowed_operations).not.toContain(message)
    }
    expect(await error('VM.suspend', first)).toEqual(['VM_HAS_SRIOV_VIF', first])
    await call('VM.clean_reboot', first)
    expect(await call('network_sriov.get_remaining_capacity', sriov)).toBe(1)
    await call('VM.clean_shutdown', first)
    expect(await call('network_sriov.get_remaining_capacity', sriov)).toBe(2)
    await call('VM.start', second, false, false)
    expect(await call('network_sriov.get_remaining_capacity', sriov)).toBe(0)
  })
})

describe('the numbers of domains', () => {
  it('are used once until the host boots', async () => {
    const { addVm, call, db, host1 } = bench
    const vm = await addVm([], { affinity: host1 })
    const domids: number[] = []
    for (let i = 0; i < 2; i++) {
      await call('VM.start', vm, false, false)
      domids.push(db.get('VM', vm, 'domid'))
      await call('VM.clean_reboot', vm)
      domids.push(db.get('VM', vm, 'domid'))
      await call('VM.hard_shutdown', vm)
    }
    expect(domids).toEqual([2, 3, 4, 5])
  })
})

describe('where a VM starts', () => {
  const start = (vm: Ref<'VM'>, ...host: Ref<'host'>[]) =>
    [host.length > 0 ? 'VM.start_on' : 'VM.start', vm, ...host, false, false] as const

  it('is where it has an affinity for, or where the fewest run', async () => {
    const { addVm, call, db, host1, host2 } = bench
    const [first, second, third] = [await addVm(), await addVm(), await addVm([], { affinity: host1 })]
    for (const vm of [first, second, third]) await call(...start(vm))
    expect([first, second, third].map(vm => db.get('VM', vm, 'resident_on'))).toEqual([host1, host2, host1])
  })

  it('is where its networks are: a tunnel network is on the hosts with an access PIF', async () => {
    const { addNetwork, addVm, call, db, error, host1, host2 } = bench
    const tunnelled = addNetwork()
    const transport = db.get('host', host2, 'PIFs').find(pif => db.get('PIF', pif, 'management')) ?? NULL_REF
    await call('tunnel.create', transport, tunnelled, 'gre')
    const vm = await addVm([tunnelled], { affinity: host1 })
    expect(await call('VM.get_possible_hosts', vm)).toEqual([host2])
    expect(await error(...start(vm, host1))).toEqual(['VM_REQUIRES_NETWORK', vm, tunnelled])
    expect(await error('VM.assert_can_boot_here', vm, host1)).toEqual(['VM_REQUIRES_NETWORK', vm, tunnelled])
    await call('VM.assert_can_boot_here', vm, host2)
    await call(...start(vm))
    expect(db.get('VM', vm, 'resident_on')).toBe(host2)
  })

  it('is not where the network has a bond slave', async () => {
    const { addVm, call, db, error, host1, network } = bench
    const members = db.get('host', host1, 'PIFs').filter(pif => ['eth2', 'eth3'].includes(db.get('PIF', pif, 'device')))
    const onSlave = await addVm([network('xenbr3')])
    const bonded = String(await call('network.create', new Map([['other_config', new Map()]])))
    await call('Bond.create', bonded, members, '', 'balance-slb', new Map())
    expect(await error(...start(onSlave, host1))).toEqual(['HOST_CANNOT_ATTACH_NETWORK', host1, network('xenbr3')])
  })

  it('is where the running VMs on an internal network are', async () => {
    const { addNetwork, addVm, call, db, error, host1, host2 } = bench
    const internal = addNetwork()
    const [first, second] = [await addVm([internal]), await addVm([internal], { affinity: host1 })]
    expect(await call('VM.get_possible_hosts', second)).toHaveLength(2)
    await call(...start(first, host2))
    expect(await error(...start(second, host1))).toEqual(['VM_REQUIRES_NETWORK', second, internal])
    await call(...start(second))
    expect(db.get('VM', second, 'resident_on')).toBe(host2)
    expect((await bench.ports(host2))[db.get('network', internal, 'bridge')]).toEqual(['vif2.0', 'vif3.0'])
    const elsewhere = await addVm([internal])
    db.set('network', internal, 'other_config', new Map([['assume_network_is_shared', 'true']]))
    await call(...start(elsewhere, host1))
  })

  it('is not on a host that is disabled or not live', async () => {
    const { addVm, call, db, error, host1, host2 } = bench
    const vm = await addVm([], { affinity: host2 })
    await call('host.disable', host2)
    expect(await error(...start(vm, host2))).toEqual(['HOST_DISABLED', host2])
    await call(...start(vm))
    expect(db.get('VM', vm, 'resident_on')).toBe(host1)
    await call('VM.hard_shutdown', vm)
    await call('host.disable', host1)
    expect(await error(...start(vm))).toEqual(['NO_HOSTS_AVAILABLE'])
    await call('host.enable', host2)
    db.set('host_metrics', db.get('host', host2, 'metrics'), 'live', false)
    expect(await error(...start(vm, host2))).toEqual(['HOST_NOT_LIVE'])
    expect(await error(...start(vm))).toEqual(['NO_HOSTS_AVAILABLE'])
    expect(bench.vm(vm)).toMatchObject({ power_state: 'Halted', current_operations: new Map() })
  })
})
