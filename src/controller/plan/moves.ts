import type { Change, Port, WantedPort } from '../model.ts'
import { type Ends, type Graph, hasLoop, joins, none, relays } from './joined.ts'
import type { View } from './members.ts'

/** What one host does in a step, in one transaction. */
export interface Move {
  readonly host: string
  readonly before: Ends
  readonly after: Ends
  readonly changes: readonly Change[]
}

/**
 * What makes the ports of a host into `wanted`. Ports that are not wanted stay where `keep` says so of the host they lead to.
 * Without `settle` the protection of a port that is there stays as it is.
 */
export function changesOf(
  ports: readonly Port[],
  wanted: readonly WantedPort[],
  keep: (peer: string) => boolean,
  settle: boolean,
): Pick<Move, 'after' | 'changes'> {
  const changes: Change[] = []
  const after = new Map<string, boolean>()
  const aims = new Map(wanted.map(port => [port.mark.peer, port]))
  const done = new Set<string>()
  const before = new Map<string, boolean>()
  for (const port of ports) {
    const peer = port.mark?.peer ?? ''
    const aim = aims.get(peer)
    if (!aim) {
      if (keep(peer)) after.set(peer, port.isProtected)
      else changes.push({ op: 'remove', port })
      continue
    }
    if (!settle && !before.has(peer)) before.set(peer, port.isProtected)
    const isSame = port.name === aim.name && port.bridge === aim.bridge && port.type === aim.type
    if (!isSame || done.has(peer)) {
      changes.push({ op: 'remove', port })
      continue
    }
    done.add(peer)
    const meant = settle ? aim : { ...aim, isProtected: port.isProtected }
    if (differs(port, meant)) changes.push({ op: 'set', port: meant })
    after.set(peer, meant.isProtected)
  }
  for (const aim of wanted) {
    const { peer } = aim.mark
    if (done.has(peer)) continue
    const port = { ...aim, isProtected: before.get(peer) ?? aim.isProtected }
    changes.push({ op: 'add', port })
    after.set(peer, port.isProtected)
  }
  return { after, changes }
}

const differs = (port: Port, aim: WantedPort): boolean =>
  port.remoteIp !== aim.remoteIp || port.key !== aim.key || port.isProtected !== aim.isProtected || !port.isIntact

/**
 * The moves, or those parts of them, that cannot make a loop whichever of them happen first or at all. A port that would close
 * a loop because the other end of its link is there already waits until that end, which leads nowhere yet, has been taken away.
 */
export function withoutLoops(
  view: View,
  present: Graph,
  moves: readonly Move[],
  underway: readonly Move[],
): readonly Move[] {
  if (!mayLoop(view, present, [...moves, ...underway])) return moves
  const taken = [...underway, ...moves.filter(isPlain)]
  const parts: Move[] = []
  /** One host at a time may change what it relays between, since it is before or after its move, and never in between. */
  let alone: Move | undefined
  const blocking = new Map<string, Set<string>>()
  for (const move of moves) {
    if (isPlain(move)) continue
    if (!mayLoop(view, present, [...taken, ...parts, move], alone)) taken.push(move)
    else if (!alone && !mayLoop(view, present, [...taken, ...parts], move)) alone = move
    else parts.push(partOf(move))
  }
  const all = [...taken.slice(underway.length), ...(alone ? [alone] : []), ...parts]
  return all.map(move => withoutHalves(view, move, blocking.get(move.host)))

  /** Of a move what can be had without a loop, and without cutting a link. */
  function partOf(move: Move): Move {
    let part: Move = { ...move, after: move.before, changes: [] }
    for (const [peer, changes] of byPeer(move.changes)) {
      const aim = changes.find(({ op }) => op !== 'remove')
      if (!aim && joins(view, present, move.host, peer)) continue
      const after = new Map(part.after)
      if (aim?.op === 'add' || aim?.op === 'set') after.set(peer, aim.port.isProtected)
      else after.delete(peer)
      const next = { ...part, after, changes: [...part.changes, ...changes] }
      if (!aim || !mayLoop(view, present, [...taken, ...parts, next], alone)) part = next
      else if (!move.before.has(peer)) blocking.set(peer, (blocking.get(peer) ?? new Set()).add(move.host))
    }
    return part
  }
}

function byPeer(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>()
  for (const change of changes) {
    const peer = change.port.mark?.peer ?? ''
    groups.set(peer, [...(groups.get(peer) ?? []), change])
  }
  return groups
}

/** Takes away the ports of a host that keep others from being made. They lead nowhere. */
function withoutHalves(view: View, move: Move, peers: ReadonlySet<string> | undefined): Move {
  const halves = (view.ports.get(move.host) ?? []).filter(({ mark }) => mark && peers?.has(mark.peer))
  if (halves.length === 0) return move
  const after = new Map(move.before)
  for (const { mark } of halves) after.delete(mark?.peer ?? '')
  return { ...move, after, changes: halves.map(port => ({ op: 'remove', port })) }
}

/** Whether a move only takes away, or changes nothing that a frame would notice. */
const isPlain = ({ before, after }: Move): boolean =>
  [...after].every(([peer, isProtected]) => before.has(peer) && (isProtected || before.get(peer) === false))

/** Whether some of the moves could make a loop. `alone` is taken as done whole or not at all, the others as under way. */
export function mayLoop(view: View, present: Graph, moves: readonly Move[], alone?: Move): boolean {
  const graph = new Map(present)
  const relaying = new Map<string, boolean>()
  for (const { host, before, after } of moves) {
    if (host === alone?.host) continue
    const both = new Map([...before, ...after])
    graph.set(host, both)
    relaying.set(host, relays(before) || relays(after))
  }
  const isRelay = (host: string) => relaying.get(host) ?? (!view.switches.has(host) || relays(graph.get(host) ?? none))
  if (hasLoop(view, graph, isRelay)) return true
  if (!alone) return false
  graph.set(alone.host, alone.after)
  return hasLoop(view, graph, isRelay)
}
