import type { Change, WantedPort } from '../model.ts'
import { type Ends, forestOf, type Graph, hasLoop, joins, leads, none, presentGraph, relays } from './joined.ts'
import type { View } from './members.ts'
import { changesOf, type Move, mayLoop, withoutLoops } from './moves.ts'

/** The ports that a host has after changes which nobody knows yet whether they have been made: what it is asked for now. */
export type Underway = ReadonlyMap<string, Ends>

type Wanted = ReadonlyMap<string, readonly WantedPort[]>

/**
 * The next step on the way from the ports that a network has to those it is to have, by host: changes that may happen in any
 * order, be under way together and fail here and there, without ever joining two hosts by two paths, and without cutting a
 * link whose replacement is not there yet. A link is one from the moment that both ends have their port. Step by step, whatever
 * the ports were, it ends at the wanted ones; then there is no step left.
 *
 * A spoke moves to another centre in one transaction, once that centre's port is there, and is so at every moment at exactly
 * one of the two, which have a link between them. Hosts further from the centre move first.
 */
export function nextStep(
  view: View,
  wanted: Wanted,
  centre: string | undefined,
  underway: Underway = new Map(),
): ReadonlyMap<string, readonly Change[]> {
  const present = presentGraph(view)
  const goal: Graph = new Map([...wanted].map(([host, ports]) => [host, goalOf(ports)]))
  const hosts = [...new Set([...present.keys(), ...goal.keys()])]
    .filter(host => view.switches.get(host)?.connected && !underway.has(host))
    .sort()
  const moveOf = (host: string, keep: (peer: string) => boolean, add: boolean, settle: boolean): Move => {
    const before = present.get(host) ?? none
    const ports = (wanted.get(host) ?? []).filter(({ mark }) => add || before.has(mark.peer))
    return { host, before, ...changesOf(view.ports.get(host) ?? [], ports, keep, settle) }
  }
  const step = (moves: readonly Move[]) =>
    new Map(moves.filter(({ changes }) => changes.length > 0).map(({ host, changes }) => [host, changes] as const))

  if (hasLoop(view, present, host => !view.switches.has(host) || relays(present.get(host) ?? none))) {
    const cut = step(hosts.map(host => moveOf(host, () => false, false, true)))
    if (cut.size > 0) return cut
  }
  /** Whether a port that leads from `host` to `peer` is as it is to be, or at least there. */
  const isReady = (host: string, peer: string, isProtected: boolean) =>
    leads(view, present, host, peer) && (present.get(host)?.get(peer) ?? isProtected) === isProtected
  /** Whether a host has all its links, or is none that could get any. */
  const isSettled = (host: string) => {
    const ends = goal.get(host)
    if (!ends || !view.switches.get(host)?.connected) return true
    return [...ends].every(([peer, prot]) => leads(view, present, host, peer) && isReady(peer, host, prot))
  }
  const starts = [...(centre === undefined ? [] : [centre]), ...hosts, ...present.keys()]
  const { above, first, order } = forestOf(view, present, starts)
  /** By host: those next to it, further from the centre, that bear hosts which have yet to move. */
  const burdens = new Map<string, string[]>()
  for (const host of [...order].reverse()) {
    const next = above.get(host)
    if (next === undefined || (isSettled(host) && !burdens.has(host))) continue
    burdens.set(next, [...(burdens.get(next) ?? []), host])
  }
  const moving = [...underway].map(([host, after]) => {
    return { host, before: present.get(host) ?? none, after, changes: [] }
  })
  const isMesh = [...goal.values()].some(ends => [...ends.values()].includes(true))
  /** Whether all links of a host are there, be they protected yet or not. */
  const isLinked = (host: string) =>
    [...(goal.get(host) ?? none).keys()].every(peer => joins(view, present, host, peer))
  const moves = hosts.map(host => {
    const before = present.get(host) ?? none
    const ends = goal.get(host) ?? none
    const spare = new Set([...before.keys()].filter(peer => !ends.has(peer) && joins(view, present, host, peer)))
    const isAwaited = host === centre || [...ends].every(([peer, prot]) => isReady(peer, host, prot))
    const isNeeded = (burdens.get(host) ?? []).some(peer => spare.has(peer))
    // An island is joined to the centre's by its first host before the others of it move one by one.
    const isAshore = centre === undefined || first.get(host) === centre
    const isFree = spare.size === 0 || (isAwaited && isAshore && !isNeeded)
    if (isMesh) {
      // A host that others talk through goes on relaying until these have links of their own.
      const isThrough = before.size > 1 && [...before.keys()].some(peer => !isLinked(peer))
      return moveOf(host, peer => !isFree && spare.has(peer), true, !isThrough)
    }
    if (isFree) return moveOf(host, () => false, true, true)
    const isBridge = !isAshore && isAwaited && first.get(host) === host
    return moveOf(host, peer => spare.has(peer), host === centre || isBridge, host === centre)
  })
  if (isMesh && mayLoop(view, present, [...moves, ...moving])) {
    // Several hosts relay, as in no star: they have to stop before there can be further links.
    const trim = step(hosts.map(host => moveOf(host, peer => joins(view, present, host, peer), false, false)))
    if (trim.size > 0) return trim
    const stop = step(hosts.map(host => moveOf(host, () => true, false, true)))
    if (stop.size > 0) return stop
  }
  return step(withoutLoops(view, present, moves, moving))
}

const goalOf = (ports: readonly WantedPort[]): Ends =>
  new Map(ports.map(({ mark, isProtected }) => [mark.peer, isProtected]))
