import { TUNNEL_ERRORS, type TunnelError } from '../errors.ts'
import type { Tunnel } from '../model.ts'
import { addressesOf, hasAddress, innerMtu } from './addresses.ts'
import type { Link } from './links.ts'
import type { Member, View } from './members.ts'
import { protocolOf, type Target } from './target.ts'

/** What the controller says of a tunnel; everything else in its status belongs to others. */
export interface Status {
  readonly active: boolean
  /** Only while it is active (docs/spec/tunnelling-design.md T34). */
  readonly key: number | undefined
  readonly error: TunnelError | undefined
  /** The largest packet that fits, in bytes, while it is active. */
  readonly mtu: number | undefined
  readonly warning: 'MTU_TOO_LARGE' | undefined
}

const inactive = (error?: TunnelError): Status => ({
  active: false,
  key: undefined,
  error,
  mtu: undefined,
  warning: undefined,
})

/** The status of each tunnel of a network, by uuid (docs/spec/tunnelling-design.md T8, T9, T31 to T34). */
export function statusesOf(
  view: View,
  key: number | undefined,
  target: Target,
  links: readonly Link[],
): ReadonlyMap<string, Status> {
  const byHost = new Map<string, Link[]>()
  for (const link of links) {
    for (const host of [link.near, link.far]) {
      const those = byHost.get(host)
      if (those) those.push(link)
      else byHost.set(host, [link])
    }
  }
  const isAlive = (host: string) => {
    const { live = false, enabled = false } = view.members.get(host)?.host ?? {}
    return live && enabled
  }
  const isLinked = (host: string) => (byHost.get(host) ?? []).some(({ state }) => state === 'up' || state === 'half')
  return new Map(view.tunnels.map(tunnel => [tunnel.uuid, statusOf(tunnel)]))

  function statusOf(tunnel: Tunnel): Status {
    const { host } = tunnel
    const wasActive = tunnel.status.get('active') === 'true'
    const reason = obstacle(view, tunnel, key)
    if (reason) return inactive(reason.error)
    const member = view.members.get(host)
    if (!member || key === undefined) return inactive()
    const own = byHost.get(host) ?? []
    if (target.apart.has(host) && own.length === 0) return inactive('NO_ROUTE')

    const outOfReach = unheard(member)
    const wanted = own.filter(link => isAlive(other(link, host)))
    if (wanted.length === 0) {
      if (outOfReach)
        return wasActive && outOfReach === 'pause' ? active(tunnel) : inactive(unheardError(member, tunnel))
      const others = [...view.members.keys()].filter(peer => peer !== host && isAlive(peer) && canLink(view, peer))
      return others.length === 0 ? active(tunnel) : inactive('PEER_DOWN')
    }
    const working = wanted.filter(link => works(link, wasActive))
    const needed = target.shape === 'mesh' ? wanted.filter(link => isLinked(other(link, host))) : working
    if (working.length > 0 && needed.every(link => works(link, wasActive))) return active(tunnel)
    if (outOfReach) return inactive(unheardError(member, tunnel))
    const failing = wanted.filter(link => !works(link, wasActive))
    const error = failing.flatMap(link => link.errors.get(host) ?? [])[0]
    if (error) return inactive(error)
    const isComing = failing.every(({ state }) => state === 'fresh' || state === 'pending')
    return inactive(isComing ? undefined : 'PEER_DOWN')
  }

  function active(tunnel: Tunnel): Status {
    const mtu = fittingMtu(view, target, tunnel)
    const isTooLarge = mtu !== undefined && (view.network?.mtu ?? 0) > mtu
    return { active: true, key, error: undefined, mtu, warning: isTooLarge ? 'MTU_TOO_LARGE' : undefined }
  }
}

const other = ({ near, far }: Link, host: string): string => (near === host ? far : near)

/**
 * A link works when both ends say so. One that worked is believed for as long as one end cannot be asked, and while it is
 * being made anew to somewhere else.
 */
const works = ({ state }: Link, wasActive: boolean): boolean =>
  state === 'up' || (wasActive && (state === 'half' || state === 'fresh'))

/** What keeps a tunnel from working before any link is looked at. */
function obstacle(view: View, tunnel: Tunnel, key: number | undefined): { readonly error?: TunnelError } | undefined {
  const { hosts, network } = view
  const host = hosts.get(tunnel.host)
  if (!host?.live || !host.enabled) return { error: 'HOST_DEAD' }
  if (!tunnel.attached) return {}
  if (network?.encrypted) return { error: 'ENCRYPTION_UNAVAILABLE' }
  if (key === undefined) return { error: 'KEY_EXHAUSTED' }
  if (!hasAddress(tunnel.transport)) return { error: 'NO_TRANSPORT_IP' }
  const member = view.members.get(tunnel.host)
  if (member?.connected && !member.hasBridge) return { error: 'BRIDGE_MISSING' }
  return undefined
}

/** `pause` where a switch was lost a moment ago. */
function unheard({ connected, unreachable, switch: its }: Member): 'pause' | 'gone' | undefined {
  if (connected) return its?.follows === false ? 'gone' : undefined
  return unreachable ? 'gone' : 'pause'
}

/** While a connection is made anew, the error stays what it was. */
function unheardError(member: Member, { status }: Tunnel): TunnelError | undefined {
  if (member.connected) return 'VSWITCHD_DEAD'
  const said = status.get('error')
  return unheard(member) === 'pause' ? TUNNEL_ERRORS.find(error => error === said) : 'OVSDB_UNREACHABLE'
}

/** Whether a host could have links at all. */
const canLink = (view: View, host: string): boolean => {
  const member = view.members.get(host)
  return member !== undefined && (member.connected ? member.hasBridge : !member.unreachable)
}

/** The largest packet that fits through all links of a tunnel. */
function fittingMtu(view: View, target: Target, tunnel: Tunnel): number | undefined {
  const sizes = (target.peers.get(tunnel.host) ?? []).flatMap(peer => {
    const far = view.members.get(peer)?.tunnel
    const family = far && addressesOf(tunnel.transport, far.transport)?.family
    if (!far || !family) return []
    return innerMtu(Math.min(tunnel.transport.mtu, far.transport.mtu), protocolOf(tunnel, far), family)
  })
  if (sizes.length > 0) return Math.min(...sizes)
  const { ipv4, prefers, mtu } = tunnel.transport
  return innerMtu(mtu, tunnel.protocol, ipv4 === undefined || prefers === 'IPv6' ? 'IPv6' : 'IPv4')
}
