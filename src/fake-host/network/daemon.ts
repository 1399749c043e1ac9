import type { SwitchBridge, SwitchEdit } from './switch.ts'

/**
 * What a host's toolstack asks of its network daemon. Calls, fields and values have the daemon's own names, as in the
 * `networkd` lists of recorded conversations; what they do is in docs/spec/networking-semantics.md 17.
 */
export interface NetworkDaemon {
  /** Creates or updates bridges with their ports, parents before the VLAN bridges on them. */
  'Bridge.make_config'(bridges: ReadonlyMap<string, BridgeConfig>): Promise<void>
  /** Creates a bridge for a network without a PIF on this host. */
  'Bridge.create'(name: string, config: BridgeConfig): Promise<void>
  /** Unless forced, a bridge that carries VLAN bridges is only taken down. An unknown bridge is no failure. */
  'Bridge.destroy'(name: string, force: boolean): Promise<void>
  /** A persistent bridge is made again when the host boots. */
  'Bridge.set_persistent'(name: string, persistent: boolean): Promise<void>
  /** Names of all bridges, VLAN bridges included. */
  'Bridge.get_all'(): Promise<readonly string[]>
  'Interface.make_config'(devices: ReadonlyMap<string, InterfaceConfig>): Promise<void>
  'Interface.set_persistent'(name: string, persistent: boolean): Promise<void>
  /** Whether the kernel has a VLAN device with this tag on a NIC. */
  'Interface.has_vlan'(name: string, tag: number): Promise<boolean>
  /** The MTU of a device as it is. */
  'Interface.get_mtu'(name: string): Promise<number>
  set_gateway_interface(bridge: string): Promise<void>
  set_dns_interface(bridge: string): Promise<void>
  /** Gives a NIC its virtual functions, and takes them away. */
  'Sriov.enable'(name: string): Promise<void>
  'Sriov.disable'(name: string): Promise<void>
  /** Opens or closes UDP 4789. */
  FIREWALL(service: 'vxlan', enabled: boolean): Promise<void>
}

export type DaemonCall = keyof NetworkDaemon

export interface BridgeConfig {
  /** That of the pool, the network and the PIF, and `network-uuids`. */
  readonly other_config: ReadonlyMap<string, string>
  readonly bridge_mac?: string
  readonly vlan?: readonly [parent: string, tag: number]
  readonly ports: ReadonlyMap<string, PortConfig>
  readonly igmp_snooping?: boolean
  readonly persistent: boolean
}

/** One NIC, or the NICs of a bond. */
export interface PortConfig {
  readonly interfaces: readonly string[]
  readonly bond_mac?: string
  readonly bond_properties?: ReadonlyMap<string, string>
}

type Addresses = readonly (readonly [address: string, prefix: number])[]

export interface InterfaceConfig {
  readonly ipv4_conf: 'None4' | 'DHCP4' | readonly ['Static4', Addresses]
  readonly ipv4_gateway?: string
  readonly ipv6_conf: 'Linklocal6' | 'DHCP6' | 'Autoconf6' | readonly ['Static6', Addresses]
  readonly ipv6_gateway?: string
  readonly ipv4_routes: readonly (readonly [subnet: string, prefix: number, gateway: string])[]
  /** Name servers and search list; absent: left as they are. */
  readonly dns?: readonly [servers: readonly string[], domains: readonly string[]]
  readonly mtu: number
  readonly ethtool_settings: ReadonlyMap<string, string>
  readonly ethtool_offload: ReadonlyMap<string, string>
  readonly persistent: boolean
}

/** A bridge as it is now, in terms that every back end has. */
export interface BridgeDescription {
  readonly name: string
  /** Of a VLAN bridge: what it stands on. */
  readonly vlan?: readonly [parent: string, tag: number]
  /** NICs, bonds and guests' devices on it. */
  readonly ports: readonly string[]
  readonly up: boolean
  readonly persistent: boolean
}

/** A guest's network device, as the script that is run at its hot-plug is told of it (docs/spec/networking-semantics.md 17.6). */
export interface GuestPort {
  /** `vifD.d`: the domain's number and the VIF's device. */
  readonly device: string
  readonly bridge: string
  readonly MAC: string
  /** That of the device, in bytes. */
  readonly mtu: number
  /** uuids */
  readonly vm: string
  readonly vif: string
  readonly network: string
  /** The VIF's own mode, or the network's where the VIF leaves it to the network. Nothing passes a disabled one. */
  readonly locking: 'locked' | 'unlocked' | 'disabled'
  /** What a locked one lets through. */
  readonly ipv4Allowed: readonly string[]
  readonly ipv6Allowed: readonly string[]
  /** Tags that reach the guest as they are; none: it gets untagged frames. */
  readonly trunks: readonly number[]
}

