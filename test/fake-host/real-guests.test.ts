import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeUnless, noSwitch, type Switch, startSwitch } from '../ovs-lab/index.ts'
import { type VmBench, vmBench } from './messages/vms.ts'

describeUnless(noSwitch, 'on real switches, the VMs of a pool', () => {
  let switches: Switch[] = []
  let bench: VmBench
  beforeAll(async () => {
    switches = await Promise.all([startSwitch({ datapath: 'dummy' }), startSwitch({ datapath: 'dummy' })])
    bench = await vmBench({ ovsdb: switches.map(ovs => ovs.address), datapath: 'dummy' })
  })
  afterAll(() => Promise.all(switches.map(ovs => ovs.stop())))

  it('have a port for each VIF, which goes with them from switch to switch and ends with them', async () => {
    const { addNetwork, addVm, call, db, host1, host2, network } = bench
    const tunnelled = addNetwork()
    for (const host of [host1, host2]) {
      const management = db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'management'))
      await call('tunnel.create', management ?? '', tunnelled, 'gre')
    }
    const bridge = db.get('network', tunnelled, 'bridge')
    const [first, second] = switches as [Switch, Switch] // it starts two
    const vm = await addVm([tunnelled, network('xenbr1')], { affinity: host1 })
    await call('VM.start', vm, false, false)
    expect(await first.vsctl('list-ports', bridge)).toBe('vif2.0')
    expect(await first.vsctl('list-ports', 'xenbr1')).toContain('vif2.1')
    const [vif = ''] = bench.vifs(vm)
    const id = (key: string) => first.vsctl('get', 'interface', 'vif2.0', `external_ids:${key}`)
    expect(await id('xs-vif-uuid')).toContain(db.get('VIF', vif, 'uuid'))
    expect(await id('xs-vm-uuid')).toContain(db.get('VM', vm, 'uuid'))
    expect(await id('xs-network-uuid')).toContain(db.get('network', tunnelled, 'uuid'))
    expect(await id('attached-mac')).toContain(db.get('VIF', vif, 'MAC'))
    await call('VIF.set_trunks', vif, ['5', '6'])
    expect(await first.vsctl('get', 'port', 'vif2.0', 'trunks')).toBe('[5, 6]')
    await call('VM.pool_migrate', vm, host2, new Map())
    expect(await first.vsctl('list-ports', bridge)).toBe('')
    expect(await second.vsctl('list-ports', bridge)).toBe('vif2.0')
    await call('VM.clean_shutdown', vm)
    expect(await second.vsctl('list-ports', bridge)).toBe('')
    expect(await second.vsctl('list-ports', 'xenbr1')).not.toContain('vif2')
  })
})
