import { createHash } from 'node:crypto'
import { datamodel, type Ref, type RoleRecord } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'

/** Somebody who may log in. */
export interface User {
  readonly username: string
  readonly password: string
  /**
   * The roles of a user of the directory; none: the pool knows the user, who may not do anything. A user without this is a local
   * one, and a superuser.
   */
  readonly roles?: readonly string[] | undefined
}

/** Who may log in over TCP. Passwords of this list alone are ever checked. */
export interface Users {
  /** The user with this password; undefined where the two do not fit. */
  find(username: string, password: string): User | undefined
  /** Gives local root another password. */
  changeRootPassword(password: string): void
  /** Gives everybody the password of the start. */
  reset(): void
}

export function users(list: readonly User[]): Users {
  const initial = () => new Map(list.map(user => [user.username, user.password]))
  let passwords = initial()
  return {
    find: (username, password) =>
      passwords.get(username) === password ? list.find(user => user.username === username) : undefined,
    changeRootPassword: password => passwords.set('root', password),
    reset() {
      passwords = initial()
    },
  }
}

/** What a directory calls a user. */
export function subjectIdentifier(username: string): string {
  const digest = createHash('sha1').update(username).digest()
  return `S-1-5-21-${[0, 4, 8].map(at => digest.readUInt32BE(at)).join('-')}-${1000 + digest.readUInt16BE(12)}`
}

/** Makes the directory's users subjects of a pool that has none of them yet. Throws RangeError for a role that does not exist. */
export function addSubjects(db: Database, list: readonly User[]): void {
  const known = new Set(db.refs('subject').map(ref => db.get('subject', ref, 'subject_identifier')))
  for (const { username, roles } of list) {
    if (roles === undefined || known.has(subjectIdentifier(username))) continue
    db.create('subject', {
      subject_identifier: subjectIdentifier(username),
      other_config: new Map([['subject-name', username]]),
      roles: roles.map(roleRef),
    })
  }
  if (!list.some(user => user.roles)) return
  for (const host of db.refs('host')) {
    if (db.get('host', host, 'external_auth_type') !== '') continue
    db.set('host', host, 'external_auth_type', 'AD')
    db.set('host', host, 'external_auth_service_name', 'directory.example')
  }
}

function roleRef(name: string): Ref<'role'> {
  const role = datamodel().roles.find(candidate => candidate.name === name)
  if (!role)
    throw new RangeError(
      `there is no role ${name}; there are ${datamodel()
        .roles.map(r => r.name)
        .join(', ')}`,
    )
  return role.ref
}

/** The names of the permissions that some roles give together, and of the roles themselves. */
export function effectivePermissions(
  roles: readonly string[],
  records: ReadonlyMap<string, RoleRecord>,
): readonly string[] {
  const names = new Set<string>()
  for (const ref of roles) {
    const role = records.get(ref)
    if (!role) continue
    names.add(role.name_label)
    for (const permission of role.subroles) names.add(records.get(permission)?.name_label ?? '')
  }
  names.delete('')
  return [...names]
}
