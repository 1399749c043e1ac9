import type { Value } from '../../datamodel/index.ts'
import { readJson } from '../wire/json.ts'

/**
 * What JSON.parse would not keep: the place of a key that JavaScript takes for an index, which may be written in escapes, and
 * the digits of a large integer. The digits of a token in an answer of event.from are followed by a quote and are text.
 */
const delicate = /"\d{1,10}"\s*:|\\u003\d|[:,[\s]-?\d{16,}(?![\d.eE"])/

/**
 * The value that a JSON text stands for: objects as Maps in the order of the text, integers as numbers, or as bigints where
 * a number would lose digits. Any depth. Throws JsonError where the text is not JSON or what hosts write beyond it
 * (docs/spec/protocol-semantics.md 1.3).
 */
export function readJsonValue(text: string): Value {
  return toValue(delicate.test(text) ? readExactly(text) : readFast(text))
}

const readExactly = (text: string): unknown => readJson(text, { duplicates: 'first' })

function readFast(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return readExactly(text) // NaN and the like, or an error that tells the place and nothing of the text
  }
}

/** Without recursion, as a host may nest as deep as it likes. */
function toValue(json: unknown): Value {
  const unread: (unknown[] | Map<string, unknown>)[] = []
  const convert = (item: unknown): unknown => {
    if (typeof item === 'bigint') return Number.isSafeInteger(Number(item)) ? Number(item) : item
    if (typeof item !== 'object' || item === null) return item
    const container = Array.isArray(item) || item instanceof Map ? item : new Map(Object.entries(item))
    unread.push(container)
    return container
  }
  const value = convert(json)
  for (let container = unread.pop(); container; container = unread.pop()) {
    if (Array.isArray(container)) for (const [i, item] of container.entries()) container[i] = convert(item)
    else for (const [key, item] of container) if (typeof item !== 'string') container.set(key, convert(item))
  }
  return value as Value // what JSON can say, as converted here
}
