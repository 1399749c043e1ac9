import type { Backend, BridgeConfig, GuestPort, InterfaceConfig, Managers } from '../daemon.ts'

/** What a host's kernel and daemon remember besides bridges, in memory. */
export interface MemoryHost {
  /** Devices that were configured, as they were told. */
  readonly devices: Map<string, InterfaceConfig>
  /** Devices that are up. */
  readonly up: Set<string>
  readonly persistent: Set<string>
  /** NICs with virtual functions. */
  readonly sriov: Set<string>
  /**
   * The MTU of each NIC. A bridge has that of its NIC: nothing here makes a device follow the MTU that is asked for, as nothing
   * did when the conversations of a real server were recorded.
   */
  readonly nicMtu: ReadonlyMap<string, number>
  /** Devices of guests, by name. They are there whether a bridge has them or not. */
  readonly guests: Map<string, GuestPort>
  gatewayInterface: string | undefined
  dnsInterface: string | undefined
  vxlanPortOpen: boolean
  ovsdbPortOpen: boolean
  nbdBridges: readonly string[] | undefined
  /** Also of a real switch, which is not told: it would look for the files of a host. */
  managers: Managers
}

export const createMemoryHost = (nicMtu: ReadonlyMap<string, number>): MemoryHost => ({
  devices: new Map(),
  up: new Set(),
  persistent: new Set(),
  sriov: new Set(),
  nicMtu,
  guests: new Map(),
  gatewayInterface: undefined,
  dnsInterface: undefined,
  vxlanPortOpen: false,
  ovsdbPortOpen: false,
  nbdBridges: undefined,
  managers: { targets: [], ssl: undefined },
})

type DeviceCalls = Pick<
  Backend,
  | 'isVxlanOpen'
  | 'Bridge.set_persistent'
  | 'Interface.make_config'
  | 'Interface.set_persistent'
  | 'set_gateway_interface'
  | 'set_dns_interface'
  | 'Sriov.enable'
  | 'Sriov.disable'
  | 'FIREWALL'
  | 'firewall'
  | 'managers'
  | 'setNbdBridges'
>

/** The calls that are the same whatever makes the bridges. */
export function deviceCalls(host: MemoryHost): DeviceCalls {
  const setPersistent = async (name: string, persistent: boolean): Promise<void> => {
    if (persistent) host.persistent.add(name)
    else host.persistent.delete(name)
  }
  return {
    'Bridge.set_persistent': setPersistent,
    'Interface.set_persistent': setPersistent,

    async 'Interface.make_config'(devices) {
      for (const [name, config] of devices) {
        host.devices.set(name, config)
        host.up.add(name)
        await setPersistent(name, config.persistent)
      }
    },

    async set_gateway_interface(bridge) {
      host.gatewayInterface = bridge
    },

    async set_dns_interface(bridge) {
      host.dnsInterface = bridge
    },

    async 'Sriov.enable'(name) {
      host.sriov.add(name)
    },

    async 'Sriov.disable'(name) {
      host.sriov.delete(name)
    },

    async FIREWALL(_service, enabled) {
      host.vxlanPortOpen = enabled
    },

    isVxlanOpen: () => host.vxlanPortOpen,

    async firewall() {
      return { ovsdb: host.ovsdbPortOpen, nbd: host.nbdBridges }
    },

    managers: async () => host.managers,

    async setNbdBridges(bridges) {
      host.nbdBridges = bridges
    },
  }
}

/** Forgets what was said about a device that is no more. */
export function forgetDevice(host: MemoryHost, name: string): void {
  host.devices.delete(name)
  host.up.delete(name)
  host.persistent.delete(name)
}

/** What a bridge device has that has no NIC. */
export const DEFAULT_MTU = 1500

export const parentsFirst = (bridges: ReadonlyMap<string, BridgeConfig>): (readonly [string, BridgeConfig])[] =>
  [...bridges].sort(([, a], [, b]) => (a.vlan ? 1 : 0) - (b.vlan ? 1 : 0))
