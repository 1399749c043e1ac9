import type { Ref, RoleRecord } from '../../datamodel/index.ts'
import { parseFilter } from '../database/filter.ts'
import type { Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { roleRecords } from '../roles/records.ts'

function find(ref: Ref<'role'>): RoleRecord {
  const record = roleRecords().get(ref)
  if (!record) throw new Failure('HANDLE_INVALID', 'role', ref)
  return record
}

const select = (wanted: (record: RoleRecord, ref: string) => boolean): ReadonlyMap<Ref<'role'>, RoleRecord> =>
  new Map([...roleRecords()].filter(([ref, record]) => wanted(record, ref)))

/** Expressions are read but not obeyed, but for the two that tell roles from permissions (docs/spec/protocol-semantics.md 3.2). */
function where(expression: string): ReadonlyMap<Ref<'role'>, RoleRecord> {
  if (expression === 'subroles<>[]') return select(record => record.subroles.length > 0)
  if (expression === 'subroles=[]') return select(record => record.subroles.length === 0)
  parseFilter(expression)
  return roleRecords()
}

export const role: Messages<'role'> = {
  get_record: (_, self) => find(self),
  get_by_uuid(_, uuid) {
    const [ref] = select(record => record.uuid === uuid).keys()
    if (ref === undefined) throw new Failure('UUID_INVALID', 'role', uuid)
    return ref
  },
  get_by_name_label: (_, label) => [...select(record => record.name_label === label).keys()],
  get_uuid: (_, self) => find(self).uuid,
  get_name_label: (_, self) => find(self).name_label,
  get_name_description: (_, self) => find(self).name_description,
  get_subroles: (_, self) => find(self).subroles,
  get_is_internal: (_, self) => find(self).is_internal,
  get_permissions: (_, self) => find(self).subroles,
  get_permissions_name_label: (_, self) => find(self).subroles.map(ref => find(ref).name_label),
  get_by_permission: (_, permission) => [...select(record => record.subroles.includes(permission)).keys()],
  get_by_permission_name_label(_, label) {
    const [permission] = select(
      record => record.subroles.length === 0 && record.name_label === label.toLowerCase(),
    ).keys()
    return [...select(record => permission !== undefined && record.subroles.includes(permission)).keys()]
  },
  get_all: () => [...roleRecords().keys()],
  get_all_where: (_, expression) => [...where(expression).keys()],
  get_all_records_where: (_, expression) => where(expression),
  get_all_records: () => roleRecords(),
}
