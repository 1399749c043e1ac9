import { backEndObstacles, obstaclesOn } from './carries.ts'
import { type Finding, visible } from './findings.ts'
import { addressWarnings, mtuOver } from './mtu.ts'
import type { Order } from './order.ts'
import type { Pool } from './pool.ts'
import { select, type Transport } from './selection.ts'

/** What an order comes to in a pool. */
export interface Plan {
  readonly pool: Pool
  /** Where tunnels can be made. */
  readonly transports: readonly Transport[]
  readonly MTU: number
  /** What a host would refuse, or what nobody can mean. */
  readonly obstacles: readonly Finding[]
  readonly warnings: readonly Finding[]
  /** Why the network does not get the usual MTU. */
  readonly reason: string | undefined
}

/** Checks everything there is to check, on every host, so that all of it can be mended at once. */
export function planFor(pool: Pool, order: Order): Plan {
  const { transports, findings } = select(pool, order)
  const perHost = transports.map(transport => ({ transport, obstacles: obstaclesOn(pool, transport) }))
  const good = perHost.filter(({ obstacles }) => obstacles.length === 0).map(({ transport }) => transport)
  const { MTU, warnings, reason } = mtuOver(pool, good, order.protocol, order.MTU)
  return {
    pool,
    transports: good,
    MTU,
    obstacles: [
      ...namesakes(pool, order),
      ...backEndObstacles(pool),
      ...findings,
      ...perHost.flatMap(({ obstacles }) => obstacles),
    ],
    warnings: [...warnings, ...addressWarnings(good), ...lasting(pool)],
    reason,
  }
}

/** XenAPI allows it, but nobody could tell the two apart. */
function namesakes({ networks }: Pool, { nameLabel }: Order): readonly Finding[] {
  return [...networks.values()]
    .filter(network => network.nameLabel === nameLabel)
    .map(({ uuid }) => ({
      text: `There is a network ${visible(nameLabel)} already (${uuid}): choose another name-label, or rename or remove that one.`,
    }))
}

function lasting({ isProtected }: Pool): readonly Finding[] {
  if (!isProtected) return []
  return [{ text: 'HA or the redo log is on: what is made now can only be removed once both are off.' }]
}
