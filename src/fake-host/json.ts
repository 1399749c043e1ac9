import type { Json } from '../xapi/wire/json.ts'
import { FakeHostError } from './error.ts'

/** Something made of objects, arrays, Maps and scalars as the JSON that it stands for; members that are undefined are left out. */
export function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object') throw new FakeHostError(`a ${typeof value} cannot be a value of XenAPI`)
  const members: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value)
  return new Map(
    [...members].filter(([, item]) => item !== undefined).map(([name, item]) => [String(name), toJson(item)]),
  )
}

/** JSON as plain JavaScript: numbers, and objects for Maps. */
export function fromJson(json: Json): unknown {
  if (typeof json === 'bigint') return Number(json)
  if (Array.isArray(json)) return json.map(fromJson)
  if (json instanceof Map) return Object.fromEntries([...json].map(([name, item]) => [name, fromJson(item)]))
  return json
}
