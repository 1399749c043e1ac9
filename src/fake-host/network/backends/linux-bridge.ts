import { type Backend, type BridgeConfig, DaemonError, type PortConfig, VlanInUse } from '../daemon.ts'
import type { SwitchPort } from '../switch.ts'
import { DEFAULT_MTU, deviceCalls, forgetDevice, type MemoryHost, parentsFirst } from './memory.ts'

export interface LinuxBridge extends Backend {
  readonly kind: 'bridge'
  readonly bridges: ReadonlyMap<string, Bridge>
  readonly bonds: ReadonlyMap<string, PortConfig>
  readonly vlanDevices: ReadonlyMap<string, VlanDevice>
}

interface Bridge {
  readonly name: string
  mac: string | undefined
  /** NICs, bonds, VLAN devices, guests' devices. */
  readonly interfaces: Set<string>
}

interface VlanDevice {
  readonly name: string
  readonly nic: string
  readonly tag: number
  readonly bridge: string
}

/** Linux bridges with VLAN devices, in memory (docs/spec/networking-semantics.md 17.8). */
export function createLinuxBridge(host: MemoryHost): LinuxBridge {
  const bridges = new Map<string, Bridge>()
  const bonds = new Map<string, PortConfig>()
  const vlanDevices = new Map<string, VlanDevice>()

  const create = (name: string, config: BridgeConfig): Bridge => {
    const bridge = bridges.get(name) ?? { name, mac: undefined, interfaces: new Set() }
    bridge.mac = config.bridge_mac ?? bridge.mac
    bridges.set(name, bridge)
    if (config.vlan) addVlanDevice(bridge, ...config.vlan)
    host.up.add(name)
    if (config.persistent) host.persistent.add(name)
    return bridge
  }

  const addPort = (bridge: Bridge, port: string, members: PortConfig): void => {
    const [only = port, ...more] = members.interfaces
    bridge.interfaces.add(more.length > 0 ? port : only)
    if (more.length > 0) bonds.set(port, members)
  }

  const addVlanDevice = (bridge: Bridge, parent: string, tag: number): void => {
    const nic = [...(bridges.get(parent)?.interfaces ?? [])].find(
      name => !vlanDevices.has(name) && !host.guests.has(name),
    )
    if (nic === undefined) throw new DaemonError(`bridge ${parent} has no NIC`)
    const name = `${nic}.${tag}`
    const existing = vlanDevices.get(name)
    if (existing && existing.bridge !== bridge.name) throw new VlanInUse(nic, tag)
    vlanDevices.set(name, { name, nic, tag, bridge: bridge.name })
    bridge.interfaces.add(name)
  }

  const vlansOn = (bridge: Bridge): VlanDevice[] =>
    [...vlanDevices.values()].filter(({ nic }) => bridge.interfaces.has(nic))

  const remove = (bridge: Bridge): void => {
    for (const name of bridge.interfaces) {
      bonds.delete(name)
      vlanDevices.delete(name)
    }
    bridges.delete(bridge.name)
    forgetDevice(host, bridge.name)
  }

  const disconnect = (device: string): void => {
    for (const { interfaces } of bridges.values()) interfaces.delete(device)
  }

  const vlanOf = (bridge: Bridge): readonly [parent: string, tag: number] | undefined => {
    const device = [...bridge.interfaces].flatMap(name => vlanDevices.get(name) ?? [])[0]
    const parent = [...bridges.values()].find(({ interfaces }) => device && interfaces.has(device.nic))
    return device && parent && [parent.name, device.tag]
  }

  return {
    kind: 'bridge',
    isReal: false,
    bridges,
    bonds,
    vlanDevices,
    ...deviceCalls(host),

    async 'Bridge.make_config'(configs) {
      for (const [name, config] of parentsFirst(configs)) {
        const bridge = create(name, config)
        for (const [port, members] of config.ports) addPort(bridge, port, members)
      }
    },

    async 'Bridge.create'(name, config) {
      create(name, config)
    },

    async 'Bridge.destroy'(name, force) {
      host.up.delete(name)
      const bridge = bridges.get(name)
      if (!bridge) return
      const vlans = vlansOn(bridge)
      if (vlans.length > 0 && !force) return
      for (const vlan of vlans) {
        const onVlan = bridges.get(vlan.bridge)
        if (onVlan) remove(onVlan)
      }
      remove(bridge)
    },

    async 'Bridge.get_all'() {
      return [...bridges.keys()]
    },

    async 'Interface.has_vlan'(name, tag) {
      return vlanDevices.has(`${name}.${tag}`)
    },

    async 'Interface.get_mtu'(name) {
      const guest = host.guests.get(name)
      if (guest) return guest.mtu
      const bridge = bridges.get(name)
      if (!bridge) throw new DaemonError(`no device ${name}`)
      const nics = [...bridge.interfaces].map(device => vlanDevices.get(device)?.nic ?? device)
      return host.nicMtu.get(nics.find(nic => host.nicMtu.has(nic)) ?? '') ?? DEFAULT_MTU
    },

    async describe() {
      return [...bridges.values()].map(bridge => {
        const vlan = vlanOf(bridge)
        return {
          name: bridge.name,
          ...(vlan && { vlan }),
          ports: [...bridge.interfaces].filter(device => !vlanDevices.has(device)),
          up: host.up.has(bridge.name),
          persistent: host.persistent.has(bridge.name),
        }
      })
    },

    async inspect() {
      return [...bridges.values()].map(({ name, interfaces }) => ({
        name,
        up: host.up.has(name),
        fail_mode: '',
        external_ids: new Map(),
        other_config: new Map(),
        ports: [...interfaces].map(device => devicePort(device, vlanDevices.get(device), bonds)),
      }))
    },

    async edit() {
      throw new DaemonError('Linux bridges take no tunnel ports')
    },

    async pushController() {
      throw new DaemonError('the network back end is not Open vSwitch')
    },

    async addGuestPort(port) {
      host.guests.set(port.device, port)
      disconnect(port.device)
      if (port.locking === 'disabled') return
      const bridge = bridges.get(port.bridge)
      if (!bridge) throw new DaemonError(`no bridge named ${port.bridge}`)
      bridge.interfaces.add(port.device)
    },

    async boot() {
      for (const bridge of [...bridges.values()]) remove(bridge)
      host.guests.clear()
    },

    close() {},

    async removeGuestPort(device) {
      disconnect(device)
      host.guests.delete(device)
    },
  }
}

const NOTHING: ReadonlyMap<string, string> = new Map()

function devicePort(name: string, vlan: VlanDevice | undefined, bonds: ReadonlyMap<string, PortConfig>): SwitchPort {
  const below = vlan?.nic ?? name
  return {
    name,
    type: vlan ? 'vlan' : '',
    interfaces: bonds.get(below)?.interfaces ?? [below],
    fake_bridge: false,
    tag: vlan?.tag,
    trunks: [],
    protected: false,
    options: NOTHING,
    external_ids: NOTHING,
    bfd: NOTHING,
    ofport: undefined,
    error: undefined,
    bfd_status: NOTHING,
    status: NOTHING,
  }
}
