import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import type { GuestPort } from '../../../src/fake-host/network/daemon.ts'
import { type VmBench, vmBench } from './vms.ts'

let bench: VmBench
let vm: Ref<'VM'>
let vif: Ref<'VIF'>
/** What the daemon of host1 was told about the port of the VIF, the last first. */
let told: Partial<GuestPort>[]
const pifOf = (host: Ref<'host'>, device: string): Ref<'PIF'> => {
  const { db } = bench
  const isNic = (pif: Ref<'PIF'>) => db.get('PIF', pif, 'physical') && db.get('PIF', pif, 'device') === device
  return db.get('host', host, 'PIFs').find(isNic) ?? NULL_REF
}

beforeEach(async () => {
  bench = await vmBench()
  const { call, db, host1, network, pool } = bench
  vm = await bench.addVm([network('xenbr1')], { affinity: host1 })
  vif = bench.vifs(vm)[0] ?? NULL_REF
  const { backend, run } = pool.networks.of(host1)
  await run(async () => undefined)
  const { addGuestPort } = backend
  told = []
  backend.addGuestPort = port => {
    told.unshift(port)
    return addGuestPort(port)
  }
  await call('VM.start', vm, false, false)
  db.set('pool', db.refs('pool')[0] ?? '', 'restrictions', new Map())
})

describe('the port of a VIF', () => {
  it('says whose it is', () => {
    const { db, network } = bench
    expect(told).toEqual([
      {
        device: 'vif2.0',
        bridge: 'xenbr1',
        MAC: db.get('VIF', vif, 'MAC'),
        mtu: 1500,
        vm: db.get('VM', vm, 'uuid'),
        vif: db.get('VIF', vif, 'uuid'),
        network: db.get('network', network('xenbr1'), 'uuid'),
        locking: 'unlocked',
        ipv4Allowed: [],
        ipv6Allowed: [],
        trunks: [],
      },
    ])
  })

  it('comes and goes as the VIF is plugged and unplugged', async () => {
    const { call, host1, ports } = bench
    await call('VIF.unplug', vif)
    expect((await ports(host1)).xenbr1).toEqual(['eth1'])
    await call('VIF.plug', vif)
    expect((await ports(host1)).xenbr1).toEqual(['eth1', 'vif2.0'])
    await call('VIF.unplug_force', vif)
    expect((await ports(host1)).xenbr1).toEqual(['eth1'])
  })

  it('follows what is set on the VIF', async () => {
    const { call } = bench
    await call('VIF.set_locking_mode', vif, 'locked')
    expect(told[0]).toMatchObject({ locking: 'locked' })
    await call('VIF.set_ipv4_allowed', vif, ['192.0.2.1'])
    await call('VIF.add_ipv4_allowed', vif, '192.0.2.2')
    expect(told[0]).toMatchObject({ ipv4Allowed: ['192.0.2.2', '192.0.2.1'] })
    await call('VIF.remove_ipv4_allowed', vif, '192.0.2.1')
    await call('VIF.set_ipv6_allowed', vif, ['2001:db8::1'])
    expect(told[0]).toMatchObject({ ipv4Allowed: ['192.0.2.2'], ipv6Allowed: ['2001:db8::1'] })
    await call('VIF.set_trunks', vif, ['5', '6'])
    await call('VIF.add_trunks', vif, '7')
    expect(told[0]).toMatchObject({ trunks: [7, 5, 6] })
    await call('VIF.remove_trunks', vif, '5')
    expect(told[0]).toMatchObject({ device: 'vif2.0', bridge: 'xenbr1', trunks: [7, 6] })
  })

  it('is not there while the VIF is disabled, by itself or by its network', async () => {
    const { call, host1, network, ports } = bench
    await call('VIF.set_locking_mode', vif, 'disabled')
    expect((await ports(host1)).xenbr1).toEqual(['eth1'])
    expect(bench.vif(vif).currently_attached).toBe(true)
    await call('VIF.set_locking_mode', vif, 'network_default')
    expect((await ports(host1)).xenbr1).toEqual(['eth1', 'vif2.0'])
    expect(await bench.error('network.set_default_locking_mode', network('xenbr1'), 'disabled')).toEqual([
      'VIF_IN_USE',
      network('xenbr1'),
      vif,
    ])
    await call('VIF.unplug', vif)
    await call('network.set_default_locking_mode', network('xenbr1'), 'disabled')
    await call('VIF.plug', vif)
    expect((await ports(host1)).xenbr1).toEqual(['eth1'])
    await call('VIF.set_locking_mode', vif, 'unlocked')
    expect((await ports(host1)).xenbr1).toEqual(['eth1', 'vif2.0'])
  })

  it('moves with the VIF to another network, which is attached for it', async () => {
    const { addNetwork, call, db, host1, network, ports } = bench
    await call('VIF.move', vif, network('xenbr2'))
    expect(await ports(host1)).toMatchObject({ xenbr1: ['eth1'], xenbr2: ['eth2', 'vif2.0'] })
    expect(db.get('PIF', pifOf(host1, 'eth2'), 'currently_attached')).toBe(true)
    const internal = addNetwork()
    await call('VIF.move', vif, internal)
    expect(await ports(host1)).toMatchObject({ xenbr2: ['eth2'], [db.get('network', internal, 'bridge')]: ['vif2.0'] })
  })

  it('moves while the VM is paused as well, and not while it is halted', async () => {
    const { call, host1, network, ports } = bench
    await call('VM.pause', vm)
    await call('VIF.move', vif, network('xenbr0'))
    expect((await ports(host1)).xenbr0).toEqual(['eth0', 'vif1.0', 'vif2.0'])
    await call('VM.hard_shutdown', vm)
    const before = told.length
    await call('VIF.move', vif, network('xenbr1'))
    await call('VIF.set_locking_mode', vif, 'locked')
    expect(told).toHaveLength(before)
  })

  it('is not touched by a VIF that is not plugged', async () => {
    const { call } = bench
    await call('VIF.unplug', vif)
    const before = told.length
    await call('VIF.set_locking_mode', vif, 'locked')
    await call('VIF.set_trunks', vif, ['5'])
    expect(told).toHaveLength(before)
  })
})

