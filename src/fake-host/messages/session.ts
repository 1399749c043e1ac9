import { NULL_REF } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import type { Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'

export const session: Messages<'session'> = {
  /**
   * Over a socket that only root can open any credentials will do; over TCP they are checked
   * (docs/spec/protocol-semantics.md 2.2).
   */
  login_with_password({ pool, origin, host }, username, password, _version, originator) {
    const { credentials } = pool
    const known = username === credentials.username && password === credentials.password
    if (origin === 'tcp' && !known) {
      throw new Failure('SESSION_AUTHENTICATION_FAILED', username, 'Authentication failure')
    }
    const now = xenDate(pool.clock())
    return pool.db.create('session', {
      this_host: host,
      this_user: NULL_REF,
      last_active: now,
      validation_time: now,
      is_local_superuser: true,
      auth_user_name: username,
      originator,
    })
  },

  logout({ pool, session }) {
    if (session) pool.db.destroy('session', session)
  },

  local_logout({ pool, session }) {
    if (session) pool.db.destroy('session', session)
  },
}
