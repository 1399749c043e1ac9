import { datamodel, type Ref, type Value } from '../../datamodel/index.ts'
import type { Context, Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { permissionFor, permissions } from './permissions.ts'

/**
 * Throws RBAC_PERMISSION_DENIED [permission; text with the roles that have it] unless the caller's session holds the
 * permission that the call needs. It does not look at the object (docs/spec/protocol-semantics.md 6.3).
 */
export function authorize(context: Context, parameters: readonly Value[]): void {
  const { message, session, pool } = context
  if (session === undefined) return
  const isKeyed = Object.keys(message.keyRoles).length > 0
  const [, key] = parameters
  requirePermission(pool, session, permissionFor(message, isKeyed && typeof key === 'string' ? key : undefined))
}

/** As `authorize`, for a permission by its name. */
export function requirePermission(pool: Pool, session: Ref<'session'>, permission: string): void {
  if (!holds(pool, session, permission)) {
    const holders = permissions().get(permission)?.roles ?? []
    const named = datamodel().roleOrderInDenials.filter(role => holders.includes(role))
    throw new Failure('RBAC_PERMISSION_DENIED', permission, `Roles with this permission: ${named.join(', ')}`)
  }
}

/** Whether a session may do what a permission names; it is fixed at login. */
export function holds({ db }: Pool, session: Ref<'session'>, permission: string): boolean {
  if (db.get('session', session, 'is_local_superuser') || db.get('session', session, 'pool')) return true
  return db.get('session', session, 'rbac_permissions').includes(permission)
}
