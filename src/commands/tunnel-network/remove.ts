import { XapiError } from '../../xapi/index.ts'
import { forEach } from './at-once.ts'
import { visible } from './findings.ts'
import { inShort, type Work } from './work.ts'

/** What came of a removal. */
export interface Removal {
  /** How many tunnels are gone. */
  readonly tunnels: number
  readonly isNetworkGone: boolean
  /** What is still there and why, a line for each. */
  readonly left: readonly string[]
}

/** A tunnel, and where it is. */
export interface Place {
  readonly tunnel: string
  readonly host: string
}

/**
 * Removes tunnels, and the network once nothing is on it. Tunnels that cannot be removed do not keep others from it.
 * `isStopped` ends it between two calls.
 */
export async function removeNetwork(
  work: Work,
  network: string,
  tunnels: readonly Place[],
  isStopped: () => boolean,
): Promise<Removal> {
  const { gone, left } = await removeTunnels(work, tunnels, isStopped)
  if (isStopped()) {
    const rest = tunnels.length - gone - left.length
    if (rest > 0) left.push(`${counted(rest, 'tunnel')} that nobody has touched`)
  }
  if (left.length > 0) return { tunnels: gone, isNetworkGone: false, left }
  try {
    await work.session.call('network.destroy', network)
    return { tunnels: gone, isNetworkGone: true, left }
  } catch (error) {
    return { tunnels: gone, isNetworkGone: false, left: [`the network itself: ${inShort(error)}`] }
  }
}

/** Removes tunnels alone. */
export async function removeTunnels(
  { session, progress }: Work,
  tunnels: readonly Place[],
  isStopped: () => boolean,
): Promise<{ readonly gone: number; readonly left: string[] }> {
  const left: string[] = []
  let gone = 0
  const show = () => progress(`Removing tunnels: ${gone} of ${tunnels.length}`)
  show()
  await forEach(tunnels, isStopped, async ({ tunnel, host }) => {
    try {
      await session.call('tunnel.destroy', tunnel)
      gone++
    } catch (error) {
      if (isGone(error)) gone++
      else left.push(`the tunnel on ${visible(host)}: ${inShort(error)}`)
    }
    show()
  })
  return { gone, left }
}

/** Somebody else has removed it in the meantime. */
function isGone(error: unknown): boolean {
  return error instanceof XapiError && error.code === 'HANDLE_INVALID' && error.params[0] === 'tunnel'
}

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
