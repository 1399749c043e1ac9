import { datamodel, type Type, type Value } from '../../datamodel/index.ts'
import { formatJsonDouble } from './double.ts'

/**
 * A value in the form that XenAPI's JSON has (docs/spec/protocol-semantics.md 1.3): ints without quotes, floats never without
 * fraction or exponent, maps and records as objects with their members in order.
 */
export function jsonForm(type: Type, value: Value): string {
  switch (type.kind) {
    case 'set':
      return `[${(value as readonly Value[]).map(item => jsonForm(type.of, item)).join()}]` // what a set holds
    case 'map':
      return members(value, type.value)
    case 'record':
      return record(type.class, value)
    case 'option':
      return value === null ? 'null' : jsonForm(type.of, value)
    case 'float':
      return formatJsonDouble(Number(value))
    case 'any':
      return untyped(value)
    default:
      return scalar(value)
  }
}

const ANY: Type = { kind: 'any' }
/** How a field is written: its type, and its name with what stands around it. */
interface Field {
  readonly type: Type
  readonly name: string
}

const known = new Map<string, ReadonlyMap<string, Field>>()

function fieldsOf(cls: string): ReadonlyMap<string, Field> {
  const found = known.get(cls)
  if (found) return found
  const fields = new Map(
    datamodel()
      .classes.get(cls)
      ?.fields.map(({ name, type }) => [name, { type, name: `${JSON.stringify(name)}:` }]),
  )
  known.set(cls, fields)
  return fields
}

function record(cls: string, value: Value): string {
  const fields = fieldsOf(cls)
  const members = value as ReadonlyMap<string, Value> // what a record is
  const plain = plainRecord(fields, members)
  if (plain !== undefined) return JSON.stringify(plain)
  let text = ''
  for (const [name, member] of members) {
    const field = fields.get(name) ?? { type: ANY, name: `${JSON.stringify(name)}:` }
    if (field.type.kind === 'option' && member === null) continue
    text += `${text ? ',' : ''}${field.name}${jsonForm(field.type, member)}`
  }
  return `{${text}}`
}

/**
 * A record as an object that JSON.stringify writes in this form, which it does in a fraction of the time. Undefined where it would
 * not: floats, options, large integers, and keys of maps that JavaScript puts elsewhere.
 */
function plainRecord(
  fields: ReadonlyMap<string, Field>,
  members: ReadonlyMap<string, Value>,
): Record<string, unknown> | undefined {
  const plain: Record<string, unknown> = {}
  for (const [name, member] of members) {
    const type = fields.get(name)?.type
    if (type === undefined) return undefined
    const written = typeof member === 'string' && type.kind !== 'float' ? member : plainValue(type, member)
    if (written === undefined) return undefined
    plain[name] = written
  }
  return plain
}

function plainValue(type: Type, value: Value): unknown {
  if (type.kind === 'set')
    return type.of.kind === 'int' || (Array.isArray(value) && !value.every(isText)) ? undefined : value
  if (type.kind === 'map') return value instanceof Map ? plainMap(value) : undefined
  const isScalar = type.kind === 'bool' ? typeof value === 'boolean' : type.kind === 'int' && typeof value === 'number'
  return isScalar ? value : undefined
}

const isText = (value: unknown): value is string => typeof value === 'string'
/** Keys that an object would move, or take for something else. */
const MOVED = /^(?:\d|__proto__$)/

function plainMap(map: ReadonlyMap<string, Value>): Record<string, string> | undefined {
  const plain: Record<string, string> = {}
  for (const [key, value] of map) {
    if (typeof value !== 'string' || MOVED.test(key)) return undefined
    plain[key] = value
  }
  return plain
}

function members(value: Value, type: Type): string {
  let text = ''
  for (const [key, member] of value as ReadonlyMap<string, Value>) {
    if (type.kind === 'option' && member === null) continue
    text += `${text ? ',' : ''}${quoted(key)}:${jsonForm(type, member)}`
  }
  return `{${text}}`
}

function untyped(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(untyped).join()}]`
  if (value instanceof Map) return members(value, ANY)
  if (typeof value === 'number' && !Number.isInteger(value)) return formatJsonDouble(value)
  return scalar(value)
}

const PLAIN = /^[ !#-[\]-~]*$/
/** A text in quotes; most hold nothing that has to be escaped. */
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))

const scalar = (value: Value): string =>
  typeof value === 'string' ? quoted(value) : typeof value === 'bigint' ? String(value) : JSON.stringify(value)
