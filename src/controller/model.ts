/**
 * What the controller knows of the world. All of it is plain data; hosts, networks, tunnels and pools go by their uuids, so
 * that several pools fit in one picture.
 */
export interface Observed {
  /** The pools that this controller looks after. */
  readonly pools: ReadonlySet<string>
  readonly hosts: ReadonlyMap<string, Host>
  readonly networks: ReadonlyMap<string, Network>
  /** By the uuid of their network. */
  readonly tunnels: ReadonlyMap<string, readonly Tunnel[]>
  /** By the uuid of their host. A host without an entry has a switch that nobody has ever reached. */
  readonly switches: ReadonlyMap<string, Switch>
}

export interface Host {
  readonly uuid: string
  readonly name: string
  readonly enabled: boolean
  /** As its metrics have it. */
  readonly live: boolean
  /** Whether the operator wants it to be no centre. */
  readonly drained: boolean
}

export type Topology = 'star' | 'mesh'
export type Protocol = 'gre' | 'vxlan'

export interface Network {
  readonly uuid: string
  readonly pool: string
  readonly name: string
  readonly bridge: string
  /** In bytes. */
  readonly mtu: number
  readonly topology: Topology
  /** The host that the operator wants as the centre. */
  readonly preferred: string | undefined
  /** Whether its operator asked that nothing leaves a host in clear. */
  readonly encrypted: boolean
}

export interface Tunnel {
  readonly uuid: string
  readonly network: string
  readonly host: string
  readonly protocol: Protocol
  /** Whether its access PIF is plugged. */
  readonly attached: boolean
  readonly transport: Transport
  readonly status: ReadonlyMap<string, string>
}

/** The PIF that a tunnel's packets leave through. */
export interface Transport {
  /** The uuid of its network. */
  readonly network: string
  readonly attached: boolean
  /** In bytes. */
  readonly mtu: number
  readonly ipv4: string | undefined
  readonly ipv6: string | undefined
  readonly prefers: 'IPv4' | 'IPv6'
}

/** A host's switch, as it is or, while it is not connected, as it was last seen. */
export interface Switch {
  readonly connected: boolean
  /** Whether the switch carries out what its database says: one that has died leaves its last words there. */
  readonly follows: boolean
  /** Whether ports can be kept from forwarding to one another. */
  readonly canProtect: boolean
  readonly bridges: ReadonlySet<string>
  /** The ports that a controller of one of the pools has made, by network. */
  readonly own: ReadonlyMap<string, readonly Port[]>
  /** The tunnel ports of everybody else. */
  readonly foreign: readonly Port[]
}

/** Who a port belongs to; kept with the port, in external_ids. */
export interface Mark {
  readonly pool: string
  readonly network: string
  /** The host at the other end. */
  readonly peer: string
}

/** What a tunnel port is to be. */
export interface WantedPort {
  readonly bridge: string
  readonly name: string
  readonly type: Protocol
  readonly remoteIp: string
  readonly key: number
  readonly mark: Mark
  readonly isProtected: boolean
}

/** A tunnel port of a switch. */
export interface Port {
  readonly bridge: string
  readonly name: string
  readonly type: string
  readonly remoteIp: string | undefined
  readonly key: number | undefined
  readonly mark: Mark | undefined
  readonly isProtected: boolean
  /** Above 0 once the switch has it, below where it refused, undefined while it has not said. */
  readonly ofport: number | undefined
  /** Empty where there is none. */
  readonly error: string
  /** `off` where nobody looks. */
  readonly bfd: 'up' | 'down' | 'off'
  /** Whether everything of it that is the dataplane's to choose is as this controller would write it. */
  readonly isIntact: boolean
  /** Whether the switch knows a way to the other end. */
  readonly routed: boolean
}

/** A change of one host's switch. */
export type Change =
  | { readonly op: 'add'; readonly port: WantedPort }
  | { readonly op: 'set'; readonly port: WantedPort }
  | { readonly op: 'remove'; readonly port: Pick<Port, 'bridge' | 'name' | 'mark'> }

/** Keys from the first to the last, both included. */
export interface KeyRange {
  readonly first: number
  readonly last: number
}

export interface Settings {
  readonly keys: KeyRange
}

/** What only time tells, which planning itself knows nothing of. */
export interface Memory {
  /** The centre of each network. */
  readonly centres: ReadonlyMap<string, string>
  /** The key of each network. */
  readonly keys: ReadonlyMap<string, number>
  /** By `linkEnd`. */
  readonly ends: ReadonlyMap<string, EndMemory>
  /** Hosts whose switch has been out of reach for longer than a connection takes to come back. */
  readonly unreachable: ReadonlySet<string>
  /** How often hosts have failed lately as the centre of a network: by network, then host. */
  readonly failures: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Hosts that failed so often that they have to prove themselves first, by network. */
  readonly held: ReadonlyMap<string, ReadonlySet<string>>
  /** What a switch said when it refused a change, by `linkEnd`. */
  readonly refusals: ReadonlyMap<string, string>
}

/** What is known of one end of a link beside its present state. */
export interface EndMemory {
  /** Whether it has been up since it was made. */
  readonly wasUp: boolean
  /** Whether it is so new that it need not be up yet. */
  readonly fresh: boolean
  /** Whether it is so old that it should have come up. */
  readonly overdue: boolean
}

/** The name of one end of a link in a Memory. */
export const linkEnd = (host: string, port: string): string => `${host}/${port}`

export const noMemory: Memory = {
  centres: new Map(),
  keys: new Map(),
  ends: new Map(),
  unreachable: new Set(),
  failures: new Map(),
  held: new Map(),
  refusals: new Map(),
}
