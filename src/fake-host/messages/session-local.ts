import type { Context, Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'

type LocalMessages = Pick<Messages<'session'>, 'slave_local_login' | 'slave_local_login_with_password' | 'local_logout'>

/**
 * The sessions that only the host knows at which they were opened. They may do everything there, also while it cannot reach its
 * coordinator, and never expire (docs/spec/protocol-semantics.md 2.4).
 */
export const localSessions: LocalMessages = {
  slave_local_login(context, secret) {
    checkPoolSecret(context, secret)
    return openLocalSession(context)
  },

  slave_local_login_with_password(context, username, password) {
    const user = context.pool.users.find(username, password)
    if (context.origin === 'tcp' && (!user || user.roles)) {
      throw new Failure('SESSION_AUTHENTICATION_FAILED', username, 'Authentication failure')
    }
    return openLocalSession(context)
  },

  local_logout({ pool, host, session, localSession }) {
    if (localSession !== undefined) pool.hosts.of(host).sessions.delete(localSession)
    if (session !== undefined) pool.db.destroy('session', session)
  },
}

/** Throws SESSION_AUTHENTICATION_FAILED unless the caller knows the secret that the hosts of the pool share. */
export function checkPoolSecret({ pool }: Context, secret: string): void {
  if (secret !== pool.hosts.secret)
    throw new Failure('SESSION_AUTHENTICATION_FAILED', '', 'This is not the pool secret')
}

function openLocalSession({ pool, host }: Context): string {
  const ref = `OpaqueRef:${pool.random.uuid()}`
  pool.hosts.of(host).sessions.add(ref)
  return ref
}
