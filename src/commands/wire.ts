import type { Value } from '../datamodel/index.ts'
import { TransportError } from '../xapi/index.ts'
import { parseInteger } from './integers.ts'

/** A record, or a map of records, as a host answers it. */
export type Struct = ReadonlyMap<string, Value>

const malformed = (wanted: string): TransportError =>
  new TransportError('protocol', `The host's answer is not what XenAPI promises: ${wanted} is missing.`)

export function struct(value: Value): Struct {
  if (value instanceof Map) return value
  throw malformed('a record')
}

export function list(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value
  throw malformed('a list')
}

/** A string, or what a number or a truth value looks like. */
export function text(value: Value): string {
  if (value !== null && typeof value !== 'object') return String(value)
  throw malformed('a plain value')
}

/** An integer, which XML-RPC carries as text. */
export function integer(value: Value): number | bigint {
  const parsed = parseInteger(text(value))
  if (parsed === undefined) throw malformed('an integer')
  return parsed
}
