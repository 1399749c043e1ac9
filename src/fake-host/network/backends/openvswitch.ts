import { type Backend, type BridgeConfig, DaemonError, type GuestPort, type PortConfig } from '../daemon.ts'
import { DEFAULT_MTU, deviceCalls, forgetDevice, type MemoryHost, parentsFirst } from './memory.ts'
import { setBondProperties } from './ovs-bond.ts'
import { editTables } from './ovs-edit.ts'
import { switchBridge } from './ovs-inspect.ts'
import {
  addBridge,
  addFakeBridge,
  addGuest,
  addPort,
  createOvsTables,
  deleteBridge,
  fakeBridgesOn,
  type OvsBridge,
  type OvsTables,
  portsOn,
  removePort,
} from './ovs-tables.ts'

export interface OpenVSwitch extends Backend {
  readonly kind: 'openvswitch'
  readonly tables: OvsTables
}

/** An Open vSwitch without a datapath: the rows that docs/spec/networking-semantics.md 17 has written, in memory. */
export function createOpenVSwitch(host: MemoryHost): OpenVSwitch {
  const tables = createOvsTables()
  const calls = deviceCalls(host)
  tables.Open_vSwitch.other_config.set('max-idle', '5000')

  const create = (name: string, config: BridgeConfig): void => {
    if (config.vlan) createFakeBridge(tables, host, name, config)
    else createRealBridge(tables, name, config)
    host.up.add(name)
    if (config.persistent) host.persistent.add(name)
  }

  return {
    kind: 'openvswitch',
    isReal: false,
    tables,
    ...calls,

    async 'Interface.make_config'(devices) {
      await calls['Interface.make_config'](devices)
      for (const [name, { mtu }] of devices) {
        const row = tables.Interface.get(name)
        if (row) row.mtu_request = mtu
      }
    },

    async 'Bridge.make_config'(bridges) {
      for (const [name, config] of parentsFirst(bridges)) {
        create(name, config)
        for (const [port, ports] of config.ports) addPorts(tables, name, port, ports)
      }
    },

    async 'Bridge.create'(name, config) {
      create(name, config)
    },

    async 'Bridge.destroy'(name, force) {
      host.up.delete(name)
      const bridge = tables.Bridge.get(name)
      const vlans = bridge ? fakeBridgesOn(tables, bridge) : []
      if (vlans.length > 0 && !force) return
      deleteBridge(tables, name)
      for (const gone of [name, ...vlans.map(vlan => vlan.name)]) forgetDevice(host, gone)
    },

    async 'Bridge.get_all'() {
      return [...bridgeNames(tables)]
    },

    /** VLANs are tags in the switch: the kernel has no device for them. */
    async 'Interface.has_vlan'() {
      return false
    },

    async 'Interface.get_mtu'(name) {
      const guest = host.guests.get(name)
      if (guest) return guest.mtu
      const bridge = tables.Bridge.get(tables.Port.get(name)?.bridge ?? name)
      if (!bridge) throw new DaemonError(`no device ${name}`)
      const nic = [...bridge.ports]
        .flatMap(port => tables.Port.get(port)?.interfaces ?? [])
        .find(i => host.nicMtu.has(i))
      return host.nicMtu.get(nic ?? '') ?? DEFAULT_MTU
    },

    async describe() {
      return [...bridgeNames(tables)].map(name => {
        const port = tables.Port.get(name)
        const bridge = tables.Bridge.get(name) ?? port
        return {
          name,
          ...(port?.tag !== undefined && { vlan: [port.bridge, port.tag] as const }),
          ports: bridge ? portsOn(tables, bridge).map(other => other.name) : [],
          up: host.up.has(name),
          persistent: host.persistent.has(name),
        }
      })
    },

    async inspect() {
      return [...tables.Bridge.values()].map(bridge => switchBridge(tables, bridge, host.up.has(bridge.name)))
    },

    async edit(edits) {
      editTables(tables, edits)
    },

    async addGuestPort(port) {
      host.guests.set(port.device, port)
      removePort(tables, port.device)
      if (port.locking !== 'disabled') connect(tables, port)
    },

    async removeGuestPort(device) {
      removePort(tables, device)
      host.guests.delete(device)
    },
  }
}

