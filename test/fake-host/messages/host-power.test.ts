import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { powerOff, setLive } from '../../../src/fake-host/hosts/lifecycle.ts'
import {
  addBond,
  addHost,
  addNetwork,
  addPif,
  addTunnel,
  addVif,
  addVlan,
  type Bench,
  bridgesOf,
  emptyPool,
} from '../fixtures.ts'

let bench: Bench
let member: Ref<'host'>

beforeEach(async () => {
  bench = await emptyPool()
  member = addHost(bench.db)
})

const enabled = (host = member): boolean => bench.db.get('host', host, 'enabled')
const live = (host = member): boolean => bench.db.get('host_metrics', bench.db.get('host', host, 'metrics'), 'live')
const attached = (pif: Ref<'PIF'>): boolean => bench.db.get('PIF', pif, 'currently_attached')
const setPool = (field: 'ha_enabled' | 'ha_allow_overcommit', value: boolean) =>
  bench.db.set('pool', bench.db.refs('pool')[0] ?? NULL_REF, field, value)

describe('host.disable', () => {
  it('lasts until the toolstack starts again, unless it is told to last', async () => {
    await bench.call('host.disable', member)
    expect(enabled()).toBe(false)
    await bench.call('host.restart_agent', member)
    expect(enabled()).toBe(true)
    await bench.call('host.disable', member, false)
    await bench.call('host.reboot', member)
    expect(enabled()).toBe(false)
    await bench.call('host.enable', member)
    await bench.call('host.restart_agent', member)
    expect(enabled()).toBe(true)
  })
})

describe('host.enable', () => {
  it('is refused by HA where a protected VM would find no way to its network', async () => {
    const { db } = bench
    const network = addNetwork(bench)
    const pifs = [addPif(bench, { host: member, network }), addPif(bench, { host: member, device: 'eth1' })]
    db.set('host', member, 'enabled', false)
    const bond = db.create('Bond', { master: addPif(bench, { host: member, physical: false }) })
    for (const pif of pifs) db.set('PIF', pif, 'bond_slave_of', bond)
    const vif = addVif(bench, network)
    setPool('ha_enabled', true)
    await bench.call('host.enable', member)
    db.set('host', member, 'enabled', false)
    const vm = db.get('VIF', vif, 'VM')
    db.set('VM', vm, 'ha_always_run', true)
    db.set('VM', vm, 'ha_restart_priority', 'restart')
    expect(await bench.error('host.enable', member)).toEqual(['HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED', network])
    expect(enabled()).toBe(false)
    setPool('ha_allow_overcommit', true)
    await bench.call('host.enable', member)
    expect(enabled()).toBe(true)
  })
})

describe('host.reboot and host.shutdown', () => {
  it('want the host disabled, then without guests', async () => {
    const { db } = bench
    const domain = db.create('VM', { resident_on: member, is_control_domain: true, power_state: 'Running' })
    for (const method of ['host.reboot', 'host.shutdown']) {
      db.set('host', member, 'enabled', true)
      expect(await bench.error(method, member)).toEqual(['HOST_NOT_DISABLED'])
      await bench.call('host.disable', member)
      const guest = db.create('VM', { resident_on: member, power_state: 'Running' })
      expect(await bench.error(method, member)).toEqual(['HOST_IN_USE', member, 'VM', guest])
      db.destroy('VM', guest)
    }
    expect(db.exists('VM', domain)).toBe(true)
    expect(live()).toBe(true)
  })

  it('touch no networking record by themselves', async () => {
    const { db } = bench
    const pif = addPif(bench, { host: member })
    await bench.call('PIF.plug', pif)
    await bench.call('host.disable', member)
    await bench.call('host.shutdown', member)
    expect(attached(pif)).toBe(true)
    expect(live()).toBe(false)
    expect(await bench.error('PIF.unplug', pif)).toEqual(['HOST_OFFLINE', member])
    expect(await bench.error('host.reboot', member)).toEqual(['HOST_OFFLINE', member])
    expect(db.get('host', member, 'enabled')).toBe(false)
  })

  it('bring the host back with its NICs plugged and its tunnels unplugged', async () => {
    const nic = addPif(bench, { host: member, ip_configuration_mode: 'DHCP' })
    const idle = addPif(bench, { host: member, device: 'eth1', network: addNetwork(bench, { bridge: 'xapi1' }) })
    const tunnel = addTunnel(bench, nic).pif
    bench.db.set('network', bench.db.get('PIF', tunnel, 'network'), 'bridge', 'xapi2')
    await bench.call('PIF.plug', tunnel)
    await bench.call('host.disable', member)
    await bench.call('host.reboot', member)
    expect([nic, idle, tunnel].map(attached)).toEqual([true, true, false])
    expect([live(), enabled()]).toEqual([true, true])
  })

  it('of the coordinator end all sessions', async () => {
    const { host } = bench
    await bench.call('host.disable', host)
    await bench.call('host.reboot', host)
    expect(bench.pool.hosts.isRunning(host)).toBe(true)
    expect(await bench.error('host.get_all')).toEqual(['SESSION_INVALID', bench.session])
  })
})

