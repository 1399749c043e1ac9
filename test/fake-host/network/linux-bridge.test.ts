import { expect, it } from 'vitest'
import { createLinuxBridge } from '../../../src/fake-host/network/backends/linux-bridge.ts'
import { createMemoryHost } from '../../../src/fake-host/network/backends/memory.ts'
import type { BridgeConfig } from '../../../src/fake-host/network/daemon.ts'

const config = (fields: Partial<BridgeConfig> = {}): BridgeConfig => ({
  other_config: new Map(),
  ports: new Map(),
  persistent: false,
  ...fields,
})
const nic = config({ ports: new Map([['eth0', { interfaces: ['eth0'] }]]), bridge_mac: '0a:00:00:00:00:01' })

// docs/spec/networking-semantics.md 17.8
it('a VLAN is a device of the kernel on a bridge of its own', async () => {
  const linux = createLinuxBridge(createMemoryHost(new Map()))
  const vlan = config({ vlan: ['xenbr0', 100] })
  await linux['Bridge.make_config'](
    new Map([
      ['xapi1', vlan],
      ['xenbr0', nic],
    ]),
  )
  expect([...linux.vlanDevices.keys()]).toEqual(['eth0.100'])
  expect(linux.bridges.get('xapi1')?.interfaces).toEqual(new Set(['eth0.100']))
  expect(linux.bridges.get('xenbr0')?.mac).toBe('0a:00:00:00:00:01')
  expect(await linux['Interface.has_vlan']('eth0', 100)).toBe(true)
  await linux['Bridge.destroy']('xapi1', false)
  expect(await linux['Interface.has_vlan']('eth0', 100)).toBe(false)
})

it('a VLAN device is not taken from another bridge', async () => {
  const linux = createLinuxBridge(createMemoryHost(new Map()))
  const vlan = config({ vlan: ['xenbr0', 100] })
  await linux['Bridge.make_config'](
    new Map([
      ['xenbr0', nic],
      ['xapi1', vlan],
    ]),
  )
  const second = linux['Bridge.make_config'](new Map([['xapi2', vlan]]))
  await expect(second).rejects.toMatchObject({ name: 'VlanInUse', device: 'eth0', tag: 100 })
})

it('a VLAN stands on a bond as on a NIC', async () => {
  const linux = createLinuxBridge(createMemoryHost(new Map()))
  const bond_properties = new Map([['mode', 'lacp']])
  const ports = new Map([['bond0', { interfaces: ['eth0', 'eth1'], bond_properties }]])
  const vlan = config({ vlan: ['xapi0', 100] })
  await linux['Bridge.make_config'](
    new Map([
      ['xapi0', config({ ports })],
      ['xapi1', vlan],
    ]),
  )
  expect([...linux.vlanDevices.keys()]).toEqual(['bond0.100'])
  expect(linux.bonds.get('bond0')?.interfaces).toEqual(['eth0', 'eth1'])
  await linux['Bridge.destroy']('xapi0', true)
  expect([linux.bridges.size, linux.bonds.size, linux.vlanDevices.size]).toEqual([0, 0, 0])
})

it('a VLAN needs a parent with a NIC', async () => {
  const linux = createLinuxBridge(createMemoryHost(new Map()))
  const made = linux['Bridge.make_config'](new Map([['xapi1', config({ vlan: ['xenbr0', 100] })]]))
  await expect(made).rejects.toThrow('bridge xenbr0 has no NIC')
})
