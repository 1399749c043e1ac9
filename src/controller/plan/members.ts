import type { Host, Memory, Network, Observed, Port, Protocol, Switch, Tunnel } from '../model.ts'
import { hasAddress } from './addresses.ts'

/** A host that takes part in a network: its tunnel is plugged and there is a way to tell it where the others are. */
export interface Member {
  readonly host: Host
  readonly tunnel: Tunnel
  readonly switch: Switch | undefined
  /** Whether its switch takes changes now. */
  readonly connected: boolean
  /** Whether its switch has been out of reach for too long to be counted on. */
  readonly unreachable: boolean
  readonly hasBridge: boolean
}

/** One network, and all that planning it takes. */
export interface View {
  readonly network: Network | undefined
  readonly uuid: string
  /** One tunnel a host. */
  readonly tunnels: readonly Tunnel[]
  /** By host; those that links may be built for. */
  readonly members: ReadonlyMap<string, Member>
  /** The ports that the network has, by host, of all hosts that have any. */
  readonly ports: ReadonlyMap<string, readonly Port[]>
  /** The same by the host that each leads to; of several to one host, the first. */
  readonly portTo: ReadonlyMap<string, ReadonlyMap<string, Port>>
  readonly hosts: ReadonlyMap<string, Host>
  /** Of all hosts, members or not. */
  readonly switches: ReadonlyMap<string, Switch>
}

/** Gathers what there is of a network. `network` may be gone already: what is left of it has to be seen then. */
export function viewOf(observed: Observed, memory: Memory, uuid: string): View {
  const network = observed.networks.get(uuid)
  const ports = new Map<string, readonly Port[]>()
  const portTo = new Map<string, ReadonlyMap<string, Port>>()
  for (const [host, { own }] of observed.switches) {
    const those = own.get(uuid)
    if (!those) continue
    ports.set(host, those)
    const byPeer = new Map<string, Port>()
    for (const port of those) if (port.mark && !byPeer.has(port.mark.peer)) byPeer.set(port.mark.peer, port)
    portTo.set(host, byPeer)
  }
  const tunnels = onePerHost((network && observed.tunnels.get(uuid)) ?? [])
  const members = new Map<string, Member>()
  const view: View = {
    network,
    uuid,
    tunnels,
    members,
    ports,
    portTo,
    hosts: observed.hosts,
    switches: observed.switches,
  }
  if (!network) return view
  for (const tunnel of tunnels) {
    const host = observed.hosts.get(tunnel.host)
    if (!host || !tunnel.attached || !hasAddress(tunnel.transport) || network.encrypted) continue
    const itsSwitch = observed.switches.get(tunnel.host)
    const connected = itsSwitch?.connected ?? false
    members.set(host.uuid, {
      host,
      tunnel,
      switch: itsSwitch,
      connected,
      unreachable: !connected && (!itsSwitch || memory.unreachable.has(host.uuid)),
      hasBridge: itsSwitch?.bridges.has(network.bridge) ?? false,
    })
  }
  return view
}

/**
 * In the order of the hosts. While a bond is made a host has an old and a new tunnel of a network (docs/spec/
 * networking-semantics.md 6.5): the plugged one counts.
 */
function onePerHost(tunnels: readonly Tunnel[]): Tunnel[] {
  const found = new Map<string, Tunnel>()
  for (const tunnel of tunnels) {
    const other = found.get(tunnel.host)
    if (!other || counts(tunnel, other)) found.set(tunnel.host, tunnel)
  }
  return [...found.values()].sort((a, b) => (a.host < b.host ? -1 : 1))
}

const counts = (tunnel: Tunnel, other: Tunnel): boolean =>
  tunnel.attached === other.attached ? tunnel.uuid < other.uuid : tunnel.attached

/** The protocols of a network's tunnels: each tunnel has its own. */
export const protocolsOf = (tunnels: readonly Tunnel[]): ReadonlySet<Protocol> =>
  new Set(tunnels.map(({ protocol }) => protocol))
