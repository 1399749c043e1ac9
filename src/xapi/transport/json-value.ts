import type { Value } from '../../datamodel/index.ts'
import { readJson } from '../wire/json.ts'

/**
 * The value that a JSON text stands for: objects as Maps in the order of the text, integers as numbers, or as bigints where
 * a number would lose digits. Any depth. Throws JsonError where the text is not JSON or what hosts write beyond it
 * (docs/spec/protocol-semantics.md 1.3).
 */
export function readJsonValue(text: string): Value {
  try {
    return fromParsed(JSON.parse(text))
  } catch {
    // Something that JSON.parse cannot read, such as NaN, or cannot say, or that is nested very deeply.
    return fromExact(readJson(text, { duplicates: 'last' })) as Value // what JSON can say, as converted here
  }
}

const isIndex = /^(?:0|[1-9]\d*)$/

/** Throws where JSON.parse has lost something: the digits of a large integer, or the place of a key that looks like an index. */
function fromParsed(json: unknown): Value {
  if (typeof json === 'number' && Number.isInteger(json) && !Number.isSafeInteger(json))
    throw new RangeError('digits are lost')
  if (typeof json !== 'object' || json === null) return json as Value // a scalar
  if (Array.isArray(json)) {
    for (let i = 0; i < json.length; i++) if (typeof json[i] !== 'string') json[i] = fromParsed(json[i])
    return json
  }
  const map = new Map<string, Value>()
  const members = json as Readonly<Record<string, unknown>> // an object of JSON
  for (const key in members) {
    const member = members[key]
    // Such keys come first, whatever their place in the text was.
    if (map.size === 1 && isIndex.test(map.keys().next().value ?? '')) throw new RangeError('an order is lost')
    map.set(key, typeof member === 'string' ? member : fromParsed(member))
  }
  return map
}

/** Without recursion, as a host may nest as deep as it likes. */
function fromExact(json: unknown): unknown {
  const unread: (unknown[] | Map<string, unknown>)[] = []
  const convert = (item: unknown): unknown => {
    if (typeof item === 'bigint') return Number.isSafeInteger(Number(item)) ? Number(item) : item
    if (Array.isArray(item) || item instanceof Map) unread.push(item)
    return item
  }
  const value = convert(json)
  for (let container = unread.pop(); container; container = unread.pop()) {
    if (Array.isArray(container)) for (const [i, item] of container.entries()) container[i] = convert(item)
    else for (const [key, item] of container) if (typeof item !== 'string') container.set(key, convert(item))
  }
  return value
}
