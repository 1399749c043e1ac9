import type { KeyRange, Memory, Observed, Tunnel } from '../model.ts'
import { hash } from './hash.ts'
import { protocolsOf } from './members.ts'

/** The largest key that each protocol has room for; a switch takes larger ones without a word. */
const LARGEST = { gre: 2 ** 32 - 1, vxlan: 2 ** 24 - 1 } as const

/** The keys of networks; undefined for one that none is left for. */
export type Keys = ReadonlyMap<string, number | undefined>

/**
 * A key for each network that has tunnels, no two the same. A network keeps the one it has: what is remembered, what the status
 * of its tunnels says, what its ports carry. A new one begins its search at a place that follows from the network's uuid, so
 * that it is likely to find the same key again, whatever was forgotten. A key that a port still carries is not given to another
 * network, whoever made the port.
 */
export function allotKeys(observed: Observed, memory: Memory, range: KeyRange): Keys {
  const networks = [...observed.tunnels.keys()].filter(uuid => observed.networks.has(uuid)).sort()
  const carried = carriedKeys(observed)
  const keys = new Map<string, number | undefined>()
  const holders = new Map<number, string>()

  const claims = networks.map(network => ({ network, claim: claimOf(network, observed, memory, carried) }))
  for (const rank of ['memory', 'ports', 'status'] as const) {
    for (const { network, claim } of claims) {
      if (claim?.rank !== rank || holders.has(claim.key)) continue
      const limits = within(range, observed.tunnels.get(network) ?? [])
      if (claim.key < limits.first || claim.key > limits.last) continue
      if (rank === 'status' && isElsewhere(carried, claim.key, network)) continue
      if (isForeign(claim.key, network, observed)) continue
      keys.set(network, claim.key)
      holders.set(claim.key, network)
    }
  }
  for (const network of networks) {
    if (keys.has(network)) continue
    const key = freeKey(
      network,
      within(range, observed.tunnels.get(network) ?? []),
      key => holders.has(key) || isElsewhere(carried, key, network),
    )
    keys.set(network, key)
    if (key !== undefined) holders.set(key, network)
  }
  return keys
}

/** The part of a range that all protocols of a network's tunnels have room for. */
function within({ first, last }: KeyRange, tunnels: readonly Tunnel[]): KeyRange {
  const largest = Math.min(...[...protocolsOf(tunnels)].map(protocol => LARGEST[protocol]))
  return { first: Math.max(first, 1), last: Math.min(last, largest) }
}

function freeKey(network: string, { first, last }: KeyRange, isTaken: (key: number) => boolean): number | undefined {
  const size = last - first + 1
  if (size < 1) return undefined
  const start = hash(network) % size
  for (let step = 0; step < size; step += 1) {
    const key = first + ((start + step) % size)
    if (!isTaken(key)) return key
  }
  return undefined
}

interface Claim {
  readonly key: number
  readonly rank: 'memory' | 'ports' | 'status'
}

function claimOf(network: string, observed: Observed, memory: Memory, carried: Carried): Claim | undefined {
  const remembered = memory.keys.get(network)
  if (remembered !== undefined) return { key: remembered, rank: 'memory' }
  const carriedKey = carried.byNetwork.get(network)
  if (carriedKey !== undefined) return { key: carriedKey, rank: 'ports' }
  for (const { status } of observed.tunnels.get(network) ?? []) {
    const said = status.get('key')
    if (said !== undefined && /^[1-9]\d{0,9}$/.test(said)) return { key: Number(said), rank: 'status' }
  }
  return undefined
}

/** Who carries which key: networks of ours, and ports of others under the empty name. */
interface Carried {
  readonly holders: ReadonlyMap<number, ReadonlySet<string>>
  /** What most ports of a network carry. */
  readonly byNetwork: ReadonlyMap<string, number>
}

function carriedKeys(observed: Observed): Carried {
  const holders = new Map<number, Set<string>>()
  const counts = new Map<string, Map<number, number>>()
  const hold = (key: number, holder: string) => {
    const those = holders.get(key)
    if (those) those.add(holder)
    else holders.set(key, new Set([holder]))
  }
  for (const { own, foreign } of observed.switches.values()) {
    for (const [network, ports] of own) {
      const those = counts.get(network) ?? new Map<number, number>()
      counts.set(network, those)
      for (const { key } of ports) {
        if (key === undefined) continue
        hold(key, network)
        those.set(key, (those.get(key) ?? 0) + 1)
      }
    }
    for (const { key } of foreign) if (key !== undefined) hold(key, '')
  }
  const byNetwork = new Map<string, number>()
  for (const [network, those] of counts) {
    const [most] = [...those].sort(([a, n], [b, m]) => m - n || a - b)
    if (most) byNetwork.set(network, most[0])
  }
  return { holders, byNetwork }
}

function isElsewhere({ holders }: Carried, key: number, network: string): boolean {
  const those = holders.get(key)
  return those !== undefined && (those.size > 1 || !those.has(network))
}

/**
 * Whether a port of somebody else stands where one of the network would have to: with the same key, to the same address. A
 * network that already works keeps its key.
 */
function isForeign(key: number, network: string, observed: Observed): boolean {
  const tunnels = observed.tunnels.get(network) ?? []
  const addresses = new Set(tunnels.flatMap(({ transport: { ipv4, ipv6 } }) => [ipv4, ipv6]))
  const switches = tunnels.flatMap(({ host }) => observed.switches.get(host) ?? [])
  const works = switches.some(({ own }) => own.get(network)?.some(port => port.key === key && port.bfd === 'up'))
  if (works) return false
  return switches.some(({ foreign }) =>
    foreign.some(port => port.key === key && port.remoteIp !== undefined && addresses.has(port.remoteIp)),
  )
}
