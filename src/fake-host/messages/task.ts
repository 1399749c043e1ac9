import type { Ref } from '../../datamodel/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { holds, requirePermission } from '../roles/authorize.ts'
import { createTask, dummyTask } from '../tasks/task.ts'

const ANY = 'task.destroy/any'
const PROTECTED = ['applies_to', 'XenCenterUUID', 'XenCenterMeddlingActionTitle']

/**
 * A task may be changed by who made it, that is by anybody of the same directory user, and by holders of one permission
 * (docs/spec/protocol-semantics.md 4.4).
 */
function requireOwner({ pool, session }: Context, task: Ref<'task'>): void {
  const { db } = pool
  if (session === undefined || holds(pool, session, ANY)) {
    db.row('task', task)
    return
  }
  const maker = db.exists('task', task) ? db.get('task', task, 'session') : ''
  const user = (ref: string) => (db.exists('session', ref) ? db.get('session', ref, 'auth_user_sid') : undefined)
  if (user(maker) === undefined || user(maker) !== user(session)) requirePermission(pool, session, ANY)
}

export const task: Messages<'task'> = {
  create: ({ pool, session }, label, description) => createTask(pool, { label, description, session }),

  destroy(context, self) {
    requireOwner(context, self)
    const { db } = context.pool
    if (db.get('task', self, 'status') !== 'pending') {
      db.destroy('task', self)
      return
    }
    const operations = db.get('task', self, 'current_operations')
    if (operations.has('task')) throw new Failure('MAP_DUPLICATE_KEY', 'task', 'current_operations', self, 'task')
    db.set('task', self, 'current_operations', new Map([['task', 'destroy'], ...operations]))
  },

  /** Asks the work to stop. Nothing that a fake host does takes long enough to notice. */
  cancel(context, self) {
    requireOwner(context, self)
    const { db } = context.pool
    const others = [...db.get('task', self, 'current_operations')].filter(([, operation]) => operation !== 'cancel')
    const cancel = dummyTask(context.pool, 'task.cancel')
    db.set('task', self, 'current_operations', new Map([[cancel, 'cancel'], ...others]))
  },

  set_status(context, self, value) {
    requireOwner(context, self)
    context.pool.db.set('task', self, 'status', value)
  },

  set_progress(context, self, value) {
    requireOwner(context, self)
    context.pool.db.set('task', self, 'progress', value)
  },

  set_result(context, self, value) {
    requireOwner(context, self)
    context.pool.db.set('task', self, 'result', value)
  },

  set_error_info(context, self, value) {
    requireOwner(context, self)
    context.pool.db.set('task', self, 'error_info', value)
  },

  add_to_other_config(context, self, key, value) {
    requireOwner(context, self)
    const { db } = context.pool
    const config = db.get('task', self, 'other_config')
    if (config.has(key)) throw new Failure('MAP_DUPLICATE_KEY', 'task', 'other_config', self, key)
    db.set('task', self, 'other_config', new Map([[key, value], ...config]))
  },

  remove_from_other_config(context, self, key) {
    requireOwner(context, self)
    const { db } = context.pool
    db.set('task', self, 'other_config', new Map([...db.get('task', self, 'other_config')].filter(([k]) => k !== key)))
  },

  /** Every protected key that changes needs the permission of that key (docs/spec/protocol-semantics.md 6.4). */
  set_other_config(context, self, value) {
    requireOwner(context, self)
    const { pool, session } = context
    const before = pool.db.get('task', self, 'other_config')
    for (const key of PROTECTED) {
      if (session === undefined || before.get(key) === value.get(key)) continue
      const change = value.has(key) ? 'add_to' : 'remove_from'
      requirePermission(pool, session, `task.${change}_other_config/key:${key}`.toLowerCase())
    }
    pool.db.set('task', self, 'other_config', value)
  },
}
