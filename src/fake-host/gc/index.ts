import { type Pool, poolRef } from '../dispatch/context.ts'
import { collectDangling, collectTunnels } from './dangling.ts'
import { collectSessions } from './sessions.ts'
import { collectTasks, type Progress } from './tasks.ts'

/** How often the coordinator tidies up, in milliseconds. */
export const PASS_MS = 30_000

/** The coordinator's background work: each call of what this gives is one pass (docs/spec/protocol-semantics.md 3.8, 5.6). */
export function collector(pool: Pool): () => void {
  let progress: Progress = new Map()
  return () => {
    collectDangling(pool.db)
    progress = collectTasks(pool, progress)
    collectSessions(pool)
    pool.queue.beat('pool', poolRef(pool))
    collectTunnels(pool.db)
  }
}
