import type { Type } from '../../datamodel/index.ts'
import type { Json } from '../../xapi/wire/json.ts'

/**
 * A value from the form in which the database stores it (docs/spec/protocol-semantics.md 3.7) as JSON would write it. What is no
 * value of the type stays a text, for others to refuse.
 */
export function fromStoredForm(type: Type, text: string): Json {
  switch (type.kind) {
    case 'int':
      return /^-?\d+$/.test(text) ? BigInt(text) : text
    case 'float':
      return float(text) ?? text
    case 'bool':
      return text === 'true' || text === 'false' ? text === 'true' : text
    case 'set':
      return items(text)?.map(item => fromStoredForm(type.of, item)) ?? text
    case 'map':
      return map(type, text) ?? text
    default:
      return text
  }
}

const FLOAT = /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i
const WORDS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
}

function float(text: string): number | undefined {
  return FLOAT.test(text) ? Number(text) : WORDS[text]
}

const QUOTED = String.raw`'([^\\']*(?:\\.[^\\']*)*)'`
const PAIR = String.raw`\(\s*${QUOTED}\s+${QUOTED}\s*\)`
const ITEMS = new RegExp(QUOTED, 'gs')
const PAIRS = new RegExp(PAIR, 'gs')
const SET = new RegExp(`^\\(\\s*(?:${QUOTED}\\s*)*\\)$`, 's')
const MAP = new RegExp(`^\\(\\s*(?:${PAIR}\\s*)*\\)$`, 's')

/** `('a' 'b')`. Undefined where it is no such list. */
function items(text: string): string[] | undefined {
  return SET.test(text) ? [...text.matchAll(ITEMS)].map(([, item = '']) => unquoted(item)) : undefined
}

/** `(('k' 'v'))`. Undefined where it is no such list. */
function map(type: Type & { kind: 'map' }, text: string): Json | undefined {
  if (!MAP.test(text)) return undefined
  const pairs = [...text.matchAll(PAIRS)]
  return new Map(pairs.map(([, key = '', value = '']) => [unquoted(key), fromStoredForm(type.value, unquoted(value))]))
}

const unquoted = (text: string): string => text.replace(/\\(.)/gs, '$1')

const SPACES: Readonly<Record<string, string>> = { '.': ' ', t: '\t', n: '\n', r: '\r', '%': '%' }

/** A value in a file, where white space is written with percent signs since XML would not keep it. */
export const withSpaces = (text: string): string => text.replace(/%([.tnr%])/g, (_, sign: string) => SPACES[sign] ?? '')