describe('host.power_on', () => {
  it('is for hosts that are down and can be switched on from afar', async () => {
    const { db } = bench
    expect(await bench.error('host.power_on', member)).toEqual(['HOST_IS_LIVE', member])
    await bench.call('host.disable', member)
    await bench.call('host.shutdown', member)
    expect(await bench.error('host.power_on', member)).toEqual(['HOST_POWER_ON_MODE_DISABLED'])
    db.set('host', member, 'power_on_mode', 'wake-on-lan')
    await bench.call('host.power_on', member)
    expect([live(), enabled()]).toEqual([true, true])
  })
})

describe('host.restart_agent', () => {
  it('leaves everything plugged that was, without an event about it', async () => {
    const { db, pool } = bench
    const bridge = (name: string) => ({ host: member, network: addNetwork(bench, { bridge: name }) })
    const nic = addPif(bench, { ...bridge('xenbr0'), ip_configuration_mode: 'DHCP' })
    const vlan = addVlan(bench, nic, 7).pif
    const tunnel = addTunnel(bench, nic, 'vxlan').pif
    for (const [i, pif] of [vlan, tunnel].entries()) {
      db.set('network', db.get('PIF', pif, 'network'), 'bridge', `xapi${i}`)
      await bench.call('PIF.plug', pif)
    }
    await bench.call('host.refresh_pack_info', member)
    const before = [...(await bridgesOf(pool, member)).keys()].sort()
    const changed: string[] = []
    db.onChange(change => {
      if (change.class !== 'task' && change.class !== 'session') changed.push(`${change.kind} ${change.class}`)
    })
    await bench.call('host.restart_agent', member)
    expect(changed).toEqual([])
    expect([nic, vlan, tunnel].map(attached)).toEqual([true, true, true])
    expect([...(await bridgesOf(pool, member)).keys()].sort()).toEqual(before)
    expect(before).toEqual(['xapi0', 'xapi1', 'xenbr0'])
  })

  it('writes what the cards are into their PIFs', async () => {
    const { db, pool } = bench
    const pif = addPif(bench, { host: member, MAC: '02:00:00:00:00:07', capabilities: ['sriov'] })
    expect(pool.networks.of(member).nics.get('eth0')?.MAC).toBe('02:00:00:00:00:07')
    db.set('PIF', pif, 'MAC', '02:00:00:00:00:08')
    db.set('PIF', pif, 'capabilities', [])
    await bench.call('host.restart_agent', member)
    expect(db.get('PIF', pif, 'MAC')).toBe('02:00:00:00:00:07')
    expect(db.get('PIF', pif, 'capabilities')).toEqual(['sriov'])
  })

  it('plugs NICs that were not', async () => {
    const idle = addPif(bench, { host: member })
    await bench.call('host.restart_agent', member)
    expect(attached(idle)).toBe(true)
  })

  it('writes the back end that the host has into its record, and only a boot lets it have another', async () => {
    const { db, pool } = bench
    const kind = () => db.get('host', member, 'software_version').get('network_backend')
    expect(pool.networks.of(member).backend.kind).toBe('openvswitch')
    db.set('host', member, 'software_version', new Map([['network_backend', 'bridge']]))
    await bench.call('host.refresh_pack_info', member)
    expect(kind()).toBe('openvswitch')
    db.set('host', member, 'software_version', new Map([['network_backend', 'bridge']]))
    await bench.call('host.disable', member)
    await bench.call('host.reboot', member)
    expect(kind()).toBe('bridge')
    expect(pool.networks.of(member).backend.kind).toBe('bridge')
  })

  it('of the coordinator ends sessions and lets numbers of bridges come again', async () => {
    const first = await bench.call('network.create', new Map([['other_config', new Map()]]))
    const bridge = bench.db.get('network', String(first), 'bridge')
    await bench.call('network.destroy', String(first))
    await bench.call('host.restart_agent', bench.host)
    expect(await bench.error('host.get_all')).toEqual(['SESSION_INVALID', bench.session])
    expect(bench.pool.networks.bridgeNames.next()).not.toBe(bridge) // the internal management network has used one up
    expect(bench.pool.networks.bridgeNames.next()).not.toBe(bridge)
  })
})

