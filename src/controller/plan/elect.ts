import type { Memory } from '../model.ts'
import { endOf } from './ends.ts'
import { hash } from './hash.ts'
import type { Member, View } from './members.ts'

export interface Election {
  /** The host that is to be the centre; undefined where no host can be one. */
  readonly centre: string | undefined
  /** The host that was given up because its spokes have lost it, or its switch does not do its work. */
  readonly failed: string | undefined
  readonly why: string
}

/**
 * The centre of a network: the one that the operator prefers, else the present one, else the most eligible
 * (docs/spec/open-vswitch.md e, sentences 18 to 26). The same state gives the same host.
 */
export function elect(view: View, memory: Memory): Election {
  const { members, network } = view
  const present = presentCentre(view, memory)
  const eligible = [...members.values()].filter(isEligible)
  const held = memory.held.get(view.uuid)
  const undrained = eligible.filter(({ host }) => !host.drained)
  const steady = undrained.filter(({ host }) => !held?.has(host.uuid))
  const presentMember = present === undefined ? undefined : members.get(present)
  const gone = present !== undefined && isGone(view, memory, present)
  const candidates = firstFilled([steady, undrained, eligible]).filter(({ host }) => !gone || host.uuid !== present)

  const ill = gone ? 'its spokes have lost it' : illness(presentMember)
  if (ill === undefined && presentMember) {
    const wanted = steady.find(({ host }) => host.uuid === network?.preferred)
    if (wanted && wanted !== presentMember && isProven(view, memory, wanted, presentMember)) {
      return settled(wanted, 'the operator prefers it')
    }
    return settled(presentMember, wanted === presentMember ? 'the operator prefers it' : 'it is the present one')
  }
  const drainedOnly = presentMember && ill === DRAINED && undrained.length === 0 && isEligible(presentMember)
  if (drainedOnly) return settled(presentMember, 'all other hosts are drained too, or cannot be a centre')
  const best = candidates.sort(byMerit(view, memory))[0]
  if (!best) {
    if (gone && presentMember && isEligible(presentMember)) return settled(presentMember, 'no other host can be one')
    return { centre: undefined, failed: undefined, why: 'no host can be the centre' }
  }
  const former = present === undefined ? '' : ` in the place of ${nameOf(view, present)}: ${ill ?? 'it has left'}`
  const failed = (gone || FAILURES.has(ill)) && best.host.uuid !== present ? present : undefined
  return { ...settled(best, `it is the most eligible${former}`), failed }
}

const settled = ({ host }: Member, why: string): Election => ({
  centre: host.uuid,
  failed: undefined,
  why: `the centre is ${host.name}: ${why}`,
})

const DRAINED = 'it is drained'
const UNREACHABLE = 'its switch is out of reach'
const STUCK = 'its switch does not follow its database'
/** What counts against a host that is to be the centre again, like links that were lost; nobody has meant these. */
const FAILURES: ReadonlySet<string | undefined> = new Set([UNREACHABLE, STUCK])

/** Why a host can be the centre no longer. A switch that was lost a moment ago may be back before anything has to move. */
function illness(member: Member | undefined): string | undefined {
  if (!member) return 'it has left the network'
  const { host, connected, unreachable, hasBridge } = member
  if (!host.live) return 'it is dead'
  if (!host.enabled) return 'it is disabled'
  if (host.drained) return DRAINED
  if (unreachable) return UNREACHABLE
  if (connected && !hasBridge) return 'its bridge is gone'
  if (connected && member.switch?.follows === false) return STUCK
  return undefined
}

/** Drained hosts included: they are the last resort. */
const isEligible = (member: Member): boolean => member.connected && [undefined, DRAINED].includes(illness(member))

function firstFilled<T>(lists: readonly (readonly T[])[]): readonly T[] {
  return lists.find(list => list.length > 0) ?? []
}

