import { datamodel, EPOCH, type Field, type JsonValue, NULL_REF, type Type, type Value } from '../../datamodel/index.ts'

/** The value of a type that nothing has been said about (docs/spec/protocol-semantics.md 3.6). */
export function emptyValue(type: Type): Value {
  switch (type.kind) {
    case 'int':
    case 'float':
      return 0
    case 'bool':
      return false
    case 'datetime':
      return EPOCH
    case 'enum':
      return datamodel().enums.get(type.name)?.[0] ?? ''
    case 'ref':
      return NULL_REF
    case 'set':
      return []
    case 'map':
      return new Map()
    default:
      return ''
  }
}

/** A JSON value, of datamodel.json or of a snapshot, as a Value: objects become Maps. */
export function valueFromJson(json: JsonValue): Value {
  if (Array.isArray(json)) return json.map(valueFromJson)
  if (json !== null && typeof json === 'object')
    return new Map(Object.entries(json).map(([k, v]) => [k, valueFromJson(v)]))
  return json
}

const defaults = new WeakMap<Field, Value>()

/**
 * What a field holds that nobody gave a value; the same value for every object, since values are never changed in place. An empty
 * reference of the datamodel becomes the null reference: a host's own code never leaves it empty, and clients take both for
 * null (docs/spec/protocol-semantics.md 1.3).
 */
export function defaultOf(field: Field): Value {
  const known = defaults.get(field)
  if (known !== undefined) return known
  const isNullRef = field.type.kind === 'ref' && field.default === ''
  const value = field.default === undefined || isNullRef ? emptyValue(field.type) : valueFromJson(field.default)
  defaults.set(field, value)
  return value
}
