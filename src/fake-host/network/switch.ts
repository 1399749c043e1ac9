/** What is on a host's switch, in the words of an Open vSwitch database. */
export interface SwitchBridge {
  readonly name: string
  /** Whether its own device is up. */
  readonly up: boolean
  readonly fail_mode: string
  readonly external_ids: ReadonlyMap<string, string>
  readonly other_config: ReadonlyMap<string, string>
  /** VLAN bridges are ports here, with `fake_bridge`. */
  readonly ports: readonly SwitchPort[]
}

export interface SwitchPort {
  readonly name: string
  /** Of its only interface: empty for a system device, `internal`, `gre`, `vxlan`; `vlan` for a device of the kernel with a tag. */
  readonly type: string
  /** More than one in a bond. Of a `vlan` the NIC below it. */
  readonly interfaces: readonly string[]
  /** A port with a tag that passes for a bridge of its own. */
  readonly fake_bridge: boolean
  readonly tag: number | undefined
  readonly trunks: readonly number[]
  /** Nothing goes from one such port to another. */
  readonly protected: boolean
  /** Of the interface, as all below. */
  readonly options: ReadonlyMap<string, string>
  readonly external_ids: ReadonlyMap<string, string>
  readonly bfd: ReadonlyMap<string, string>
  /** Undefined until the switch has taken it up; -1 where it could not. */
  readonly ofport: number | undefined
  /** Why it could not. */
  readonly error: string | undefined
  readonly bfd_status: ReadonlyMap<string, string>
  readonly status: ReadonlyMap<string, string>
}

/** A change that somebody other than the host's own daemon makes to a switch, such as a controller. */
export type SwitchEdit =
  | { readonly op: 'del-port'; readonly port: string }
  | ({ readonly op: 'add-port'; readonly bridge: string; readonly type: string } & EditedPort)
  | ({ readonly op: 'set-port' } & EditedPort)

/** What of a port can be written; what is not given stays, or is empty in a new port. */
interface EditedPort {
  readonly port: string
  readonly options?: ReadonlyMap<string, string> | undefined
  readonly external_ids?: ReadonlyMap<string, string> | undefined
  readonly bfd?: ReadonlyMap<string, string> | undefined
  readonly protected?: boolean | undefined
}

/** The types of interfaces that encapsulate frames, to another host. */
export const isTunnelPort = ({ type }: Pick<SwitchPort, 'type'>): boolean => type === 'gre' || type === 'vxlan'
