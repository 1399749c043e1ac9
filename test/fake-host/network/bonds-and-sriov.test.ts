import { beforeEach, describe, expect, it } from 'vitest'
import type { PIFRecord, Ref, Rows } from '../../../src/datamodel/index.ts'
import {
  addBond,
  addNetwork,
  addPif,
  addSriov,
  addTunnel,
  addVlan,
  type Bench,
  bridgesOf,
  emptyPool,
} from '../fixtures.ts'

// Pools that were loaded may hold bonds and SR-IOV networks, whoever made them.
let bench: Bench
const fields = (pif: Ref<'PIF'>): Partial<PIFRecord> => Object.fromEntries(bench.db.record('PIF', pif))
const attached = (...pifs: Ref<'PIF'>[]) => pifs.map(pif => fields(pif).currently_attached)
const nic = (device: string, more: Partial<Rows['PIF']> = {}): Ref<'PIF'> =>
  addPif(bench, { device, network: addNetwork(bench, { bridge: device.replace('eth', 'xenbr') }), ...more })
const bridges = async () => [...(await bridgesOf(bench.pool, bench.host)).keys()]

beforeEach(async () => {
  bench = await emptyPool()
})

describe('plugging a bond', () => {
  it('takes the NICs from their own bridges, with the VLANs on these', async () => {
    const slaves = [nic('eth2'), nic('eth3')]
    const vlan = addVlan(bench, slaves[0] ?? '', 7).pif
    bench.db.set('network', bench.db.get('PIF', vlan, 'network'), 'bridge', 'xapi7')
    for (const pif of [...slaves, vlan]) await bench.call('PIF.plug', pif)
    const { pif } = addBond(bench, slaves)
    await bench.call('PIF.plug', pif)
    expect(attached(pif, ...slaves)).toEqual([true, false, false])
    expect(await bridges()).toEqual(['xapi0'])
    expect((await bridgesOf(bench.pool, bench.host)).get('xapi0')?.ports).toEqual(['bond0'])
  })

  it('gives the networks of the slaves its own MTU', async () => {
    const slave = nic('eth2')
    const { pif } = addBond(bench, [slave])
    bench.db.set('network', bench.db.get('PIF', pif, 'network'), 'MTU', 9000)
    await bench.call('PIF.plug', pif)
    expect(bench.db.get('network', bench.db.get('PIF', slave, 'network'), 'MTU')).toBe(9000)
  })

  // docs/spec/networking-conformance-cases.md H
  it.each([
    [79, false, false, 'cc:11:11:11:11:11'],
    [80, true, false, 'aa:11:11:11:11:11'],
    [81, false, true, 'cc:11:11:11:11:11'],
    [82, true, true, '12:34:56:78:90:ab'],
  ])(
    '%i: with auto_update_mac %s and the MAC of the primary slave changed: %s, has %s',
    async (_n, auto, changed, mac) => {
      const { db } = bench
      const slaves = [nic('eth2', { MAC: 'aa:11:11:11:11:11' }), nic('eth3', { MAC: 'bb:11:11:11:11:11' })]
      const { pif } = addBond(bench, slaves, { auto_update_mac: auto })
      db.set('PIF', pif, 'MAC', 'cc:11:11:11:11:11')
      if (changed) db.set('PIF', slaves[0] ?? '', 'MAC', '12:34:56:78:90:ab')
      await bench.call('PIF.plug', pif)
      expect(fields(pif).MAC).toBe(mac)
    },
  )

  it('carries VLANs and tunnels', async () => {
    const { pif } = addBond(bench, [nic('eth2'), nic('eth3')])
    bench.db.set('PIF', pif, 'ip_configuration_mode', 'DHCP')
    const [vlan, access] = [addVlan(bench, pif, 7).pif, addTunnel(bench, pif).pif]
    for (const [i, upper] of [vlan, access].entries()) {
      bench.db.set('network', bench.db.get('PIF', upper, 'network'), 'bridge', `xapi${i + 1}`)
      await bench.call('PIF.plug', upper)
    }
    expect(await bridges()).toEqual(['xapi0', 'xapi2', 'xapi1'])
    await bench.call('PIF.unplug', pif)
    expect(attached(pif, vlan, access)).toEqual([false, true, false])
  })

  it('is not done to a slave, whose own bring-up takes the bond down', async () => {
    const slave = nic('eth2')
    const { pif } = addBond(bench, [slave])
    await bench.call('PIF.plug', pif)
    expect(await bench.error('PIF.plug', slave)).toEqual(['CANNOT_PLUG_BOND_SLAVE', slave])
    await bench.call('PIF.reconfigure_ip', slave, 'DHCP', '', '', '', '')
    expect(attached(pif, slave)).toEqual([true, false])
  })
})

describe('SR-IOV', () => {
  it('is enabled without a bridge, after the physical PIF is plugged', async () => {
    const physical = nic('eth2')
    const { pif, sriov } = addSriov(bench, physical)
    bench.db.set('network_sriov', sriov, 'configuration_mode', 'unknown')
    bench.db.set('network_sriov', sriov, 'requires_reboot', true)
    await bench.call('PIF.plug', pif)
    expect(attached(pif, physical)).toEqual([true, true])
    expect(await bridges()).toEqual(['xenbr2'])
    expect(Object.fromEntries(bench.db.record('network_sriov', sriov))).toMatchObject({
      configuration_mode: 'sysfs',
      requires_reboot: false,
    })
  })

  it('lends a VLAN its being attached', async () => {
    const physical = nic('eth2')
    const { pif: logical } = addSriov(bench, physical)
    const { pif: vlan } = addVlan(bench, logical, 5)
    await bench.call('PIF.plug', vlan)
    expect(attached(vlan, logical, physical)).toEqual([true, true, true])
    await bench.call('PIF.unplug', vlan)
    expect(attached(vlan, logical)).toEqual([false, true])
    expect(await bridges()).toEqual(['xenbr2'])
  })

  it('goes down with the NIC, its VLANs first', async () => {
    const physical = nic('eth2')
    const { pif: logical } = addSriov(bench, physical)
    const { pif: vlan } = addVlan(bench, logical, 5)
    await bench.call('PIF.plug', vlan)
    await bench.call('PIF.unplug', physical)
    expect(attached(vlan, logical, physical)).toEqual([false, false, false])
  })

  it('on a bond slave plugs the bond instead of the slave, and goes down with it', async () => {
    const physical = nic('eth2')
    const { pif: logical } = addSriov(bench, physical)
    const { pif: bond } = addBond(bench, [physical, nic('eth3')])
    await bench.call('PIF.plug', logical)
    expect(attached(logical, bond, physical)).toEqual([true, true, false])
    await bench.call('PIF.unplug', bond)
    expect(attached(logical, bond, physical)).toEqual([false, false, false])
  })
})

describe('a PIF of no known type', () => {
  it('is a failure that no code describes', async () => {
    const pif = addPif(bench, { physical: false })
    expect(await bench.error('PIF.plug', pif)).toEqual([
      'INTERNAL_ERROR',
      expect.stringContaining(fields(pif).uuid ?? ''),
    ])
  })
})
