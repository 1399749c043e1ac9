import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createBackend } from '../../../../src/fake-host/network/backends/index.ts'
import { createMemoryHost } from '../../../../src/fake-host/network/backends/memory.ts'
import { createOpenVSwitch } from '../../../../src/fake-host/network/backends/openvswitch.ts'
import type { Backend, BridgeConfig, GuestPort, InterfaceConfig } from '../../../../src/fake-host/network/daemon.ts'
import { describeUnless, noSwitch, type Switch, startSwitch } from '../../../ovs-lab/index.ts'
import { type Recipes, recipes } from './ovs-vsctl.ts'
import { rowsInDatabase, rowsInMemory } from './rows.ts'

/** A call to the daemon, for a back end and for the recipes. */
interface Step {
  readonly text: string
  onBackend(backend: Backend): Promise<unknown>
  onRecipes(recipes: Recipes): Promise<unknown>
}

const REAL = ['xenbr0', 'xenbr1', 'xapi5', 'xapi6', 'xapi7']
const VLANS = ['xapi5', 'xapi6', 'xapi8']
const NICS = ['eth0', 'eth1', 'eth2', 'eth3']
const mac = fc.integer({ min: 1, max: 9 }).map(last => `02:00:00:00:00:0${last}`)

const otherConfig = fc
  .record(
    {
      'network-uuids': fc.constantFrom('net-1', 'net-2', 'net-1;net-2'),
      'vswitch-controller-fail-mode': fc.constantFrom('secure', 'standalone', 'other'),
      'vswitch-disable-in-band': fc.constantFrom('true', 'false', 'maybe'),
    },
    { requiredKeys: ['network-uuids'] },
  )
  .map(record => new Map(Object.entries(record)))

const bondProperties = fc
  .record(
    {
      mode: fc.constantFrom('balance-slb', 'active-backup', 'lacp'),
      'hashing-algorithm': fc.constantFrom('', 'src_mac', 'tcpudp_ports'),
      miimon: fc.constantFrom('100', '-1', 'x'),
      updelay: fc.constantFrom('31000', '-5'),
      downdelay: fc.constantFrom('200', '0'),
      use_carrier: fc.constantFrom('0', '1'),
      'rebalance-interval': fc.constantFrom('1800000', ''),
      'lacp-time': fc.constantFrom('slow', 'fast'),
      'lacp-aggregation-key': fc.constantFrom('7', '42'),
      'lacp-fallback-ab': fc.constantFrom('true', 'false'),
      primary: fc.constantFrom('eth0'),
    },
    { requiredKeys: ['mode'] },
  )
  .map(record => new Map(Object.entries(record)))

const ports = fc.oneof(
  fc.constant(new Map()),
  fc.constantFrom(...NICS).map(nic => new Map([[nic, { interfaces: [nic] }]])),
  fc
    .tuple(fc.constantFrom('bond0', 'bond1'), fc.subarray(NICS, { minLength: 1, maxLength: 3 }), mac, bondProperties)
    .map(
      ([bond, interfaces, bond_mac, bond_properties]) => new Map([[bond, { interfaces, bond_mac, bond_properties }]]),
    ),
)

const realBridge = fc.record<BridgeConfig, 'other_config' | 'ports' | 'persistent'>(
  { other_config: otherConfig, bridge_mac: mac, ports, igmp_snooping: fc.boolean(), persistent: fc.boolean() },
  { requiredKeys: ['other_config', 'ports', 'persistent'] },
)
const vlanBridge = fc
  .record({
    other_config: otherConfig,
    bridge_mac: mac,
    vlan: fc.tuple(fc.constantFrom('xenbr0', 'xenbr1', 'xapi8'), fc.constantFrom(0, 7, 42)),
    persistent: fc.boolean(),
  })
  .map((config): BridgeConfig => ({ ...config, ports: new Map() }))

const named: fc.Arbitrary<readonly [string, BridgeConfig]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...REAL), realBridge) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...VLANS), vlanBridge) },
)

