import type { Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { roleRecords } from '../roles/records.ts'
import { effectivePermissions } from '../users/users.ts'

export const subject: Messages<'subject'> = {
  create({ pool: { db } }, record) {
    const sid = record.subject_identifier ?? ''
    if (db.refs('subject').some(ref => db.get('subject', ref, 'subject_identifier') === sid)) {
      throw new Failure('SUBJECT_ALREADY_EXISTS')
    }
    return db.create('subject', { subject_identifier: sid, other_config: record.other_config ?? new Map() })
  },

  add_to_roles({ pool: { db } }, self, role) {
    const roles = db.get('subject', self, 'roles')
    if (!roleRecords().has(role)) throw new Failure('ROLE_NOT_FOUND')
    if (roles.includes(role)) throw new Failure('ROLE_ALREADY_EXISTS')
    db.set('subject', self, 'roles', [role, ...roles])
  },

  remove_from_roles({ pool: { db } }, self, role) {
    const roles = db.get('subject', self, 'roles')
    if (!roles.includes(role)) throw new Failure('ROLE_NOT_FOUND')
    db.set(
      'subject',
      self,
      'roles',
      roles.filter(held => held !== role),
    )
  },

  get_permissions_name_label: ({ pool: { db } }, self) =>
    effectivePermissions(db.get('subject', self, 'roles'), roleRecords()),
}