describe('the start of the coordinator', () => {
  it('makes the internal management network where it is missing, and once', async () => {
    const { db, host } = bench
    const internal = () => db.refs('network').filter(ref => db.get('network', ref, 'bridge') === 'xenapi')
    for (let i = 0; i < 2; i++) {
      powerOff(bench.pool, host)
      await bench.pool.hosts.power.on(host)
    }
    expect(internal()).toHaveLength(1)
    const [network = NULL_REF] = internal()
    expect(db.get('network', network, 'name_label')).toBe('Host internal management network')
    expect(Object.fromEntries(db.get('network', network, 'other_config'))).toEqual({
      is_guest_installer_network: 'true',
      is_host_internal_management_network: 'true',
      ip_begin: '169.254.0.1',
      ip_end: '169.254.255.254',
      netmask: '255.255.0.0',
    })
  })
})

describe('host.declare_dead', () => {
  it('halts the guests of a host that is down', async () => {
    const { db } = bench
    const vif = addVif(bench, addNetwork(bench), { host: member, currently_attached: true })
    const vm = db.get('VIF', vif, 'VM')
    expect(await bench.error('host.declare_dead', member)).toEqual(['HOST_IS_LIVE', member])
    powerOff(bench.pool, member)
    expect(db.get('VM', vm, 'power_state')).toBe('Running')
    await bench.call('host.declare_dead', member)
    expect([db.get('VM', vm, 'power_state'), db.get('VM', vm, 'resident_on')]).toEqual(['Halted', NULL_REF])
    expect(db.get('VIF', vif, 'currently_attached')).toBe(false)
  })
})

describe('host.destroy', () => {
  it('is for hosts that are down, without HA and without guests', async () => {
    const { db } = bench
    const pif = addPif(bench, { host: member })
    const domain = db.create('VM', { resident_on: member, is_control_domain: true })
    expect(await bench.error('host.destroy', bench.host)).toEqual(['HOST_IS_LIVE', bench.host])
    expect(await bench.error('host.destroy', member)).toEqual(['HOST_IS_LIVE', member])
    setLive(bench.pool, member, false)
    setPool('ha_enabled', true)
    expect(await bench.error('host.destroy', member)).toEqual(['HA_IS_ENABLED'])
    setPool('ha_enabled', false)
    const guest = db.create('VM', { resident_on: member })
    expect(await bench.error('host.destroy', member)).toEqual(['HOST_HAS_RESIDENT_VMS', member])
    db.destroy('VM', guest)
    await bench.call('host.destroy', member)
    expect([db.exists('host', member), db.exists('VM', domain), db.exists('PIF', pif)]).toEqual([false, false, true])
  })
})

it('a bond on a member survives its reboot', async () => {
  const pifs = ['eth0', 'eth1'].map((device, i) =>
    addPif(bench, { device, network: addNetwork(bench, { bridge: `xenbr${i}` }) }),
  )
  const { pif, bond } = addBond(bench, pifs)
  await bench.call('host.disable', bench.host)
  await bench.call('host.reboot', bench.host)
  expect(attached(pif)).toBe(true)
  expect(bench.db.get('Bond', bond, 'slaves')).toHaveLength(2)
})
