import { type BridgeConfig, type BridgeDescription, DaemonError, type GuestPort, type PortConfig } from '../daemon.ts'
import type { MemoryHost } from './memory.ts'
import { setBondProperties } from './ovs-bond.ts'
import {
  addBridge,
  addFakeBridge,
  addGuest,
  addPort,
  deleteBridge,
  fakeBridgesOn,
  type OvsBridge,
  type OvsTables,
  portsOn,
} from './ovs-tables.ts'

/** All bridges, those of VLANs included. */
export function* bridgeNames(tables: OvsTables): Iterable<string> {
  yield* tables.Bridge.keys()
  for (const port of tables.Port.values()) if (port.fake_bridge) yield port.name
}

/** docs/spec/networking-semantics.md 17.2, the rows that are not for VLANs */
export function createRealBridge(tables: OvsTables, name: string, config: BridgeConfig): void {
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

/** 17.2: other VLAN bridges that have the tag on the parent go. */
export function deleteTwins(tables: OvsTables, name: string, parent: string, tag: number): void {
  const bridge = tables.Bridge.get(parent)
  const twins = bridge ? fakeBridgesOn(tables, bridge) : []
  for (const twin of twins) if (twin.tag === tag && twin.name !== name) deleteBridge(tables, twin.name)
}

/**
 * 17.2, the rows for VLANs. Guests on a real bridge of that name come along, but their interfaces are new ones, that nobody says
 * anything of.
 */
export function createFakeBridge(
  tables: OvsTables,
  { name, parent, tag }: { readonly name: string; readonly parent: string; readonly tag: number },
  config: BridgeConfig,
  host: MemoryHost,
): void {
  const below = tables.Bridge.get(parent)
  if (!below) throw new DaemonError(`no bridge named ${parent}`)
  const real = tables.Bridge.get(name)
  const guests = real ? portsOn(tables, real).filter(port => isGuest(host, port.name)) : []
  if (real) deleteBridge(tables, name)
  const device = addFakeBridge(tables, name, parent, tag)
  if (config.bridge_mac !== undefined) device.MAC = config.bridge_mac
  setNetworks(below, config)
  for (const guest of guests) addGuest(tables, name, guest.name)
}

/** Also those that an earlier toolstack has connected, as their names tell. */
const isGuest = (host: MemoryHost, device: string): boolean =>
  host.guests.has(device) || /^(?:vif|tap)\d+\.\d+$/.test(device)

function setNetworks(bridge: OvsBridge, config: BridgeConfig): void {
  const networks = config.other_config.get('network-uuids')
  if (networks !== undefined) bridge.external_ids.set('xs-network-uuids', networks)
}

/** A bond of one NIC is a plain port with the NIC's name. */
export function addPorts(tables: OvsTables, name: string, port: string, config: PortConfig): void {
  const [only] = config.interfaces
  const bridge = addBridge(tables, name)
  if (config.interfaces.length === 1 && only !== undefined) addPort(tables, bridge, only, [only])
  else if (config.interfaces.length > 1)
    setBondProperties(tables, addPort(tables, bridge, port, config.interfaces), config)
}

/** Whether a toolstack has made a bridge: nobody else tells of networks. */
export const isOwn = ({ external_ids }: OvsBridge): boolean => external_ids.has('xs-network-uuids')

export function deleteOwnBridges(tables: OvsTables): void {
  for (const bridge of [...tables.Bridge.values()]) if (isOwn(bridge)) deleteBridge(tables, bridge.name)
}

/** Whether a guest's device is on the bridge that it belongs on. */
export function isConnected(tables: OvsTables, { device, bridge }: GuestPort): boolean {
  const own = tables.Port.get(bridge)
  const existing = tables.Port.get(device)
  if (!own || !existing || !(own.fake_bridge || tables.Bridge.has(bridge))) return false
  return existing.bridge === own.bridge && existing.tag === own.tag
}

/** docs/spec/networking-semantics.md 17.6, without the rules of a locked port: they are no rows. */
export function connectGuest(tables: OvsTables, guest: GuestPort): void {
  const existing = tables.Port.get(guest.device)
  const port = existing ?? addGuest(tables, guest.bridge, guest.device)
  port.trunks = guest.trunks
  const ids = tables.Interface.get(guest.device)?.external_ids
  ids?.set('xs-vm-uuid', guest.vm).set('xs-vif-uuid', guest.vif)
  ids?.set('xs-network-uuid', guest.network).set('attached-mac', guest.MAC)
}

/** Whether a bridge was taken up, and the switch was able to make it. */
export const isUp = (tables: OvsTables, name: string, host: MemoryHost): boolean =>
  host.up.has(name) && (tables.Bridge.get(tables.Port.get(name)?.bridge ?? name)?.isSetUp ?? false)

export function describeBridge(tables: OvsTables, name: string, host: MemoryHost): BridgeDescription {
  const port = tables.Port.get(name)
  const bridge = tables.Bridge.get(name) ?? port
  return {
    name,
    ...(port?.tag !== undefined && { vlan: [port.bridge, port.tag] as const }),
    ports: bridge ? portsOn(tables, bridge).map(other => other.name) : [],
    up: isUp(tables, name, host),
    persistent: host.persistent.has(name),
  }
}
