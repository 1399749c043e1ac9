import type { Type, Value } from '../../datamodel/index.ts'

const UNKNOWN = /^<unknown \d+>$/

/** What stands for the result of a call that was not made; empty for a call that has none. */
export function unknownResult(type: Type | undefined, number: () => number): Value {
  if (type?.kind === 'void') return ''
  const unknown = `<unknown ${number()}>`
  if (type?.kind === 'set') return [unknown]
  return type?.kind === 'map' ? new Map([[unknown, unknown]]) : unknown
}

/** Whether a value is unknown, or holds something that is. */
export function isUnknown(value: Value): boolean {
  if (typeof value === 'string') return UNKNOWN.test(value)
  if (value instanceof Map) return [...value].some(([key, member]) => UNKNOWN.test(key) || isUnknown(member))
  return Array.isArray(value) && value.some(isUnknown)
}
