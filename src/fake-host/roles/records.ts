import { datamodel, type RoleRecord } from '../../datamodel/index.ts'
import { permissions } from './permissions.ts'

let records: ReadonlyMap<string, RoleRecord> | undefined

/**
 * Roles and permissions as role records, by reference. They are the same in every pool and in no database; each role lists all
 * its permissions itself (docs/spec/protocol-semantics.md 6.1).
 */
export function roleRecords(): ReadonlyMap<string, RoleRecord> {
  if (records) return records
  const held = new Map<string, string[]>()
  for (const permission of permissions().values()) {
    for (const role of permission.roles) held.set(role, [...(held.get(role) ?? []), permission.ref])
  }
  records = new Map([
    ...datamodel().roles.map((role): [string, RoleRecord] => [
      role.ref,
      {
        uuid: role.uuid,
        name_label: role.name,
        name_description: `May do what the role ${role.name} allows`,
        subroles: held.get(role.name) ?? [],
        is_internal: role.internal,
      },
    ]),
    ...[...permissions().values()].map((permission): [string, RoleRecord] => [
      permission.ref,
      {
        uuid: permission.uuid,
        name_label: permission.name,
        name_description: `The permission ${permission.name}`,
        subroles: [],
        is_internal: true,
      },
    ]),
  ])
  return records
}
