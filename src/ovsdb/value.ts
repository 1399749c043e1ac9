import { OvsdbError } from './error.ts'

/** A row, by its uuid. */
export interface Uuid {
  readonly uuid: string
}

/** A row that the same transaction inserts with this `uuid-name`. */
export interface NamedUuid {
  readonly named: string
}

export type Atom = string | number | boolean | Uuid | NamedUuid

/** The value of a column (RFC 7047 5.1). A set of one element comes as that element: `setOf` and `optionalOf` read both. */
export type OvsdbValue = Atom | readonly Atom[] | ReadonlyMap<Atom, Atom>

export type Row = Readonly<Record<string, OvsdbValue>>

const isUuid = (value: unknown): value is Uuid => typeof value === 'object' && value !== null && 'uuid' in value

export function valueToJson(value: OvsdbValue): unknown {
  if (value instanceof Map) return ['map', [...value].map(([key, item]) => [atomToJson(key), atomToJson(item)])]
  if (Array.isArray(value)) return ['set', value.map(atomToJson)]
  return atomToJson(value as Atom) // the other two are gone
}

function atomToJson(atom: Atom): unknown {
  if (typeof atom !== 'object') return atom
  return 'uuid' in atom ? ['uuid', atom.uuid] : ['named-uuid', atom.named]
}

export const rowToJson = (row: Row): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, valueToJson(value)]))

/** Throws OvsdbError `protocol`. */
export function valueFromJson(json: unknown): OvsdbValue {
  if (Array.isArray(json) && Array.isArray(json[1])) {
    if (json[0] === 'set') return json[1].map(atomFromJson)
    if (json[0] === 'map') return new Map(json[1].map(pair => [atomFromJson(pair?.[0]), atomFromJson(pair?.[1])]))
  }
  return atomFromJson(json)
}

function atomFromJson(json: unknown): Atom {
  if (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return json
  if (Array.isArray(json) && typeof json[1] === 'string') {
    if (json[0] === 'uuid') return { uuid: json[1] }
    if (json[0] === 'named-uuid') return { named: json[1] }
  }
  throw new OvsdbError('protocol', `${JSON.stringify(json)} is not the value of a column`)
}

/** Throws OvsdbError `protocol`. */
export function rowFromJson(json: unknown): Row {
  if (typeof json !== 'object' || json === null) throw new OvsdbError('protocol', `${JSON.stringify(json)} is no row`)
  return Object.fromEntries(Object.entries(json).map(([column, value]) => [column, valueFromJson(value)]))
}

/** The elements of a set, also where it came as its only element, or the column did not come at all. */
export function setOf(value: OvsdbValue | undefined): readonly Atom[] {
  if (value === undefined || value instanceof Map) return []
  return Array.isArray(value) ? value : [value as Atom] // the other two are gone
}

/** The element of a column that has at most one. */
export const optionalOf = (value: OvsdbValue | undefined): Atom | undefined => setOf(value)[0]

/** The uuids in a set of references. */
export const uuidsOf = (value: OvsdbValue | undefined): string[] =>
  setOf(value).flatMap(atom => (isUuid(atom) ? atom.uuid : []))

/** A map of strings, such as external_ids. What is no string in it is written as one. */
export function mapOf(value: OvsdbValue | undefined): ReadonlyMap<string, string> {
  if (!(value instanceof Map)) return new Map()
  return new Map([...value].map(([key, item]) => [textOf(key), textOf(item)]))
}

/** An atom as text: of a reference, its uuid. */
export function textOf(atom: Atom | undefined): string {
  if (atom === undefined) return ''
  if (typeof atom !== 'object') return String(atom)
  return isUuid(atom) ? atom.uuid : atom.named
}

/** Whether two values of a column are the same, in whatever order sets and maps have come. */
export function sameValue(a: OvsdbValue | undefined, b: OvsdbValue | undefined): boolean {
  if (a === b) return true
  if (typeof a === 'string' && typeof b === 'string') return false
  if (a instanceof Map && b instanceof Map && a.size !== b.size) return false
  if (a instanceof Map && b instanceof Map && sameEntries(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b) && a.length === 0 && b.length === 0) return true
  return canonical(a) === canonical(b)
}

/** What most maps are told apart by, at once; it does not know references. */
function sameEntries(a: ReadonlyMap<Atom, Atom>, b: ReadonlyMap<Atom, Atom>): boolean {
  for (const [key, value] of a) if (b.get(key) !== value) return false
  return true
}

function canonical(value: OvsdbValue | undefined): string {
  const atom = (it: Atom) => JSON.stringify(atomToJson(it))
  if (value instanceof Map) {
    if (value.size > 0)
      return `map ${[...value]
        .map(([key, item]) => `${atom(key)}:${atom(item)}`)
        .sort()
        .join()}`
    return 'set '
  }
  return `set ${setOf(value).map(atom).sort().join()}`
}
