import { datamodel, type Type, type Value } from '../../datamodel/index.ts'
import { RpcDate, type RpcValue } from './call.ts'
import { internalError } from './failure.ts'
import { cutOff } from './nesting.ts'

/**
 * A parameter as the type that its message declares. Bad types are not an error of their own in XenAPI: they surface as
 * INTERNAL_ERROR with a printed exception (docs/spec/protocol-semantics.md 1.3 and 1.6, step 6).
 */
export function unmarshal(type: Type, value: RpcValue): Value {
  switch (type.kind) {
    case 'string':
    case 'ref':
      return text(value)
    case 'int':
      return integer(value)
    case 'float':
      return float(value)
    case 'bool':
      if (typeof value !== 'boolean') throw failure(`Expected bool, got '${dump(value)}'`)
      return value
    case 'datetime':
      return date(value)
    case 'enum':
      return enumValue(type.name, text(value))
    case 'set':
      if (!Array.isArray(value)) throw failure(`Expecting Rpc.Enum, but found '${dump(value)}'`)
      return value.map(item => unmarshal(type.of, item as RpcValue)) // an array of RpcValues
    case 'map':
      if (!(value instanceof Map)) throw failure(`Expecting Rpc.Dict, but found '${dump(value)}'`)
      return new Map([...value].map(([k, v]) => [String(unmarshal(type.key, k)), unmarshal(type.value, v)]))
    case 'record':
      return record(type.class, value)
    case 'option':
      return value === null ? null : unmarshal(type.of, value)
    case 'void':
    case 'any':
      return text(value)
  }
}

const failure = (text: string) => internalError(`Failure("${text.replace(/[\\"]/g, '\\$&')}")`)

function text(value: RpcValue): string {
  if (typeof value !== 'string') throw failure(`Expected string, got '${dump(value)}'`)
  return value
}

export const INT64: { readonly least: bigint; readonly most: bigint } = { least: -(2n ** 63n), most: 2n ** 63n - 1n }
/** Integers as the original's reader takes them. */
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F][0-9a-fA-F_]*|0[oO][0-7][0-7_]*|0[bB][01][01_]*|0u?[0-9_]*|[0-9][0-9_]*)$/

/** A 64-bit integer from text: decimal, or with a 0x, 0o or 0b prefix; underscores between digits. Undefined where it is none. */
export function parseInt64(source: string): bigint | undefined {
  if (!INTEGER.test(source)) return undefined
  const negative = source.startsWith('-')
  const digits = source.replace(/^[-+]/, '').replace(/^0u/, '').replace(/_/g, '')
  const parsed = BigInt(digits)
  const signed = negative ? -parsed : parsed
  return signed < INT64.least || signed > INT64.most ? undefined : signed
}

function integer(value: RpcValue): number | bigint {
  const parsed = typeof value === 'bigint' ? value : typeof value === 'string' ? parseInt64(value) : undefined
  if (parsed === undefined) {
    throw failure(typeof value === 'string' ? 'Int64.of_string' : `Expected int64, got '${dump(value)}'`)
  }
  const plain = Number(parsed)
  return Number.isSafeInteger(plain) ? plain : parsed
}

function float(value: RpcValue): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') throw failure(`Expected float, got '${dump(value)}'`)
  const words: Readonly<Record<string, number>> = {
    nan: Number.NaN,
    inf: Number.POSITIVE_INFINITY,
    infinity: Number.POSITIVE_INFINITY,
    '-inf': Number.NEGATIVE_INFINITY,
    '-infinity': Number.NEGATIVE_INFINITY,
  }
  const word = words[value.toLowerCase()]
  if (word !== undefined) return word
  if (!/^[-+]?(\d[\d_]*\.?[\d_]*)([eE][-+]?\d+)?$/.test(value)) throw failure('float_of_string')
  return Number(value.replace(/_/g, ''))
}

const DATE = /^(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[-+]\d{2}:?\d{2})?$/

function date(value: RpcValue): string {
  const source = value instanceof RpcDate ? value.text : value
  const found = typeof source === 'string' ? DATE.exec(source) : undefined
  if (!found) throw internalError(`Invalid argument: not a date: ${dump(value)}`)
  const [, year, month, day, hour, minute, second, zone = 'Z'] = found
  return `${year}${month}${day}T${hour}:${minute}:${second}${zone}`
}

/** Enum values are compared without regard to case, but for Bond modes (docs/spec/protocol-semantics.md 1.3). */
function enumValue(name: string, value: string): string {
  const exact = name === 'bond_mode'
  const found = datamodel()
    .enums.get(name)
    ?.find(known => (exact ? known === value : known.toLowerCase() === value.toLowerCase()))
  if (found === undefined) throw failure('Unknown tag/contents')
  return found
}

/**
 * A constructor's record. Only fields that a client may set are looked at; those without a default are mandatory, others
 * take theirs (docs/spec/protocol-semantics.md 3.3).
 */
function record(cls: string, value: RpcValue): Value {
  if (!(value instanceof Map)) throw failure('bad __structure')
  const given = value as ReadonlyMap<string, RpcValue> // the only kind of Map in an RpcValue
  const members = new Map<string, Value>()
  for (const field of datamodel().classes.get(cls)?.fields ?? []) {
    if (field.internal || field.qualifier === 'RO/runtime') continue
    const member = given.get(field.name)
    if (member !== undefined) members.set(field.name, unmarshal(field.type, member))
    else if (field.default === undefined) {
      throw internalError(`Server_helpers.Dispatcher_FieldNotFound("${field.name}")`)
    }
  }
  return members
}

/**
 * A parameter in the notation of the original's error texts: `S(str) I(5) F(1.5) B(true) N [a;b] {k:v} D(date)`. What is nested
 * very deep is left out.
 */
export const dump = (value: RpcValue): string => print(cutOff(value, 100))

function print(value: RpcValue): string {
  if (typeof value === 'string') return `S(${value})`
  if (typeof value === 'bigint') return `I(${value})`
  if (typeof value === 'number') return `F(${value})`
  if (typeof value === 'boolean') return `B(${value})`
  if (value === null) return 'N'
  if (value instanceof RpcDate) return `D(${value.text})`
  if (value instanceof Map) return `{${[...value].map(([k, v]) => `${k}:${print(v)}`).join(';')}}`
  return `[${(value as readonly RpcValue[]).map(print).join(';')}]` // what is left
}
