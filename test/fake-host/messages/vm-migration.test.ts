import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { type VmBench, vmBench } from './vms.ts'

let bench: VmBench
let vm: Ref<'VM'>
const options = (entries: Record<string, string> = { live: 'true' }) => new Map(Object.entries(entries))
const pifOf = (host: Ref<'host'>, device: string): Ref<'PIF'> =>
  bench.db.get('host', host, 'PIFs').find(pif => bench.db.get('PIF', pif, 'device') === device) ?? NULL_REF

beforeEach(async () => {
  bench = await vmBench()
  vm = await bench.addVm([bench.network('xenbr0'), bench.network('xenbr3')], { affinity: bench.host1 })
  await bench.call('VM.start', vm, false, false)
})

describe('VM.pool_migrate', () => {
  it('brings the networks to the destination, and the ports from one host to the other', async () => {
    const { call, db, host1, host2, ports } = bench
    expect(await ports(host1)).toMatchObject({ xenbr0: ['eth0', 'vif1.0', 'vif2.0'], xenbr3: ['eth3', 'vif2.1'] })
    expect(db.get('PIF', pifOf(host2, 'eth3'), 'currently_attached')).toBe(false)
    await call('VM.pool_migrate', vm, host2, options())
    expect(bench.vm(vm)).toMatchObject({
      power_state: 'Running',
      resident_on: host2,
      scheduled_to_be_resident_on: NULL_REF,
      domid: 2,
      current_operations: new Map(),
    })
    expect(await ports(host2)).toMatchObject({ xenbr0: ['eth0', 'vif1.0', 'vif2.0'], xenbr3: ['eth3', 'vif2.1'] })
    expect(db.get('PIF', pifOf(host2, 'eth3'), 'currently_attached')).toBe(true)
    expect(await ports(host1)).toMatchObject({ xenbr0: ['eth0', 'vif1.0'], xenbr3: ['eth3'] })
    for (const vif of bench.vifs(vm)) expect(bench.vif(vif).currently_attached).toBe(true)
  })

  it('has the VM on both hosts for a moment, the destination first', async () => {
    const { call, host1, host2, pool } = bench
    const steps: string[] = []
    for (const host of [host1, host2]) {
      const { backend, run } = pool.networks.of(host)
      await run(async () => undefined)
      const { addGuestPort, removeGuestPort } = backend
      const name = bench.db.get('host', host, 'name_label')
      backend.addGuestPort = port => {
        steps.push(`${name} + ${port.device}`)
        return addGuestPort(port)
      }
      backend.removeGuestPort = device => {
        steps.push(
          `${name} - ${device}, on ${bench.db.get('host', bench.db.get('VM', vm, 'resident_on'), 'name_label')}`,
        )
        return removeGuestPort(device)
      }
    }
    await call('VM.pool_migrate', vm, host2, options())
    expect(steps).toHaveLength(4)
    expect(steps.slice(0, 2).sort()).toEqual(['host2 + vif2.0', 'host2 + vif2.1'])
    expect(steps.slice(2).sort()).toEqual(['host1 - vif2.0, on host2', 'host1 - vif2.1, on host2'])
  })

  it('takes the bridge of a shared internal network along', async () => {
    const { addNetwork, addVm, call, db, error, host1, host2, ports } = bench
    const internal = addNetwork()
    const bridge = db.get('network', internal, 'bridge')
    const guest = await addVm([internal], { affinity: host1 })
    await call('VM.start', guest, false, false)
    expect(await error('VM.pool_migrate', guest, host2, options())).toEqual(['VM_REQUIRES_NETWORK', guest, internal])
    db.set('network', internal, 'other_config', new Map([['assume_network_is_shared', 'true']]))
    await call('VM.pool_migrate', guest, host2, options())
    expect((await ports(host1))[bridge]).toBeUndefined()
    expect((await ports(host2))[bridge]).toEqual(['vif2.0'])
    await call('VM.pool_migrate', guest, host2, options())
    expect((await ports(host2))[bridge]).toEqual(['vif3.0'])
  })

  it('leaves the VM where it was, and nothing at the destination, where it fails', async () => {
    const { call, db, error, host1, host2, ports } = bench
    const unmanaged = db.create('network', { managed: false, bridge: 'br7', MTU: 1500 })
    db.set('VIF', bench.vifs(vm)[1] ?? '', 'network', unmanaged)
    expect(await error('VM.pool_migrate', vm, host2, options())).toEqual(['BRIDGE_NOT_AVAILABLE', 'br7'])
    expect(bench.vm(vm)).toMatchObject({
      power_state: 'Running',
      resident_on: host1,
      scheduled_to_be_resident_on: NULL_REF,
      domid: 2,
      current_operations: new Map(),
    })
    expect((await ports(host2)).xenbr0).toEqual(['eth0', 'vif1.0'])
    expect((await ports(host1)).xenbr0).toContain('vif2.0')
    await call('VM.clean_shutdown', vm)
    expect(await error('VM.pool_migrate', vm, host2, options())).toEqual([
      'VM_BAD_POWER_STATE',
      vm,
      'running',
      'halted',
    ])
  })

  it('is only to hosts that live, are enabled and have the networks', async () => {
    const { call, db, error, host2 } = bench
    await call('host.disable', host2)
    expect(await error('VM.pool_migrate', vm, host2, options())).toEqual(['HOST_DISABLED', host2])
    await call('host.enable', host2)
    db.set('host_metrics', db.get('host', host2, 'metrics'), 'live', false)
    expect(await error('VM.pool_migrate', vm, host2, options())).toEqual(['HOST_NOT_LIVE'])
    db.set('host_metrics', db.get('host', host2, 'metrics'), 'live', true)
    const pif = pifOf(host2, 'eth3')
    await call('PIF.forget', pif)
    expect(await error('VM.pool_migrate', vm, host2, options())).toEqual([
      'VM_REQUIRES_NETWORK',
      vm,
      bench.network('xenbr3'),
    ])
  })

  it('may go over a network that was chosen for it, if the destination has an address there', async () => {
    const { addNetwork, call, db, error, host2, network } = bench
    const over = (chosen: string) => error('VM.pool_migrate', vm, host2, options({ network: chosen }))
    const nowhere = addNetwork()
    expect(await over(nowhere)).toEqual(['PIF_NOT_PRESENT', host2, nowhere])
    const pif = pifOf(host2, 'eth2')
    expect(await over(network('xenbr2'))).toEqual(['REQUIRED_PIF_IS_UNPLUGGED', pif])
    await call('PIF.plug', pif)
    expect(await over(network('xenbr2'))).toEqual(['INTERFACE_HAS_NO_IP', pif])
    expect(await over('OpaqueRef:gone')).toEqual(['HANDLE_INVALID', 'network', 'OpaqueRef:gone'])
    expect(await over('nonsense')).toEqual(['UUID_INVALID', 'network', 'nonsense'])
    await call('PIF.reconfigure_ip', pif, 'Static', '192.0.2.9', '255.255.255.0', '', '')
    await call('VM.pool_migrate', vm, host2, options({ network: db.get('network', network('xenbr2'), 'uuid') }))
    expect(bench.vm(vm).resident_on).toBe(host2)
  })

  it('can be a task', async () => {
    const { call, db, host2 } = bench
    const task = String(await call('Async.VM.pool_migrate', vm, host2, options()))
    while (db.get('task', task, 'status') === 'pending') await setImmediate()
    expect([db.get('task', task, 'status'), bench.vm(vm).resident_on]).toEqual(['success', host2])
  })
})

