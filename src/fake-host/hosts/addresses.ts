import type { Pool } from '../dispatch/context.ts'
import { managementAddress } from '../network/index.ts'
import { hostAndPort, reachable } from '../server/index.ts'
import type { Doors } from './doors.ts'

/**
 * Writes into the records of hosts where they listen: clients go where a member's HOST_IS_SLAVE sends them, which has to be there
 * (docs/decisions/members.md). Where hosts do not listen each for itself, addresses that an earlier run left are put right.
 */
export function announceAddresses(pool: Pool, doors: Doors, members: boolean): void {
  const { db, hosts } = pool
  for (const host of db.refs('host')) {
    if (hosts.isElsewhere(host)) continue
    const address = doors.tcp(host)
    const state = hosts.of(host)
    state.door = address && hostAndPort(reachable(address.host), address.port)
    state.servedAt = members ? state.door : undefined
    const { servedAt } = state
    if (servedAt !== undefined) db.set('host', host, 'address', servedAt)
    else if (HOST_AND_PORT.test(db.get('host', host, 'address')))
      db.set('host', host, 'address', managementAddress(pool, host))
  }
}

/** Unlike the addresses of real hosts, which are bare. */
const HOST_AND_PORT = /^(?:\[.*\]|[^:]*):\d+$/
