import type { Ref } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import type { Pool } from './context.ts'
import { Failure } from './failure.ts'

const REFRESH_MILLISECONDS = 600_000

/** The session of this reference. SESSION_INVALID [reference] where it is unknown, expired or logged out. */
export function findSession({ db }: Pool, ref: string): Ref<'session'> {
  if (!db.exists('session', ref)) throw new Failure('SESSION_INVALID', ref)
  return ref
}

/** As findSession, and counts as use of it: `last_active` moves at most every ten minutes (docs/spec/protocol-semantics.md 2.3). */
export function useSession(pool: Pool, ref: string): Ref<'session'> {
  const session = findSession(pool, ref)
  const now = pool.clock()
  if (pool.db.get('session', session, 'last_active') < xenDate(now - REFRESH_MILLISECONDS)) {
    pool.db.set('session', session, 'last_active', xenDate(now))
  }
  return session
}