describe('VM.migrate_send', () => {
  const send = (
    message: string,
    dest: unknown,
    networks = new Map<string, string>(),
    more = new Map<string, string>(),
  ) => [`VM.${message}`, vm, dest as ReadonlyMap<string, string>, true, new Map(), networks, more] as const

  it('moves a VM within the pool as host.migrate_receive tells, and lets its VIFs change networks', async () => {
    const { addNetwork, call, db, error, host1, host2, network, ports } = bench
    const dest = await call('host.migrate_receive', host2, network('xenbr1'), new Map())
    const [first = NULL_REF, second = NULL_REF] = bench.vifs(vm)
    const internal = addNetwork()
    const bridge = db.get('network', internal, 'bridge')
    await call('VIF.move', second, internal)
    expect((await ports(host1))[bridge]).toEqual(['vif2.1'])
    expect(await error(...send('assert_can_migrate', dest))).toEqual(['VM_REQUIRES_NETWORK', vm, internal])
    expect(await error(...send('migrate_send', dest))).toEqual(['VM_REQUIRES_NETWORK', vm, internal])
    const networks = new Map([[second, network('xenbr3')]])
    await call(...send('assert_can_migrate', dest, networks))
    expect(await call(...send('migrate_send', dest, networks))).toBe(vm)
    expect(bench.vm(vm)).toMatchObject({ power_state: 'Running', resident_on: host2 })
    expect([first, second].map(vif => db.get('VIF', vif, 'network'))).toEqual([network('xenbr0'), network('xenbr3')])
    expect(await ports(host2)).toMatchObject({ xenbr0: ['eth0', 'vif1.0', 'vif2.0'], xenbr3: ['eth3', 'vif2.1'] })
    expect((await ports(host1))[bridge]).toBeUndefined()
  })

  it('changes nothing where it fails', async () => {
    const { call, db, error, host1, host2, network } = bench
    const dest = await call('host.migrate_receive', host2, network('xenbr1'), new Map())
    const [first = NULL_REF] = bench.vifs(vm)
    const unmanaged = db.create('network', { managed: false, bridge: 'br7' })
    expect(await error(...send('migrate_send', dest, new Map([[first, unmanaged]])))).toEqual([
      'BRIDGE_NOT_AVAILABLE',
      'br7',
    ])
    expect([db.get('VIF', first, 'network'), db.get('VM', vm, 'resident_on')]).toEqual([network('xenbr0'), host1])
    const [stranger = NULL_REF] = bench.vifs(await bench.addVm([network('xenbr0')]))
    expect(await error(...send('migrate_send', dest, new Map([[stranger, unmanaged]])))).toEqual([
      'VIF_NOT_IN_MAP',
      stranger,
    ])
  })

  it('gives a VM that does not run its networks alone', async () => {
    const { call, db, host2, network } = bench
    const dest = await call('host.migrate_receive', host2, network('xenbr1'), new Map())
    await call('VM.clean_shutdown', vm)
    const [first = NULL_REF] = bench.vifs(vm)
    await call(...send('migrate_send', dest, new Map([[first, network('xenbr2')]])))
    expect([db.get('VIF', first, 'network'), db.get('VM', vm, 'power_state')]).toEqual([network('xenbr2'), 'Halted'])
  })

  it('does not go to another pool, without a session or as a copy, and moves no disks', async () => {
    const { db, error, host2, session } = bench
    const dest = new Map([['host', host2], ['session_id', session]]) // biome-ignore format: a map
    const elsewhere = new Map(dest).set('host', 'OpaqueRef:elsewhere')
    expect(await error(...send('migrate_send', elsewhere))).toEqual(['NOT_IMPLEMENTED', 'VM.migrate_send'])
    expect(await error(...send('migrate_send', dest, new Map(), new Map([['copy', 'true']])))).toEqual([
      'NOT_IMPLEMENTED',
      'VM.migrate_send',
    ])
    const disk = db.create('VDI', { SR: db.create('SR', {}) })
    expect(
      await error('VM.migrate_send', vm, dest, true, new Map([[disk, db.create('SR', {})]]), new Map(), new Map()),
    ).toEqual(['NOT_IMPLEMENTED', 'VM.migrate_send'])
    expect(await error(...send('migrate_send', new Map(dest).set('session_id', 'OpaqueRef:gone')))).toEqual([
      'SESSION_INVALID',
      'OpaqueRef:gone',
    ])
    expect(await error(...send('migrate_send', new Map()))).toEqual(['INTERNAL_ERROR', expect.any(String)])
  })
})

describe('VM.assert_agile', () => {
  it('wants every network on every host that is enabled', async () => {
    const { addNetwork, addVm, call, error, host2 } = bench
    await call('VM.assert_agile', vm)
    const internal = addNetwork()
    const local = await addVm([internal])
    expect(await error('VM.assert_agile', local)).toEqual(['HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED', internal])
    await call('PIF.forget', pifOf(host2, 'eth3'))
    expect(await error('VM.assert_agile', vm)).toEqual([
      'HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED',
      bench.network('xenbr3'),
    ])
    await call('host.disable', host2)
    await call('VM.assert_agile', vm)
  })

  it('wants storage that is shared, and no virtual functions', async () => {
    const { addVm, db, error, call } = bench
    const sr = db.create('SR', { shared: false })
    const disk = db.create('VDI', { SR: sr })
    const guest = await addVm()
    db.create('VBD', { VM: guest, VDI: disk })
    db.create('VBD', { VM: guest, empty: true })
    expect(await error('VM.assert_agile', guest)).toEqual(['HA_CONSTRAINT_VIOLATION_SR_NOT_SHARED', sr])
    db.set('SR', sr, 'shared', true)
    await call('VM.assert_agile', guest)
  })
})