describe('VIFs on one network', () => {
  it('T18: share a bridge on one host, and have one each on two hosts', async () => {
    const { addNetwork, addVm, call, db, host1, host2, ports } = bench
    const tunnelled = addNetwork()
    for (const host of [host1, host2]) await call('tunnel.create', pifOf(host, 'eth0'), tunnelled, 'gre')
    const bridge = db.get('network', tunnelled, 'bridge')
    const [first, second, third] = [await addVm([tunnelled]), await addVm([tunnelled]), await addVm([tunnelled])]
    await call('VM.start_on', first, host1, false, false)
    await call('VM.start_on', second, host1, false, false)
    await call('VM.start_on', third, host2, false, false)
    expect((await ports(host1))[bridge]).toEqual(['vif3.0', 'vif4.0'])
    expect((await ports(host2))[bridge]).toEqual(['vif2.0'])
  })

  it('keep the bridge of a tunnel up when the last of them has left', async () => {
    const { addNetwork, addVm, call, db, host1, ports } = bench
    const tunnelled = addNetwork()
    await call('tunnel.create', pifOf(host1, 'eth0'), tunnelled, 'vxlan')
    const guest = await addVm([tunnelled])
    await call('VM.start', guest, false, false)
    expect((await ports(host1))[db.get('network', tunnelled, 'bridge')]).toEqual(['vif3.0'])
    await call('VM.clean_shutdown', guest)
    expect((await ports(host1))[db.get('network', tunnelled, 'bridge')]).toEqual([])
  })

  it('hold the bridge of an internal network, as does anything else that is connected to it', async () => {
    const { addNetwork, addVm, call, db, host1, pool, ports } = bench
    const internal = addNetwork()
    const guest = await addVm([internal], { affinity: host1 })
    await call('VM.start', guest, false, false)
    const { backend } = pool.networks.of(host1)
    const bridge = db.get('network', internal, 'bridge')
    const other: GuestPort = { ...portOf(told[0]), device: 'tap9.0' }
    await backend.addGuestPort(other)
    await call('VM.clean_shutdown', guest)
    expect((await ports(host1))[bridge]).toEqual(['tap9.0'])
  })
})

const portOf = (port: Partial<GuestPort> | undefined): GuestPort => ({
  device: '',
  bridge: '',
  MAC: '',
  mtu: 1500,
  vm: '',
  vif: '',
  network: '',
  locking: 'unlocked',
  ipv4Allowed: [],
  ipv6Allowed: [],
  trunks: [],
  ...port,
})

describe('bonds', () => {
  const bond = async (devices: readonly string[]): Promise<{ bond: string; bridge: string }> => {
    const { call, db, host1 } = bench
    const network = String(await call('network.create', new Map([['other_config', new Map()]])))
    const members = devices.map(device => pifOf(host1, device))
    const ref = String(await call('Bond.create', network, members, '', 'balance-slb', new Map()))
    return { bond: ref, bridge: db.get('network', network, 'bridge') }
  }

  it('take the ports of running VMs over from their members, and give them to the primary slave at the end', async () => {
    const { call, db, host1, network, ports } = bench
    const { bond: ref, bridge } = await bond(['eth1', 'eth2'])
    expect(db.get('network', db.get('VIF', vif, 'network'), 'bridge')).toBe(bridge)
    expect((await ports(host1))[bridge]).toEqual(['bond0', 'vif2.0'])
    await call('Bond.destroy', ref)
    expect(db.get('VIF', vif, 'network')).toBe(network('xenbr1'))
    expect((await ports(host1)).xenbr1).toEqual(['eth1', 'vif2.0'])
    expect((await ports(host1))[bridge]).toBeUndefined()
  })

  it('keep the ports on VLANs and tunnels that move to them', async () => {
    const { addNetwork, addVm, call, db, host1, ports } = bench
    const [vlanNetwork, tunnelled] = [addNetwork(), addNetwork()]
    await call('VLAN.create', pifOf(host1, 'eth1'), '7', vlanNetwork)
    await call('tunnel.create', pifOf(host1, 'eth1'), tunnelled, 'gre')
    const guest = await addVm([vlanNetwork, tunnelled])
    await call('VM.start', guest, false, false)
    await bond(['eth1', 'eth2'])
    expect(await ports(host1)).toMatchObject({
      [db.get('network', vlanNetwork, 'bridge')]: ['vif3.0'],
      [db.get('network', tunnelled, 'bridge')]: ['vif3.1'],
    })
  })
})
