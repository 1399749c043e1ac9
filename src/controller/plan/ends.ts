import { linkEnd, type Memory, type Port } from '../model.ts'
import type { View } from './members.ts'

/**
 * What one end of a link says. `unknown`: nobody can be asked, or its switch no longer follows its database, whose word is then
 * an old one (docs/spec/open-vswitch.md c). `fresh` and `pending`: it has never been up, and need not be yet, or may still
 * come. `lost`: it was up. `stuck`: it should have come up long ago. `faulty`: the switch refused it or knows no way.
 */
export type End = 'up' | 'fresh' | 'pending' | 'lost' | 'stuck' | 'faulty' | 'missing' | 'unknown'

export function endOf(view: View, memory: Memory, host: string, peer: string): End {
  const member = view.members.get(host)
  if (!member?.connected || !member.switch?.follows) return 'unknown'
  const port = portTo(view, host, peer)
  if (!port) return 'missing'
  if (isFaulty(port)) return 'faulty'
  if (port.bfd === 'up' && port.ofport !== undefined) return 'up'
  const known = memory.ends.get(linkEnd(host, port.name))
  if (known?.wasUp) return 'lost'
  if (known?.overdue) return 'stuck'
  return known?.fresh === false ? 'pending' : 'fresh'
}

const isFaulty = ({ ofport, error, routed }: Port): boolean =>
  error !== '' || (ofport !== undefined && ofport <= 0) || !routed

/** The port of a host that leads to another one. */
export const portTo = (view: View, host: string, peer: string): Port | undefined => view.portTo.get(host)?.get(peer)

/** Whether the ends of a link agree that it works. `unknown` at one end leaves the word to the other one. */
export type LinkState = 'up' | 'half' | 'fresh' | 'pending' | 'down'

/**
 * The state of a link by its two ends. `half`: one end is up, the other cannot be asked. That will do for a link that worked,
 * and not for calling one working for the first time.
 */
export function linkState(near: End, far: End): LinkState {
  if (near === 'up' && far === 'up') return 'up'
  if ((near === 'up' && far === 'unknown') || (near === 'unknown' && far === 'up')) return 'half'
  const coming: readonly End[] = ['up', 'fresh', 'pending', 'missing']
  if (!coming.includes(near) || !coming.includes(far)) return 'down'
  return near === 'pending' || far === 'pending' ? 'pending' : 'fresh'
}
