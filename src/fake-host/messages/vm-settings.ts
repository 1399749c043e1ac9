import type { Messages } from '../dispatch/context.ts'
import { mapBodies } from '../dispatch/generated.ts'
import { asVmOperation, updateVmOperations } from '../guests/index.ts'

type SettingMessages = Pick<
  Messages<'VM'>,
  | `${'set' | 'add_to' | 'remove_from'}_${'other_config' | 'platform' | 'blocked_operations'}`
  | 'set_is_a_template'
  | 'set_actions_after_crash'
  | 'set_order'
  | 'set_start_delay'
  | 'set_shutdown_delay'
>

const otherConfig = mapBodies('VM', 'other_config')
const platform = mapBodies('VM', 'platform')
const blockedOperations = mapBodies('VM', 'blocked_operations')

/** What is written into a VM's record and changes nothing while it runs, but for what it allows. */
export const vmSettings: SettingMessages = {
  set_other_config: ({ pool: { db } }, ...given) => void otherConfig.set(db, given),
  add_to_other_config: ({ pool: { db } }, ...given) => void otherConfig.add(db, given),
  remove_from_other_config: ({ pool: { db } }, ...given) => void otherConfig.remove(db, given),

  set_platform: ({ pool: { db } }, ...given) => void platform.set(db, given),
  add_to_platform: ({ pool: { db } }, ...given) => void platform.add(db, given),
  remove_from_platform: ({ pool: { db } }, ...given) => void platform.remove(db, given),

  set_blocked_operations({ pool: { db } }, self, value) {
    blockedOperations.set(db, [self, value])
    updateVmOperations(db, self)
  },

  add_to_blocked_operations({ pool: { db } }, self, operation, reason) {
    blockedOperations.add(db, [self, operation, reason])
    updateVmOperations(db, self)
  },

  remove_from_blocked_operations({ pool: { db } }, self, operation) {
    blockedOperations.remove(db, [self, operation])
    updateVmOperations(db, self)
  },

  async set_is_a_template(context, self, value) {
    const { db } = context.pool
    if (db.get('VM', self, 'is_a_template') === value) return
    await asVmOperation(context, self, 'make_into_template', () => db.set('VM', self, 'is_a_template', value))
  },

  set_actions_after_crash: ({ pool: { db } }, self, value) => db.set('VM', self, 'actions_after_crash', value),
  set_order: ({ pool: { db } }, self, value) => db.set('VM', self, 'order', value),
  set_start_delay: ({ pool: { db } }, self, value) => db.set('VM', self, 'start_delay', value),
  set_shutdown_delay: ({ pool: { db } }, self, value) => db.set('VM', self, 'shutdown_delay', value),
}
