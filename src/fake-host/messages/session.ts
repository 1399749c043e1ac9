import { NULL_REF, type Ref, type SessionRecord } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { requireCoordinator } from '../dispatch/sessions.ts'
import { roleRecords } from '../roles/records.ts'
import { effectivePermissions, subjectIdentifier } from '../users/users.ts'
import { checkPoolSecret, localSessions } from './session-local.ts'

/** Opens a session; what is not given is that of local root. */
export function openSession(
  { pool, host }: Pick<Context, 'pool' | 'host'>,
  fields: Partial<SessionRecord>,
): Ref<'session'> {
  const now = xenDate(pool.clock())
  return pool.db.create('session', {
    this_host: host,
    this_user: NULL_REF,
    last_active: now,
    validation_time: now,
    is_local_superuser: true,
    ...fields,
  })
}

/** The session of a user of the directory, who has to be a subject of the pool (docs/spec/protocol-semantics.md 2.2). */
function openSubjectSession(context: Context, username: string, originator: string): Ref<'session'> {
  const { db } = context.pool
  const sid = subjectIdentifier(username)
  const subject = db.refs('subject').find(ref => db.get('subject', ref, 'subject_identifier') === sid)
  if (subject === undefined) {
    throw new Failure('SESSION_AUTHORIZATION_FAILED', username, 'The user is no subject of this pool')
  }
  const permissions = effectivePermissions(db.get('subject', subject, 'roles'), roleRecords())
  if (permissions.length === 0) {
    throw new Failure('RBAC_PERMISSION_DENIED', 'session.login_with_password', `${username} has no role`)
  }
  return openSession(context, {
    is_local_superuser: false,
    subject,
    auth_user_sid: sid,
    auth_user_name: username,
    rbac_permissions: permissions,
    originator,
  })
}

export const session: Messages<'session'> = {
  ...localSessions,

  /** Over a way that only root has any credentials will do; over TCP they are checked (docs/spec/protocol-semantics.md 2.2). */
  login_with_password(context, username, password, _version, originator) {
    if (context.origin !== 'unix') requireCoordinator(context.pool, context.host)
    const user = context.pool.users.find(username, password)
    if (user?.roles) return openSubjectSession(context, username, originator)
    if (!user && context.origin === 'tcp') {
      throw new Failure('SESSION_AUTHENTICATION_FAILED', username, 'Authentication failure')
    }
    return openSession(context, { auth_user_name: username, originator })
  },

  logout({ pool, session }) {
    if (session) pool.db.destroy('session', session)
  },

  slave_login(context, host, secret) {
    requireCoordinator(context.pool, context.host)
    checkPoolSecret(context, secret)
    context.pool.db.row('host', host)
    return openSession({ ...context, host }, { pool: true })
  },

  /** Changes the password of root; the old one is not looked at (docs/spec/protocol-semantics.md 2.4). */
  change_password({ pool, session }, _old, changed) {
    if (session !== undefined && !pool.db.get('session', session, 'is_local_superuser')) {
      throw new Failure('USER_IS_NOT_LOCAL_SUPERUSER', 'Only local root can change its password')
    }
    pool.users.changeRootPassword(changed)
  },

  get_all_subject_identifiers({ pool: { db } }) {
    const all = db.refs('session').map(ref => db.get('session', ref, 'auth_user_sid'))
    return [...new Set(all)].filter(sid => sid !== '')
  },

  logout_subject_identifier({ pool: { db }, session }, sid) {
    for (const ref of db.refs('session')) {
      if (ref !== session && sid !== '' && db.get('session', ref, 'auth_user_sid') === sid) db.destroy('session', ref)
    }
  },
}
