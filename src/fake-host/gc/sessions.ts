import type { Ref } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import type { Pool } from '../dispatch/context.ts'

const IDLE_MS = 24 * 3_600_000
const LIMITS = { named: 500, anonymous: 400 }

/** Deletes sessions that are idle for a day, and the idlest of a group that has too many (docs/spec/protocol-semantics.md 2.4). */
export function collectSessions(pool: Pool): void {
  const { db } = pool
  const oldest = xenDate(pool.clock() - IDLE_MS)
  const groups = new Map<string, Ref<'session'>[]>()
  for (const session of db.refs('session')) {
    if (isBusy(pool, session)) continue
    if (db.get('session', session, 'last_active') <= oldest) db.destroy('session', session)
    else {
      const group = groupOf(pool, session)
      groups.set(group, [...(groups.get(group) ?? []), session])
    }
  }
  for (const [group, sessions] of groups) {
    const limit = group === 'external' || group === 'internal' ? LIMITS.anonymous : LIMITS.named
    const idlestFirst = sessions.sort((a, b) =>
      db.get('session', a, 'last_active') < db.get('session', b, 'last_active') ? -1 : 1,
    )
    for (const session of idlestFirst.slice(0, Math.max(0, sessions.length - limit))) db.destroy('session', session)
  }
}

/** Whom a session is counted with. */
function groupOf({ db }: Pool, session: Ref<'session'>): string {
  if (db.get('session', session, 'pool')) return 'internal'
  const user = db.get('session', session, 'auth_user_name')
  if (user !== '' && user !== 'root') return `user ${user}`
  const originator = db.get('session', session, 'originator')
  return originator === '' ? 'external' : `originator ${originator}`
}

/** Whether a task of the session, or of one that it was made by, is still pending. */
function isBusy({ db }: Pool, session: Ref<'session'>): boolean {
  const seen = new Set<string>()
  for (let ref: string = session; db.exists('session', ref) && !seen.has(ref); ref = db.get('session', ref, 'parent')) {
    seen.add(ref)
    if (db.get('session', ref, 'tasks').some(task => db.get('task', task, 'status') === 'pending')) return true
  }
  return false
}
