import type { TunnelError } from '../errors.ts'
import { linkEnd, type Memory, type WantedPort } from '../model.ts'
import { endOf, type LinkState, linkState, portTo } from './ends.ts'
import type { View } from './members.ts'
import type { Target } from './target.ts'

/** A link between two hosts of a network. */
export interface Link {
  readonly network: string
  /** The centre, where it is one of the two; else the lesser uuid. */
  readonly near: string
  readonly far: string
  readonly type: string
  readonly key: number
  readonly state: LinkState
  /** What keeps it from working, by the end that says so. */
  readonly errors: ReadonlyMap<string, TunnelError>
}

/** The links that a network is to have, with what is known of them. */
export function linksOf(
  view: View,
  memory: Memory,
  target: Target,
  wanted: ReadonlyMap<string, readonly WantedPort[]>,
  centre: string | undefined,
): Link[] {
  const aims = new Map([...wanted].map(([host, ports]) => [host, new Map(ports.map(port => [port.mark.peer, port]))]))
  return [...target.peers].flatMap(([host, peers]) =>
    peers
      .filter(peer => host === centre || (peer !== centre && host < peer))
      .flatMap(peer => {
        const port = aims.get(host)?.get(peer) ?? aims.get(peer)?.get(host)
        if (!port) return []
        const errors = new Map<string, TunnelError>()
        for (const [end, other] of [
          [host, peer],
          [peer, host],
        ] as const) {
          const error = errorAt(view, memory, end, other, aims.get(end)?.get(other))
          if (error) errors.set(end, error)
        }
        const state = linkState(endOf(view, memory, host, peer), endOf(view, memory, peer, host))
        return { network: view.uuid, near: host, far: peer, type: port.type, key: port.key, state, errors }
      }),
  )
}

/** What one end's switch says against a link. */
function errorAt(
  view: View,
  memory: Memory,
  host: string,
  peer: string,
  wanted: WantedPort | undefined,
): TunnelError | undefined {
  const port = portTo(view, host, peer)
  if (!port) {
    return wanted && memory.refusals.has(linkEnd(host, wanted.name)) ? 'OVS_REJECTED' : undefined
  }
  if (/File exists/.test(port.error)) return 'DUPLICATE_TUNNEL'
  if (port.error !== '' || (port.ofport !== undefined && port.ofport <= 0)) return 'OVS_REJECTED'
  return port.routed ? undefined : 'NO_ROUTE'
}