const guest = fc
  .record({
    device: fc.constantFrom('vif1.0', 'vif1.1', 'vif2.0'),
    bridge: fc.constantFrom(...REAL, ...VLANS),
    locking: fc.constantFrom('unlocked' as const, 'locked' as const, 'disabled' as const),
    trunks: fc.subarray([3, 4, 5]),
    MAC: mac,
    vm: fc.constantFrom('vm-1', 'vm-2'),
  })
  .map((it): GuestPort => ({ ...it, vif: 'vif', network: 'net', mtu: 1500, ipv4Allowed: [], ipv6Allowed: [] }))

const device = (mtu: number): InterfaceConfig => ({
  ...{ ipv4_conf: 'None4', ipv6_conf: 'Linklocal6', ipv4_routes: [], mtu, persistent: false },
  ...{ ethtool_settings: new Map(), ethtool_offload: new Map() },
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.uniqueArray(named, { minLength: 1, maxLength: 3, selector: ([name]) => name }).map(
      (bridges): Step => ({
        text: `make_config ${bridges.map(([name, { vlan }]) => `${name}${vlan ? `(${vlan})` : ''}`)}`,
        onBackend: it => it['Bridge.make_config'](new Map(bridges)),
        onRecipes: it => it.makeConfig(bridges),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...REAL, ...VLANS, 'xapi99'), fc.boolean()).map(
      ([name, force]): Step => ({
        text: `destroy ${name} ${force}`,
        onBackend: it => it['Bridge.destroy'](name, force),
        onRecipes: it => it.destroy(name, force),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...REAL, ...NICS), fc.constantFrom(1400, 1500)).map(
      ([name, mtu]): Step => ({
        text: `mtu ${name} ${mtu}`,
        onBackend: it => it['Interface.make_config'](new Map([[name, device(mtu)]])),
        onRecipes: it => it.setMtu(name, mtu),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: guest.map(
      (port): Step => ({
        text: `add guest ${port.device} to ${port.bridge} ${port.locking}`,
        onBackend: it => it.addGuestPort(port),
        onRecipes: it => it.addGuest(port),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('vif1.0', 'vif1.1').map(
      (vif): Step => ({
        text: `remove guest ${vif}`,
        onBackend: it => it.removeGuestPort(vif),
        onRecipes: it => it.removeGuest(vif),
      }),
    ),
  },
)

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

vi.setConfig({ testTimeout: 180_000 }) // many runs

describeUnless(noSwitch, 'the rows of a switch in memory, of a real one, and of one that ovs-vsctl writes', () => {
  let real: Switch
  let other: Switch
  beforeAll(async () => {
    real = await startSwitch({ datapath: 'dummy' })
    other = await startSwitch({ datapath: 'dummy', vswitchd: false })
  })
  afterAll(() => Promise.all([real?.stop(), other?.stop()]))

  it('are the same after any calls, of which each succeeds with all of them or fails with all of them', async () => {
    const vsctl = (...args: readonly string[]) => other.vsctl('--no-wait', ...args)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async steps => {
        for (const ovs of [real, other]) await ovs.vsctl('--no-wait', 'clear', 'open_vswitch', '.', 'bridges')
        const memory = createOpenVSwitch(createMemoryHost(new Map()))
        const onSwitch = createBackend('openvswitch', new Map(), real)
        const words = recipes(vsctl)
        await words.start()
        try {
          const seen: [string, boolean, boolean, boolean][] = []
          for (const { text, onBackend, onRecipes } of steps) {
            const ends = await Promise.all([onBackend(memory), onBackend(onSwitch), onRecipes(words)].map(succeeds))
            const [a = false, b = false, c = false] = ends
            seen.push([text, a, b, c])
            expect([b, c], JSON.stringify(seen)).toEqual([a, a])
          }
          const expected = await rowsInDatabase(other.address)
          expect(rowsInMemory(memory.tables), JSON.stringify(seen)).toEqual(expected)
          await onSwitch['Bridge.destroy']('xapi99', true) // max-idle is written with the first change
          expect(await rowsInDatabase(real.address), JSON.stringify(seen)).toEqual(expected)
        } finally {
          onSwitch.close()
        }
      }),
      { numRuns: 20 },
    )
  })
})
