import { datamodel, type Message, type Type, type Value } from '../../datamodel/index.ts'
import { TransportError } from '../errors.ts'

/**
 * The parameters of a message by their types: a Map or a plain object for a map or a record, a Date or text for a
 * datetime, a number, a bigint or decimal text for an int. Trailing parameters that are undefined are left out. Throws a
 * TransportError `unsendable` that names the parameter which does not fit.
 */
export function encodeParameters(message: Message, parameters: readonly unknown[]): readonly Value[] {
  const count = parameters.findLastIndex(parameter => parameter !== undefined) + 1
  return parameters.slice(0, count).map((parameter, index) => {
    const declared = message.parameters[index]
    // One too many is the host's to judge: a newer host may know it.
    return encode(parameter, declared?.type ?? { kind: 'any' }, `${message.name}: ${declared?.name ?? index + 1}`)
  })
}

function encode(value: unknown, type: Type, path: string): Value {
  switch (type.kind) {
    case 'string':
    case 'enum':
    case 'ref':
      if (typeof value === 'string') return value
      break
    case 'bool':
      if (typeof value === 'boolean') return value
      break
    case 'int':
      if (typeof value === 'bigint' || Number.isInteger(value)) return BigInt(value as bigint | number).toString() // checked
      if (typeof value === 'string' && /^-?\d+$/.test(value)) return value
      break
    case 'float':
      if (typeof value === 'number') return value
      break
    case 'datetime':
      if (typeof value === 'string') return value
      if (value instanceof Date && !Number.isNaN(value.getTime())) return formatDate(value)
      break
    case 'set':
      if (Array.isArray(value)) return value.map((item, i) => encode(item, type.of, `${path}, item ${i + 1}`))
      break
    case 'map': {
      const entries = entriesOf(value)
      if (entries)
        return encodeEntries(
          entries,
          key => String(encode(key, type.key, `a key of ${path}`)),
          () => type.value,
          path,
        )
      break
    }
    case 'record': {
      const entries = entriesOf(value)?.filter(([, item]) => item !== undefined)
      const fields = new Map(
        datamodel()
          .classes.get(type.class)
          ?.fields.map(field => [field.name, field.type]),
      )
      if (entries) return encodeEntries(entries, String, name => fields.get(name) ?? { kind: 'any' }, path)
      break
    }
    case 'option':
      return encode(value, type.of, path)
    case 'void':
    case 'any':
      return value as Value // without a type to judge by; the transport refuses what cannot be sent
  }
  throw new TransportError('unsendable', `${path} is not ${described[type.kind]}`)
}

const described: Readonly<Record<Type['kind'], string>> = {
  string: 'a string',
  enum: 'a string',
  ref: 'a reference',
  bool: 'true or false',
  int: 'an integer',
  float: 'a number',
  datetime: 'a date',
  set: 'an array',
  map: 'a Map or an object',
  record: 'a Map or an object',
  option: 'a value',
  void: 'a value',
  any: 'a value',
}

function entriesOf(value: unknown): [unknown, unknown][] | undefined {
  if (value instanceof Map) return [...value]
  const isPlain =
    typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
  return isPlain ? Object.entries(value) : undefined
}

function encodeEntries(
  entries: readonly [unknown, unknown][],
  keyOf: (key: unknown) => string,
  typeOf: (key: string) => Type,
  path: string,
): ReadonlyMap<string, Value> {
  return new Map(
    entries.map(([rawKey, item]) => {
      const key = keyOf(rawKey)
      return [key, encode(item, typeOf(key), `${path}, key ${JSON.stringify(key)}`)]
    }),
  )
}

/** `20240102T03:04:05Z`, as a host writes dates (docs/spec/protocol-semantics.md 1.3). */
function formatDate(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll('-', '')}Z`
}
