import { describe, expect, it } from 'vitest'
import type { FakeHost } from '../../../src/fake-host/index.ts'
import { type Client, start } from '../control/started.ts'
import { addVif, constructorRecord, nic, tunnelPool } from './pool.ts'

const vmOn = (host: FakeHost, name: string): string => {
  const { ref } = host.hosts.get(name)
  return host.db.get('host', ref, 'resident_VMs').find(vm => !host.db.get('VM', vm, 'is_control_domain')) ?? ''
}

/** A VIF of the guest on each host, plugged into the network of a VLAN on eth0. */
async function vlanPool(): Promise<{ host: FakeHost } & Client & { vifs: string[]; network: string }> {
  const pool = await start({ hosts: 2 })
  const { host, call } = pool
  const network = String(await call('network.create', constructorRecord({ other_config: new Map() })))
  const pif = nic(host, host.hosts.get('host1').ref, 'eth0')
  await call('pool.create_VLAN_from_PIF', pif, network, 42n)
  const vifs = []
  for (const name of ['host1', 'host2']) {
    const vif = await addVif(pool, vmOn(host, name), network, '1')
    await call('VIF.plug', vif)
    vifs.push(vif)
  }
  return { ...pool, vifs, network }
}

describe('whether a frame gets from one VIF to another', () => {
  it('T18: two VIFs on one host reach each other over the bridge of a tunnel network, two on two hosts do not', async () => {
    const pool = await tunnelPool()
    const { host, call, network, bridge } = pool
    await using _ = host
    const third = await addVif(pool, vmOn(host, 'host1'), network, '2')
    await call('VIF.plug', third)
    expect(await host.control.reachable('vm1/1', 'vm1/2')).toEqual({
      reachable: true,
      path: [`vif1.1 on ${bridge} on host1`, `vif1.2 on ${bridge} on host1`],
      reason: '',
    })
    expect(await host.control.reachable('vm1/1', 'vm2/1')).toEqual({
      reachable: false,
      path: [],
      reason: `no link between bridges ${bridge} on host1 and ${bridge} on host2`,
    })
  })

  it('T35: without a controller each host is for itself; ports of a controller join them', async () => {
    const { host, join, bridge } = await tunnelPool()
    await using _ = host
    expect((await host.control.reachable('vm1/1', 'vm2/1')).reachable).toBe(false)
    await join('host1', 'host2')
    expect((await host.control.reachable('vm1/1', 'vm2/1')).path).toEqual([
      `vif1.1 on ${bridge} on host1`,
      `gre key 5 to ${bridge} on host2`,
      `vif1.1 on ${bridge} on host2`,
    ])
  })

  it('goes through the centre of a star, and not from one protected port to another', async () => {
    const { host, join } = await tunnelPool('gre', { hosts: 3 })
    await using _ = host
    await join('host1', 'host2')
    await join('host1', 'host3')
    expect((await host.control.reachable('vm2/1', 'vm3/1')).path).toHaveLength(4)
    for (const port of ['to-host2', 'to-host3']) {
      await host.control.editSwitch('host1', [{ op: 'set-port', port, protected: true }])
    }
    expect((await host.control.reachable('vm2/1', 'vm3/1')).reachable).toBe(false)
    expect((await host.control.reachable('vm1/1', 'vm3/1')).reachable).toBe(true)
  })

  it('ends in a loop of links', async () => {
    const { host, join } = await tunnelPool('gre', { hosts: 4 })
    await using _ = host
    await join('host1', 'host2')
    await join('host2', 'host3')
    await join('host3', 'host1')
    expect((await host.control.reachable('vm1/1', 'vm4/1')).reachable).toBe(false)
  })

  it('names what is wrong with a link', async () => {
    const { host, link } = await tunnelPool()
    await using _ = host
    await link('host1', 'host2')
    const { reason } = await host.control.reachable('vm1/1', 'vm2/1')
    expect(reason).toContain('host2 has no gre port with key 5 for 198.18.0.11')
  })

  it('crosses the wires of a VLAN, and of a network card', async () => {
    const { host, vifs } = await vlanPool()
    await using _ = host
    const over = await host.control.reachable(vifs[0] ?? '', vifs[1] ?? '')
    expect(over.path[1]).toBe('wire from eth0 of host1 to eth0 of host2, VLAN 42')
    const plain = await host.control.reachable('vm1/0', 'vm2/0')
    expect(plain.path[1]).toBe('wire from eth0 of host1 to eth0 of host2')
    expect((await host.control.reachable('vm1/0', vifs[1] ?? '')).reachable).toBe(false)
  })

  it('crosses between Linux bridges too', async () => {
    const pool = await start({ hosts: 2, backend: 'bridge' })
    await using _ = pool.host
    expect((await pool.host.control.reachable('vm1/0', 'vm2/0')).reachable).toBe(true)
  })

  it('carries the tags that a guest may use, and no others', async () => {
    const pool = await start({ hosts: 2 })
    const { host, call } = pool
    await using _ = host
    const [network = ''] = host.db.refs('network').filter(ref => host.db.get('network', ref, 'bridge') === 'xenbr0')
    const vif = await addVif(pool, vmOn(host, 'host1'), network, '1', { trunks: [10n] })
    await call('VIF.plug', vif)
    expect((await host.control.reachable(vif, 'vm2/0', 10)).reachable).toBe(true)
    expect((await host.control.reachable(vif, 'vm2/0')).reason).toContain('does not take frames without a tag')
  })

  it('says what is the matter with a VIF', async () => {
    const { host, call } = await tunnelPool()
    await using _ = host
    const vif = (vm: string, device: string) =>
      host.db
        .refs('VIF')
        .find(ref => host.db.get('VIF', ref, 'VM') === vm && host.db.get('VIF', ref, 'device') === device) ?? ''
    const of1 = vif(vmOn(host, 'host1'), '1')
    host.db.set('VIF', of1, 'locking_mode', 'disabled')
    expect((await host.control.reachable('vm1/1', 'vm2/1')).reason).toContain('disabled by its locking mode')
    host.db.set('VIF', of1, 'locking_mode', 'locked')
    expect((await host.control.reachable('vm1/1', 'vm2/1')).reason).toContain('may use no address')
    host.db.set('VIF', of1, 'locking_mode', 'unlocked')
    await call('VIF.unplug', of1)
    expect((await host.control.reachable('vm1/1', 'vm2/1')).reason).toBe('VIF 1 of vm1 is not plugged')
    await expect(host.control.reachable('vm9/1', 'vm2/1')).rejects.toThrow('no VIF is called "vm9/1"')
  })
})
