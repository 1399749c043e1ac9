import { EPOCH, NULL_REF, type Ref } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import { coordinator, type Pool } from '../dispatch/context.ts'

/** A new pending task (docs/spec/protocol-semantics.md 4.2). */
export function createTask(
  pool: Pool,
  task: { label: string; description?: string; session?: Ref<'session'> | undefined },
): Ref<'task'> {
  return pool.db.create('task', {
    name_label: task.label,
    name_description: task.description ?? '',
    session: task.session ?? NULL_REF,
    created: xenDate(pool.clock()),
    finished: EPOCH,
    status: 'pending',
    resident_on: coordinator(pool),
    progress: 0,
    type: '<none/>',
    backtrace: '()',
  })
}

/** The reference of a call that the database keeps no task of (docs/spec/protocol-semantics.md 1.7). */
export const dummyTask = (pool: Pool, label: string): string => `DummyRef:|${pool.random.uuid()}|${label}`

/**
 * Ends a task with its result. The status is written last, so that whoever sees it sees the rest.
 * @param result the value's XML-RPC text, `<value>...</value>`
 */
export function succeed({ db, clock }: Pool, task: Ref<'task'>, result: string): void {
  if (!db.exists('task', task)) return
  db.set('task', task, 'allowed_operations', [])
  db.set('task', task, 'finished', xenDate(clock()))
  db.set('task', task, 'progress', 1)
  db.set('task', task, 'result', result)
  db.set('task', task, 'status', 'success')
}

/** Ends a task with an error description: the code, then its parameters. */
export function fail({ db, clock }: Pool, task: Ref<'task'>, error: readonly string[]): void {
  if (!db.exists('task', task)) return
  db.set('task', task, 'progress', 1)
  db.set('task', task, 'error_info', error)
  db.set('task', task, 'finished', xenDate(clock()))
  db.set('task', task, 'allowed_operations', [])
  db.set('task', task, 'status', 'failure')
}
