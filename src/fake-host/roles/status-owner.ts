import type { Context } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'

/** The role or the user that the status of tunnels belongs to. */
export type StatusOwner = { readonly role: string } | { readonly user: string }

const GUARDED = new Set(['tunnel.set_status', 'tunnel.add_to_status', 'tunnel.remove_from_status'])

/**
 * Keeps everybody but its owner from writing the status of tunnels, local root included. Hosts have no such rule; the design of
 * tunnels provides for it (docs/spec/tunnelling-design.md T7). Throws RBAC_PERMISSION_DENIED.
 */
export function checkStatusOwner({ pool, message, session }: Context): void {
  const { db, statusOwner: owner } = pool
  if (owner === undefined || session === undefined || !GUARDED.has(message.name)) return
  const isOwner =
    'user' in owner
      ? db.get('session', session, 'auth_user_name') === owner.user
      : db.get('session', session, 'rbac_permissions').includes(owner.role)
  if (isOwner) return
  const [kind = '', name = ''] = Object.entries(owner).flat()
  throw new Failure('RBAC_PERMISSION_DENIED', message.name, `The status of tunnels is reserved for the ${kind} ${name}`)
}
