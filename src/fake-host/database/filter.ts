import type { Class, Field, Type, Value } from '../../datamodel/index.ts'
import { Failure, internalError } from '../dispatch/failure.ts'

/** A filter expression of get_all_where and get_all_records_where, parsed. */
export type Filter =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'equal'; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly of: Filter }

type Operand = { readonly field: string } | { readonly text: string }

/** Whitespace, then a mark or a keyword (no space need follow it), or a string. The original's lexer knows nothing else. */
const TOKEN = /[ \t\n]*(?:(=|\(|\)|and|or|not|true|false|field)|"([^"]*)"|$)/y

type Token = { readonly sign: string } | { readonly text: string } | { readonly end: true }

/**
 * Reads a filter expression (docs/spec/protocol-semantics.md 3.7): `and` and `or` bind alike and to the left, `not` binds loosest.
 * Throws INVALID_VALUE [expression; text].
 */
export function parseFilter(expression: string): Filter {
  let position = 0
  let token = read()
  const filter = chain()
  if (!('end' in token)) throw grammarError()
  return filter

  // Token by token, since whichever of a bad word and bad grammar comes first is the error.
  function read(): Token {
    TOKEN.lastIndex = position
    const found = TOKEN.exec(expression)
    if (!found) throw new Failure('INVALID_VALUE', expression, 'Failure("lexing: empty token")')
    position = TOKEN.lastIndex
    const [, sign, text] = found
    return sign !== undefined ? { sign } : text !== undefined ? { text } : { end: true }
  }
  function grammarError(): Failure {
    return new Failure('INVALID_VALUE', expression, 'Xapi_database.Db_filter_parse.MenhirBasics.Error')
  }
  function accept(...signs: string[]): string | undefined {
    if (!('sign' in token) || !signs.includes(token.sign)) return undefined
    const { sign } = token
    token = read()
    return sign
  }
  function string(): string {
    if (!('text' in token)) throw grammarError()
    const { text } = token
    token = read()
    return text
  }
  function operand(): Operand {
    return accept('field') ? { field: string() } : { text: string() }
  }
  function term(): Filter {
    if (accept('not')) return { kind: 'not', of: chain() }
    const constant = accept('true', 'false')
    if (constant) return { kind: 'constant', value: constant === 'true' }
    if (accept('(')) {
      const inner = chain()
      if (!accept(')')) throw grammarError()
      return inner
    }
    const left = operand()
    if (!accept('=')) throw grammarError()
    return { kind: 'equal', left, right: operand() }
  }
  function chain(): Filter {
    let left = term()
    for (let word = accept('and', 'or'); word; word = accept('and', 'or')) {
      left = { kind: word === 'and' ? 'and' : 'or', left, right: term() }
    }
    return left
  }
}

/** Whether a row, read by field name, passes a filter. Unknown fields are an error only when a row is looked at. */
export function matches(filter: Filter, cls: Class, ref: string, read: (field: string) => Value): boolean {
  const operand = (from: Operand): string => {
    if ('text' in from) return from.text
    if (from.field === '_ref') return ref
    const field = cls.fields.find(candidate => candidate.dbName === from.field)
    if (!field) throw new Failure('INTERNAL_ERROR', 'missing field', from.field, '')
    return storedForm(field, read(field.name))
  }
  const test = (part: Filter): boolean => {
    switch (part.kind) {
      case 'constant':
        return part.value
      case 'equal':
        return operand(part.left) === operand(part.right)
      case 'not':
        return !test(part.of)
      case 'and':
        return test(part.left) && test(part.right)
      case 'or':
        return test(part.left) || test(part.right)
    }
  }
  return test(filter)
}

const storedForm = (field: Field, value: Value): string => stored(field.type, value)

/** A value as the database stores it, which is what a filter compares. */
function stored(type: Type, value: Value): string {
  if (type.kind === 'float') return typeof value === 'number' ? printFloat(value) : String(value)
  if (type.kind === 'set' && Array.isArray(value)) {
    return `(${value.map(item => quoted(stored(type.of, item as Value))).join(' ')})` // an array of Values
  }
  if (type.kind === 'map' && value instanceof Map) {
    return `(${[...value].map(([k, v]) => `(${quoted(k)} ${quoted(stored(type.value, v))})`).join(' ')})`
  }
  if (value === null || typeof value === 'object') throw internalError(`no stored form for a ${type.kind}`)
  return String(value)
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

/** C's `%0.18g`. */
function printFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return '0'
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toExponential(17)))))
  if (exponent >= -5 && exponent < 18) {
    const fixed = exact(value, Math.max(0, 17 - exponent))
    return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed
  }
  const [mantissa = '', power = '0'] = value.toExponential(17).split('e')
  const digits = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return `${digits}e${Number(power) < 0 ? '-' : '+'}${String(Math.abs(Number(power))).padStart(2, '0')}`
}

const exact = (value: number, decimals: number): string => value.toFixed(Math.min(100, decimals))
