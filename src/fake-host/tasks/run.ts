import type { Value } from '../../datamodel/index.ts'
import type { Context } from '../dispatch/context.ts'
import { errorOf } from '../dispatch/failure.ts'
import { encodeXml } from '../server/xmlrpc-write.ts'
import { createTask, dummyTask, fail, succeed } from './task.ts'

type Work = (context: Context) => Promise<Value>

/** Calls about tasks and events leave no tasks themselves (docs/spec/protocol-semantics.md 4.1). */
const keepsTasks = ({ message }: Context): boolean => message.class !== 'task' && message.class !== 'event'

/**
 * Starts the work of an `Async.` call and returns its task at once. Whatever becomes of the work, a missing permission
 * included, is in the task.
 * @param label the call's name as it was sent
 */
export function runInBackground(context: Context, label: string, work: Work): string {
  const { pool, message, session } = context
  if (!keepsTasks(context)) {
    work(context).catch(() => {}) // nobody can ask what came of it
    return dummyTask(pool, label)
  }
  const task = createTask(pool, { label, session })
  work({ ...context, task }).then(
    value => succeed(pool, task, encodeXml(message.result, value)),
    error => fail(pool, task, errorOf(error)),
  )
  return task
}

/** Does the work of a call that the caller waits for. It is a task as well, for as long as it takes. */
export async function runAsTask(context: Context, work: Work): Promise<Value> {
  if (!keepsTasks(context)) return work(context)
  const { pool, message, session } = context
  const task = createTask(pool, { label: message.name, session })
  try {
    return await work({ ...context, task })
  } finally {
    if (pool.db.exists('task', task)) pool.db.destroy('task', task)
  }
}
