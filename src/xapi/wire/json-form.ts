import { datamodel, type Type, type Value } from '../../datamodel/index.ts'

/**
 * A value in the form that XenAPI's JSON has (docs/spec/protocol-semantics.md 1.3): ints without quotes, floats never without
 * fraction or exponent, maps and records as objects with their members in order.
 */
export function jsonForm(type: Type, value: Value): string {
  switch (type.kind) {
    case 'set':
      return `[${(value as readonly Value[]).map(item => jsonForm(type.of, item)).join()}]` // what a set holds
    case 'map':
      return members(value, () => type.value)
    case 'record': {
      const types = fieldTypes(type.class)
      return members(value, name => types.get(name) ?? ANY)
    }
    case 'option':
      return value === null ? 'null' : jsonForm(type.of, value)
    case 'float':
      return jsonFloat(Number(value))
    case 'any':
      return untyped(value)
    default:
      return scalar(value)
  }
}

const ANY: Type = { kind: 'any' }
const known = new Map<string, ReadonlyMap<string, Type>>()

function fieldTypes(cls: string): ReadonlyMap<string, Type> {
  const found = known.get(cls)
  if (found) return found
  const types = new Map(
    datamodel()
      .classes.get(cls)
      ?.fields.map(field => [field.name, field.type]),
  )
  known.set(cls, types)
  return types
}

function members(value: Value, typeOf: (key: string) => Type): string {
  let text = ''
  for (const [key, member] of value as ReadonlyMap<string, Value>) {
    const type = typeOf(key)
    if (type.kind === 'option' && member === null) continue
    text += `${text ? ',' : ''}${JSON.stringify(key)}:${jsonForm(type, member)}`
  }
  return `{${text}}`
}

function untyped(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(untyped).join()}]`
  if (value instanceof Map) return members(value, () => ANY)
  return scalar(value)
}

const scalar = (value: Value): string => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))

/** With all its digits, so that what was saved is what is read. */
function jsonFloat(value: number): string {
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