/** What the firewall of a host lets in, besides VXLAN and what it always does. */
interface Firewall {
  /** TCP 6640, for a controller that connects to the switch by itself. */
  readonly ovsdb: boolean
  /** The bridges on which NBD is let in; undefined before anybody has said. */
  readonly nbd: readonly string[] | undefined
}

/** Whom a switch takes orders from. */
export interface Managers {
  /** `ssl:ADDRESS:PORT` or `pssl:PORT` */
  readonly targets: readonly string[]
  /** The files that it proves itself with, and knows them by; undefined: none. */
  readonly ssl: ManagerSsl | undefined
}

export interface ManagerSsl {
  readonly private_key: string
  readonly certificate: string
  readonly ca_cert: string
  /** It takes the certificate that it sees first for the right one. */
  readonly bootstrap_ca_cert: boolean
}

/** What the switch of a host is told about the controller of the pool (docs/spec/networking-semantics.md 15.4). */
export interface ControllerPush {
  /** `ssl:ADDRESS:PORT` or `pssl:6640`; undefined where the pool has no controller. */
  readonly manager: string | undefined
  /** By the bridge of a network that the pool knows: what its parent, or the bridge itself, is to have. */
  readonly bridges: ReadonlyMap<string, BridgePolicy>
  /** The fail mode of bridges whose network asks for none. */
  readonly failMode: string | undefined
}

export interface BridgePolicy {
  /** `true` or `false`; undefined: none. Anything else leaves it as it is. */
  readonly disableInBand: string | undefined
  /** `secure`; undefined: that of the pool. Anything else is standalone. */
  readonly failMode: string | undefined
}

/** Something that does what the daemon is asked: in memory, or a real switch. */
export interface Backend extends NetworkDaemon {
  readonly kind: 'openvswitch' | 'bridge'
  /** Whether it is a switch of its own and not simulated here. */
  readonly isReal: boolean
  describe(): Promise<readonly BridgeDescription[]>
  firewall(): Promise<Firewall>
  managers(): Promise<Managers>
  /** Lets NBD in on these bridges, and on no others. */
  setNbdBridges(bridges: readonly string[]): Promise<void>
  /**
   * Makes the switch follow the controller of the pool; a Linux bridge has none. Gives what was changed, in the words of the
   * plugin that does it on a host. Throws DaemonError.
   */
  pushController(push: ControllerPush): Promise<string>
  /**
   * Connects a guest's device to a bridge, real or of a VLAN. One that is connected moves, and has what is told now; a disabled
   * one has no port. Throws DaemonError where there is no such bridge.
   */
  addGuestPort(port: GuestPort): Promise<void>
  /** Takes a guest's device off its bridge. An unknown one is no failure. */
  removeGuestPort(device: string): Promise<void>
  /** What is on the switch. Where it is simulated, without what depends on other hosts. */
  inspect(): Promise<readonly SwitchBridge[]>
  /** Makes changes that are not the host's own, all of them or none. Throws DaemonError. */
  edit(edits: readonly SwitchEdit[]): Promise<void>
  /** Whether frames of VXLAN come in. */
  isVxlanOpen(): boolean
  /** The host boots: every bridge that its toolstack has made goes, with what is on it. Those of others stay. */
  boot(): Promise<void>
  /** Lets go of a real switch, which stays as it is. */
  close(): void
}

/** A failure of the daemon that has no shape of its own. */
export class DaemonError extends Error {
  override readonly name: string = 'DaemonError'
}

/** A program that the daemon ran has failed: its path, arguments, exit code and output, as far as known. */
export class ScriptError extends DaemonError {
  override readonly name = 'ScriptError'
  /** What the program said on stderr; empty where that is not known. */
  readonly said: string

  constructor(details: Readonly<Record<string, string>>) {
    const pairs = Object.entries(details).map(([key, value]) => `${key} = ${value}`)
    super(`script error [${pairs.join(', ')}]`)
    this.said = details.stderr ?? ''
  }
}

/** The kernel has a VLAN device with this tag that is somebody else's. */
export class VlanInUse extends DaemonError {
  override readonly name = 'VlanInUse'
  readonly device: string
  readonly tag: number

  constructor(device: string, tag: number) {
    super(`VLAN ${tag} on ${device} is in use`)
    this.device = device
    this.tag = tag
  }
}
