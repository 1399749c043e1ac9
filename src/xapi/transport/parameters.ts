import type { Value } from '../../datamodel/index.ts'
import { TransportError } from '../errors.ts'

/**
 * A parameter as every wire can carry it: an int is decimal text, which a host reads as an int and which keeps its digits
 * everywhere (docs/spec/protocol-semantics.md 1.3); a number is a float with a fraction.
 */
export type WireParameter =
  | string
  | number
  | boolean
  | null
  | readonly WireParameter[]
  | ReadonlyMap<string, WireParameter>

/** Deeper than any parameter of XenAPI, and shallow enough for the recursion of a writer. */
const maxDepth = 200

/** Messages whose first parameter is not a session (docs/spec/protocol-semantics.md 1.6, step 5). */
const withoutSession = /^(session\.(login_with_password|slave_\w+)|system\..*)$/

/**
 * The parameters of a call, fit for a wire. Throws a TransportError `unsendable` that names the parameter, counted without
 * the session, where one is something that XenAPI has no value for, or where `objection` has something against a text:
 * it says what such a text holds.
 */
export function wireParameters(
  method: string,
  parameters: readonly Value[],
  objection: (text: string) => string | undefined = () => undefined,
): readonly WireParameter[] {
  function text(value: string, path: string): string {
    const fault = /\p{Surrogate}/u.test(value) ? 'half of a surrogate pair' : objection(value)
    if (fault !== undefined) throw unsendable(`${method}: ${path} holds ${fault}, which cannot be sent`)
    return value
  }

  function convert(value: unknown, path: string, depth: number): WireParameter {
    if (depth > maxDepth) throw unsendable(`${method}: ${path.split(',', 1)[0]} is nested too deep`)
    switch (typeof value) {
      case 'string':
        return text(value, path)
      case 'boolean':
        return value
      case 'bigint':
        return value.toString()
      case 'number':
        if (!Number.isFinite(value)) throw unsendable(`${method}: ${path} is ${value}, which cannot be sent`)
        return Number.isInteger(value) ? BigInt(value).toString() : value
    }
    if (value === null) return null
    if (Array.isArray(value)) return value.map((item, index) => convert(item, `${path}, item ${index + 1}`, depth + 1))
    if (value instanceof Map) {
      return new Map(
        Array.from(value, ([key, item]) => {
          if (typeof key !== 'string') throw unsendable(`${method}: ${path} has a key that is not a string`)
          const inside = `${path}, key ${JSON.stringify(key)}`
          return [text(key, inside), convert(item, inside, depth + 1)]
        }),
      )
    }
    throw unsendable(`${method}: ${path} is ${kindOf(value)}, which cannot be sent`)
  }

  text(method, 'the name of the method')
  const first = withoutSession.test(method) ? 1 : 0
  return parameters.map((value, index) => {
    const position = index + first
    return convert(value, position === 0 ? 'the session' : `parameter ${position}`, 0)
  })
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object') return value === undefined ? 'undefined' : `a ${typeof value}`
  const name: unknown = value?.constructor?.name
  return name === undefined ? 'an object' : `an object (${name})`
}

function unsendable(message: string): TransportError {
  return new TransportError('unsendable', message)
}
