import { datamodel, type Type, type Value } from '../../datamodel/index.ts'
import { TransportError } from '../errors.ts'

/**
 * An answer by its type: ints as numbers (bigints where a number would lose digits), records as plain objects with the
 * fields that the host sent, fields unknown to this datamodel as they came. Throws a TransportError `protocol` where the
 * host sent something of another type; `path` names the value in it.
 */
export function decode(value: Value, type: Type, path: string): unknown {
  switch (type.kind) {
    case 'void':
      return undefined
    case 'any':
      return value
    case 'string':
    case 'enum':
    case 'ref':
    case 'datetime':
      if (typeof value === 'string') return value
      break
    case 'bool':
      if (typeof value === 'boolean') return value
      break
    case 'int':
      return decodeInt(value, path)
    case 'float':
      if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
      if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value)
      break
    case 'set':
      if (Array.isArray(value)) return value.map((item, index) => decode(item, type.of, `${path}, item ${index + 1}`))
      break
    case 'option':
      return value === null ? undefined : decode(value, type.of, path)
    case 'map':
      if (value instanceof Map) {
        return new Map(
          Array.from(value, ([key, item]) => [decode(key, type.key, path), decode(item, type.value, path)]),
        )
      }
      break
    case 'record':
      if (value instanceof Map) return decodeRecord(value, type.class, path)
      break
  }
  throw new TransportError('protocol', `${path}: the host answered with something other than the type ${type.kind}`)
}

function decodeInt(value: Value, path: string): number | bigint {
  const isInt =
    typeof value === 'bigint' || Number.isInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value))
  if (!isInt) throw new TransportError('protocol', `${path}: the host answered with something other than the type int`)
  const exact = BigInt(value as bigint | number | string) // one of them, as just seen
  const number = Number(exact)
  return Number.isSafeInteger(number) ? number : exact
}

const fieldTypes = new Map<string, ReadonlyMap<string, Type>>()

function decodeRecord(value: ReadonlyMap<string, Value>, className: string, path: string): object {
  let types = fieldTypes.get(className)
  if (!types) {
    types = new Map(
      datamodel()
        .classes.get(className)
        ?.fields.map(field => [field.name, field.type]),
    )
    fieldTypes.set(className, types)
  }
  const fields = Array.from(value, ([name, item]): [string, unknown] => {
    const type = types.get(name)
    return [name, type ? decode(item, type, `${path}, ${name}`) : item]
  })
  return Object.fromEntries(fields) // defines each field, so that one called __proto__ is a field like any other
}
