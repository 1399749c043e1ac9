import type { Port } from '../model.ts'
import type { View } from './members.ts'

/** The ports of one host in one network: by the host that each leads to, whether it is protected. */
export type Ends = ReadonlyMap<string, boolean>

/** Which hosts lead where, by host. */
export type Graph = ReadonlyMap<string, Ends>

export const none: Ends = new Map()

export function presentGraph({ ports }: View): Graph {
  return new Map([...ports].map(([host, those]) => [host, endsOf(those)]))
}

/** Of several ports to one host, one that is not protected counts. */
function endsOf(ports: readonly Port[]): Ends {
  const ends = new Map<string, boolean>()
  for (const { mark, isProtected } of ports) {
    if (mark) ends.set(mark.peer, isProtected && (ends.get(mark.peer) ?? true))
  }
  return ends
}

/** Whether a host has a port to another one. One whose switch was never seen is taken to have ports to everybody. */
export const leads = (view: View, graph: Graph, host: string, peer: string): boolean =>
  view.switches.has(host) ? (graph.get(host)?.has(peer) ?? false) : view.switches.has(peer)

/** Whether both ends of a link are there. */
export const joins = (view: View, graph: Graph, a: string, b: string): boolean =>
  leads(view, graph, a, b) && leads(view, graph, b, a)

/** Whether a frame that comes in at one port of a host may leave by another one. Protected ports do not forward to each other. */
export function relays(ends: Ends): boolean {
  if (ends.size < 2) return false
  for (const isProtected of ends.values()) if (!isProtected) return true
  return false
}

/**
 * Whether a frame could go round in a circle: only hosts that relay matter, each with the ports of `graph`, which may be what a
 * host has together with what it may have soon.
 */
export function hasLoop(view: View, graph: Graph, isRelay: (host: string) => boolean): boolean {
  const roots = new Map<string, string>()
  const rootOf = (host: string): string => {
    let root = host
    for (let above = roots.get(root); above !== undefined; above = roots.get(root)) root = above
    return root
  }
  for (const [host, ends] of graph) {
    if (!isRelay(host)) continue
    for (const peer of ends.keys()) {
      if (!isRelay(peer) || !leads(view, graph, peer, host)) continue
      if (view.switches.has(peer) && peer < host) continue // seen from the other end
      const [a, b] = [rootOf(host), rootOf(peer)]
      if (a === b) return true
      roots.set(a, b)
    }
  }
  return false
}

/** How hosts hang together: each one but the first of its island hangs on one that is a step nearer to that first one. */
export interface Forest {
  readonly above: ReadonlyMap<string, string>
  /** The first host of each host's island. */
  readonly first: ReadonlyMap<string, string>
  /** All hosts, each after the one that it hangs on. */
  readonly order: readonly string[]
}

/** The islands of a graph, of each the first host that `starts` has. */
export function forestOf(view: View, graph: Graph, starts: readonly string[]): Forest {
  const above = new Map<string, string>()
  const first = new Map<string, string>()
  const order: string[] = []
  for (const start of starts) {
    if (first.has(start)) continue
    first.set(start, start)
    const queue = [start]
    for (const host of queue) {
      for (const peer of graph.get(host)?.keys() ?? []) {
        if (first.has(peer) || !joins(view, graph, host, peer)) continue
        first.set(peer, start)
        above.set(peer, host)
        queue.push(peer)
      }
    }
    order.push(...queue)
  }
  return { above, first, order }
}
