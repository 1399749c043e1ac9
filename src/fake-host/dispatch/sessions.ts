import type { Ref } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import { type Context, coordinator, type Pool } from './context.ts'
import { Failure } from './failure.ts'

const REFRESH_MILLISECONDS = 600_000

/**
 * The session of this reference, at the host that it is used at. SESSION_INVALID [reference] where it is unknown, expired or
 * logged out; HOST_IS_SLAVE [address] where the host is a member, at which only other hosts of the pool are welcome
 * (docs/spec/protocol-semantics.md 2.4).
 */
function findSession(pool: Pool, ref: string, host: Ref<'host'>): Ref<'session'> {
  const { db } = pool
  if (pool.hosts.isElsewhere(coordinator(pool))) requireCoordinator(pool, host) // its sessions are known there alone
  if (!db.exists('session', ref)) throw new Failure('SESSION_INVALID', ref)
  if (!db.get('session', ref, 'pool')) requireCoordinator(pool, host)
  return ref
}

/** Throws HOST_IS_SLAVE [address of the coordinator] where the host is another. */
export function requireCoordinator(pool: Pool, host: Ref<'host'>): void {
  const master = coordinator(pool)
  if (host !== master) throw new Failure('HOST_IS_SLAVE', pool.db.get('host', master, 'address'))
}

export type Caller = Pick<Context, 'session' | 'localSession'>

/** Who calls. Counts as use of the session: `last_active` moves at most every ten minutes (docs/spec/protocol-semantics.md 2.3). */
export function identify(pool: Pool, ref: string, host: Ref<'host'>): Caller {
  if (pool.hosts.of(host).sessions.has(ref)) return { session: undefined, localSession: ref }
  const session = findSession(pool, ref, host)
  refresh(pool, session)
  return { session }
}

function refresh(pool: Pool, session: Ref<'session'>): void {
  const now = pool.clock()
  if (pool.db.get('session', session, 'last_active') < xenDate(now - REFRESH_MILLISECONDS)) {
    pool.db.set('session', session, 'last_active', xenDate(now))
  }
}
