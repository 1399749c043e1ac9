import { datamodel, type Ref } from '../../datamodel/index.ts'
import { coordinator, type Pool } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'
import { openSession } from '../messages/session.ts'
import { roleRecords } from '../roles/records.ts'
import { effectivePermissions, subjectIdentifier } from '../users/users.ts'

/** Opens a session that has the permissions of one role, for a user of that name. Throws FakeHostError. */
export function openRoleSession(pool: Pool, name: string): Ref<'session'> {
  const { roles } = datamodel()
  const role = roles.find(candidate => candidate.name === name)
  if (!role) {
    throw new FakeHostError(`there is no role ${JSON.stringify(name)}; there are ${roles.map(r => r.name).join(', ')}`)
  }
  return openSession(
    { pool, host: coordinator(pool) },
    {
      is_local_superuser: false,
      auth_user_sid: subjectIdentifier(name),
      auth_user_name: name,
      rbac_permissions: effectivePermissions([role.ref], roleRecords()),
    },
  )
}
