import type { Memory, Tunnel, WantedPort } from '../model.ts'
import { addressesOf } from './addresses.ts'
import { endOf, portTo } from './ends.ts'
import { hash } from './hash.ts'
import type { Member, View } from './members.ts'

/** Which hosts are to be linked, and how. */
export interface Target {
  readonly shape: 'star' | 'mesh'
  /** The hosts that each member is linked to. In a star a spoke has one, which is nearly always the centre. */
  readonly peers: ReadonlyMap<string, readonly string[]>
  /** Pairs that should have been linked, but whose transports have no address of one family. */
  readonly apart: ReadonlySet<string>
}

/** A mesh where the network is one and all its switches can keep ports apart; else a star around `centre`. */
export function shapeOf({ network, members }: View): Target['shape'] {
  if (network?.topology !== 'mesh') return 'star'
  return [...members.values()].every(({ switch: its }) => its?.canProtect ?? true) ? 'mesh' : 'star'
}

export function targetOf(view: View, memory: Memory, centre: string | undefined): Target {
  const shape = shapeOf(view)
  const pairs = shape === 'mesh' ? meshPairs(view) : starPairs(view, memory, centre)
  const peers = new Map<string, string[]>([...view.members.keys()].map(host => [host, []]))
  const apart = new Set<string>()
  for (const [a, b] of pairs) {
    const [near, far] = [view.members.get(a), view.members.get(b)]
    if (!near || !far) continue
    if (!addressesOf(near.tunnel.transport, far.tunnel.transport)) {
      apart.add(a).add(b)
      continue
    }
    peers.get(a)?.push(b)
    peers.get(b)?.push(a)
  }
  return { shape, peers, apart }
}

type Pair = readonly [a: string, b: string]

/**
 * Every spoke with the centre. A spoke whose switch cannot be reached is given no new link, since nobody knows which others it
 * has: it keeps one that works, or else the one that it has with the centre. Several such hosts that still have links among
 * themselves keep one for all of them.
 */
function starPairs(view: View, memory: Memory, centre: string | undefined): Pair[] {
  if (centre === undefined || !view.members.get(centre)?.connected) return presentPairs(view)
  const spokes = [...view.members.values()].filter(({ host }) => host.uuid !== centre)
  const away = spokes.filter(member => !isOpen(member)).map(({ host }) => host.uuid)
  const served = new Set<string>()
  const serve = (holder: string, spoke: string): Pair[] => {
    if (served.has(spoke)) return []
    for (const host of islandOf(view, away, spoke)) served.add(host)
    return [[holder, spoke]]
  }
  return [
    ...spokes.filter(isOpen).map(({ host }): Pair => [centre, host.uuid]),
    ...away.filter(spoke => endOf(view, memory, centre, spoke) === 'up').flatMap(spoke => serve(centre, spoke)),
    ...away.flatMap(spoke => {
      const holder = spokes.find(({ host, connected }) => connected && endOf(view, memory, host.uuid, spoke) === 'up')
      return holder ? serve(holder.host.uuid, spoke) : []
    }),
    ...away.filter(spoke => portTo(view, centre, spoke)).flatMap(spoke => serve(centre, spoke)),
  ]
}

/** The hosts of `away` that one of them has links with, itself included. */
function islandOf(view: View, away: readonly string[], start: string): readonly string[] {
  const island = [start]
  for (const host of island) {
    island.push(...away.filter(peer => !island.includes(peer) && portTo(view, host, peer) && portTo(view, peer, host)))
  }
  return island
}

/** Whether a host can be given new links. */
const isOpen = ({ connected, hasBridge }: Member): boolean => connected && hasBridge

function meshPairs(view: View): Pair[] {
  const members = [...view.members.values()]
  return members.flatMap((near, at) =>
    members.slice(at + 1).flatMap(far => {
      const [a, b] = [near.host.uuid, far.host.uuid]
      const isThere = portTo(view, a, b) !== undefined || portTo(view, b, a) !== undefined
      return (isOpen(near) && isOpen(far)) || isThere ? [[a, b] as const] : []
    }),
  )
}

/** Where no host can be a centre, or the centre is away, what is there is left alone, but for second ways; nobody can cut those between two that are away. */
function presentPairs(view: View): Pair[] {
  const hosts = [...view.members.keys()]
  const islands = new Map(hosts.map(host => [host, [host]]))
  const pairs = hosts
    .flatMap((a, at) => hosts.slice(at + 1).map((b): Pair => [a, b]))
    .filter(([a, b]) => portTo(view, a, b) && portTo(view, b, a))
  const isOut = (host: string) => !view.members.get(host)?.connected
  return [
    ...pairs.filter(([a, b]) => isOut(a) && isOut(b)),
    ...pairs.filter(([a, b]) => !isOut(a) || !isOut(b)),
  ].filter(([a, b]) => {
    const [near, far] = [islands.get(a), islands.get(b)]
    if (!near || !far || near === far) return false
    for (const host of far) islands.set(host, near)
    near.push(...far)
    return true
  })
}

/** The ports that a target takes, by host. Hosts whose bridge is not there get none. */
export function portsOf(
  view: View,
  target: Target,
  key: number | undefined,
): ReadonlyMap<string, readonly WantedPort[]> {
  const ports = new Map<string, readonly WantedPort[]>()
  const { network } = view
  if (!network || key === undefined) return ports
  for (const [host, peers] of target.peers) {
    const near = view.members.get(host)
    if (!near?.hasBridge || peers.length === 0) continue
    const wanted = peers.flatMap(peer => {
      const far = view.members.get(peer)
      const [a, b] = far && host < peer ? [near, far] : [far, near]
      const addresses = far && a && b && addressesOf(a.tunnel.transport, b.tunnel.transport)
      if (!far || !addresses) return []
      return {
        bridge: network.bridge,
        name: portName(network.uuid, peer),
        type: protocolOf(near.tunnel, far.tunnel),
        remoteIp: a === near ? addresses.far : addresses.near,
        key,
        mark: { pool: network.pool, network: network.uuid, peer },
        isProtected: target.shape === 'mesh',
      }
    })
    ports.set(host, wanted)
  }
  return ports
}

/**
 * Each tunnel has its own protocol: where those of a link differ, both ends speak GRE, since a host lets VXLAN in only while
 * it has a plugged tunnel of that protocol (docs/spec/networking-semantics.md 10.6).
 */
export const protocolOf = (near: Tunnel, far: Tunnel): 'gre' | 'vxlan' =>
  near.protocol === 'vxlan' && far.protocol === 'vxlan' ? 'vxlan' : 'gre'

/** The name of the port that leads to a host: no two networks of one switch, and no two hosts, share one. */
const portName = (network: string, peer: string): string => `xt${hash(`${network} ${peer}`).toString(36)}`
