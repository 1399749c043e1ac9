import { struct } from '../wire.ts'
import { pif as readPif } from './objects.ts'
import type { Pool } from './pool.ts'
import { type Place, type Removal, removeNetwork, removeTunnels } from './remove.ts'
import type { Transport } from './selection.ts'
import { inShort, type Work } from './work.ts'

/** Nothing stops it: that would leave half of it. */
const never = () => false

/**
 * Removes a network that was being made with all that is on it: a tunnel.create that failed leaves its records behind
 * (docs/spec/networking-semantics.md 3.1). Looks twice, because a call that was given up may have come to something late.
 */
export async function unmake(work: Work, pool: Pool, network: string): Promise<Removal> {
  const once = async (): Promise<Removal> => {
    try {
      return await removeNetwork(work, network, await placesOn(work, pool, network), never)
    } catch (error) {
      return { tunnels: 0, isNetworkGone: false, left: [`whatever was made: ${inShort(error)}`] }
    }
  }
  const first = await once()
  if (first.isNetworkGone) return first
  const second = await once()
  return { ...second, tunnels: first.tunnels + second.tunnels }
}

/** Removes what tunnels that failed left on a network, and says what is still there. */
export async function removeLeftovers(
  work: Work,
  pool: Pool,
  network: string,
  failed: readonly Transport[],
): Promise<readonly string[]> {
  const hosts = new Set(failed.map(({ host }) => host.nameLabel))
  try {
    const places = (await placesOn(work, pool, network)).filter(place => hosts.has(place.host))
    return (await removeTunnels(work, places, never)).left
  } catch (error) {
    return [`what failed tunnels may have left: ${inShort(error)}`]
  }
}

/** The tunnels on a network as it is now. */
async function placesOn({ session }: Work, pool: Pool, network: string): Promise<readonly Place[]> {
  const records = struct(await session.call('PIF.get_all_records_where', `field "network" = "${network}"`))
  return Array.from(records, ([ref, record]) => readPif(ref, struct(record))).flatMap(({ accessPifOf, host }) =>
    accessPifOf === undefined ? [] : [{ tunnel: accessPifOf, host: pool.hosts.get(host)?.nameLabel ?? host }],
  )
}