/** The centre as remembered; after a restart, the host that most links of the network meet at. */
function presentCentre(view: View, memory: Memory): string | undefined {
  const remembered = memory.centres.get(view.uuid)
  if (remembered !== undefined) return remembered
  let best: { readonly host: string; readonly degree: number; readonly rank: number } | undefined
  for (const host of view.members.keys()) {
    const degree = (view.ports.get(host) ?? []).filter(({ mark }) => mark && meets(view, host, mark.peer)).length
    if (degree === 0) continue
    const rank = hash(`${view.uuid} ${host}`)
    if (!best || degree > best.degree || (degree === best.degree && rank > best.rank)) best = { host, degree, rank }
  }
  return best?.host
}

const meets = (view: View, host: string, peer: string): boolean => view.portTo.get(peer)?.has(host) ?? false

/**
 * Whether all live spokes have lost the centre. One of several that has lost it is that spoke's problem. A link that has never
 * been up says nothing of the centre, unless none is up and all should have come up long ago. With a single spoke another
 * centre would be the same link.
 */
function isGone(view: View, memory: Memory, centre: string): boolean {
  const ends = [...view.members.values()]
    .filter(({ host, connected }) => host.uuid !== centre && host.live && host.enabled && connected)
    .map(({ host }) => endOf(view, memory, host.uuid, centre))
  if (ends.includes('up')) return false
  const lost = ends.filter(end => end === 'lost').length
  const stuck = ends.filter(end => end === 'stuck').length
  const coming = ends.some(end => end === 'fresh' || end === 'pending')
  return lost >= 2 || (!coming && lost + stuck >= 2)
}

/** A host that has failed takes over from a healthy centre only with a link that works. */
function isProven(view: View, memory: Memory, wanted: Member, present: Member): boolean {
  if (!memory.failures.get(view.uuid)?.has(wanted.host.uuid)) return true
  return endOf(view, memory, present.host.uuid, wanted.host.uuid) === 'up'
}

/** Fewer failures first, then fewer hops to the members, then a choice that differs from network to network. */
function byMerit(view: View, memory: Memory): (a: Member, b: Member) => number {
  const failures = memory.failures.get(view.uuid)
  const { reaches, neighbours } = census(view)
  const merits = new Map<Member, readonly number[]>()
  const meritOf = (member: Member): readonly number[] => {
    const known = merits.get(member)
    if (known) return known
    const { uuid } = member.host
    const merit = [
      -(failures?.get(uuid) ?? 0),
      view.network?.preferred === uuid ? 1 : 0,
      reaches(member),
      neighbours(member),
      hash(`${view.uuid} ${uuid}`),
    ]
    merits.set(member, merit)
    return merit
  }
  return (a, b) => {
    const [left, right] = [meritOf(a), meritOf(b)]
    const at = left.findIndex((merit, index) => merit !== right[index])
    return (right[at] ?? 0) - (left[at] ?? 0)
  }
}

/** How many members each one has an address in common with, and how many are on its own transport network, itself included. */
function census({ members }: View) {
  let [with4, with6, withBoth] = [0, 0, 0]
  const byNetwork = new Map<string, number>()
  for (const { tunnel } of members.values()) {
    const { ipv4, ipv6, network } = tunnel.transport
    if (ipv4 !== undefined) with4 += 1
    if (ipv6 !== undefined) with6 += 1
    if (ipv4 !== undefined && ipv6 !== undefined) withBoth += 1
    byNetwork.set(network, (byNetwork.get(network) ?? 0) + 1)
  }
  return {
    reaches({ tunnel: { transport } }: Member): number {
      if (transport.ipv6 === undefined) return with4
      return transport.ipv4 === undefined ? with6 : with4 + with6 - withBoth
    },
    neighbours: ({ tunnel: { transport } }: Member): number => byNetwork.get(transport.network) ?? 0,
  }
}

const nameOf = (view: View, host: string): string => view.members.get(host)?.host.name ?? host