function* bridgeNames(tables: OvsTables): Iterable<string> {
  yield* tables.Bridge.keys()
  for (const port of tables.Port.values()) if (port.fake_bridge) yield port.name
}

/** docs/spec/networking-semantics.md 17.2, the rows that are not for VLANs */
function createRealBridge(tables: OvsTables, name: string, config: BridgeConfig): void {
  const bridge = addBridge(tables, name)
  const asked = config.other_config
  if (config.bridge_mac !== undefined) bridge.other_config.set('hwaddr', config.bridge_mac)
  bridge.fail_mode = asked.get('vswitch-controller-fail-mode') === 'secure' ? 'secure' : 'standalone'
  const inBand = asked.get('vswitch-disable-in-band')
  if (inBand === undefined) bridge.other_config.delete('disable-in-band')
  else if (inBand === 'true' || inBand === 'false') bridge.other_config.set('disable-in-band', inBand)
  setNetworks(bridge, config)
  bridge.other_config.set('mac-table-size', '10000')
  if (config.igmp_snooping === undefined) return
  bridge.mcast_snooping_enable = config.igmp_snooping
  bridge.other_config.set('enable-ipv6-mcast-snooping', 'false')
  bridge.other_config.set('mcast-snooping-disable-flood-unregistered', 'true')
}

/**
 * 17.2, the rows for VLANs. Guests on a real bridge of that name come along, but their interfaces are new ones, that nobody says
 * anything of.
 */
function createFakeBridge(tables: OvsTables, host: MemoryHost, name: string, config: BridgeConfig): void {
  if (!config.vlan) return
  const [parent, tag] = config.vlan
  const parentBridge = tables.Bridge.get(parent)
  if (parentBridge) {
    for (const twin of fakeBridgesOn(tables, parentBridge)) {
      if (twin.tag === tag && twin.name !== name) deleteBridge(tables, twin.name)
    }
  }
  const real = tables.Bridge.get(name)
  const guests = real ? portsOn(tables, real).filter(port => host.guests.has(port.name)) : []
  if (real) deleteBridge(tables, name)
  const device = addFakeBridge(tables, name, parent, tag)
  if (config.bridge_mac !== undefined) device.MAC = config.bridge_mac
  if (parentBridge) setNetworks(parentBridge, config)
  for (const guest of guests) addGuest(tables, name, guest.name)
}

/** docs/spec/networking-semantics.md 17.6, without the rules of a locked port: there is no datapath. */
function connect(tables: OvsTables, guest: GuestPort): void {
  const port = addGuest(tables, guest.bridge, guest.device)
  port.trunks = guest.trunks
  const ids = tables.Interface.get(guest.device)?.external_ids
  ids?.set('xs-vm-uuid', guest.vm).set('xs-vif-uuid', guest.vif)
  ids?.set('xs-network-uuid', guest.network).set('attached-mac', guest.MAC)
}

function setNetworks(bridge: OvsBridge, config: BridgeConfig): void {
  const networks = config.other_config.get('network-uuids')
  if (networks !== undefined) bridge.external_ids.set('xs-network-uuids', networks)
}

/** A bond of one NIC is a plain port with the NIC's name. */
function addPorts(tables: OvsTables, name: string, port: string, config: PortConfig): void {
  const bridge = addBridge(tables, name)
  const [only] = config.interfaces
  if (config.interfaces.length === 1 && only !== undefined) addPort(tables, bridge, only, [only])
  else if (config.interfaces.length > 1)
    setBondProperties(tables, addPort(tables, bridge, port, config.interfaces), config)
}
