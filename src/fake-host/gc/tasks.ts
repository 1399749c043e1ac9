import type { Ref } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import type { Pool } from '../dispatch/context.ts'

const MINUTE_MS = 60_000
const KEPT_MS = 65 * MINUTE_MS
const PENDING_MS = 24 * 60 * MINUTE_MS
const MOST = 200

/** What a pass knows of the pass before: the progress of the tasks that were pending. */
export type Progress = ReadonlyMap<string, number>

/** Deletes tasks that nobody will ask for any more (docs/spec/protocol-semantics.md 4.5). */
export function collectTasks(pool: Pool, before: Progress): Progress {
  const { db } = pool
  const now = pool.clock()
  const progress = new Map<string, number>()
  const young: Ref<'task'>[] = []
  for (const task of db.refs('task')) {
    if (db.get('task', task, 'status') === 'pending') {
      progress.set(task, db.get('task', task, 'progress'))
      const isOld = db.get('task', task, 'created') < xenDate(now - PENDING_MS)
      if (isOld && before.get(task) === progress.get(task)) db.destroy('task', task)
    } else if (
      db.get('task', task, 'current_operations').get('task') === 'destroy' ||
      db.get('task', task, 'finished') < xenDate(now - KEPT_MS)
    ) {
      db.destroy('task', task)
    } else young.push(task)
  }
  const oldestFirst = young.sort((a, b) => (db.get('task', a, 'finished') < db.get('task', b, 'finished') ? -1 : 1))
  for (const task of oldestFirst.slice(0, Math.max(0, young.length - MOST))) db.destroy('task', task)
  return progress
}
