import { CommandError } from '../errors.ts'
import type { Field, MapField, RecordTable, SetField } from './field.ts'

/** What a parameter name such as `MTU`, `other-config:key` or `tags:contains` is about. */
export type Target =
  | { readonly kind: 'whole'; readonly field: Field }
  | { readonly kind: 'member'; readonly field: SetField; readonly key: string }
  | { readonly kind: 'key'; readonly field: MapField; readonly key: string }
  | { readonly kind: 'part'; readonly field: Field }

export function unknownField(name: string): CommandError {
  return new CommandError(`Unknown field '${name}'`)
}

export function fieldNamed(table: RecordTable, name: string): Field | undefined {
  return table.fields.find(field => field.name === name)
}

/** docs/spec/xe-cli-semantics.md 3.5, filter name resolution, which `param-set` shares. */
export function target(table: RecordTable, name: string): Target {
  const whole = fieldNamed(table, name)
  if (whole) return { kind: 'whole', field: whole }
  const colon = name.indexOf(':')
  const field = colon < 0 ? longestPrefix(table, name) : fieldNamed(table, name.slice(0, colon))
  if (!field) throw unknownField(name)
  const key = name.slice(field.name.length + 1)
  if (field.kind === 'set') return { kind: 'member', field, key }
  return field.kind === 'map' ? { kind: 'key', field, key } : { kind: 'part', field }
}

/** The old syntax, `other-config-key`: the longest map whose name and a dash begin it, or else the longest set. */
function longestPrefix(table: RecordTable, name: string): Field | undefined {
  const candidates = table.fields
    .filter(field => name.startsWith(`${field.name}-`))
    .sort((a, b) => b.name.length - a.name.length)
  return candidates.find(field => field.kind === 'map') ?? candidates.find(field => field.kind === 'set')
}

const general = new Set('server password port username minimal force multiple all message-priority trace'.split(' '))

/** Parameters that say something to every command, so that they name no field (docs/spec/xe-cli-semantics.md 3.5). */
export function isGeneral(name: string): boolean {
  return general.has(name)
}
