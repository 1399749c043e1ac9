import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseType } from '../../../src/datamodel/index.ts'
import { fromStoredForm, withSpaces } from '../../../src/fake-host/dump/stored-form.ts'

const read = (type: string, text: string) => fromStoredForm(parseType(type), text)

describe('values in the form of the database', () => {
  it.each([
    ['string', 'a (b)', 'a (b)'],
    ['int', '-5', -5n],
    ['int', '9007199254740993', 9_007_199_254_740_993n],
    ['float', '0.100000000000000006', 0.1],
    ['float', '0.', 0],
    ['float', '1e+20', 1e20],
    ['float', 'inf', Number.POSITIVE_INFINITY],
    ['bool', 'true', true],
    ['bool', 'false', false],
    ['datetime', '20240102T03:04:05Z', '20240102T03:04:05Z'],
    ['PIF ref', 'OpaqueRef:x', 'OpaqueRef:x'],
    ['string set', '()', []],
    ['string set', "('a' 'b c' '')", ['a', 'b c', '']],
    ['string set', "( 'a'\n'b' )", ['a', 'b']],
    ['string set', String.raw`('it\'s' 'a\\b' 'c\\')`, ["it's", String.raw`a\b`, 'c\\']],
    ['int set', "('1' '2')", [1n, 2n]],
    ['(string -> string) map', '()', new Map()],
    ['(string -> string) map', "(('k' 'v') ('k2' 'v2'))", new Map([['k', 'v'], ['k2', 'v2']])], // biome-ignore format: as it is
    ['(int -> float) map', "(('0' '0.5'))", new Map([['0', 0.5]])],
    ['(int -> string set) map', String.raw`(('0' '(\'a\' \'b\')'))`, new Map([['0', ['a', 'b']]])],
  ])('are read: %s %s', (type, text, expected) => {
    expect(read(type, text)).toEqual(expected)
  })

  it.each([
    ['int', '1.5'],
    ['int', ''],
    ['float', 'much'],
    ['bool', 'True'],
    ['string set', ''],
    ['string set', '(a b)'],
    ['string set', "('a' 'b'"],
    ['string set', "('a\\')"],
    ['(string -> string) map', "('k' 'v')"],
    ['(string -> string) map', "(('k'))"],
    ['(string -> string) map', "(('k' 'v')) x"],
  ])('that are none stay texts, which others refuse: %s %s', (type, text) => {
    expect(read(type, text)).toBe(text)
  })

  it('come back whatever they hold', () => {
    const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`
    const protect = (text: string) =>
      text.replace(/[ \t\n\r%]/g, sign => `%${{ ' ': '.', '\t': 't', '\n': 'n', '\r': 'r' }[sign] ?? '%'}`)
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', "'", '\\', '(', ')', '%', '.', 't', '\n', '\t', '\r', 'é', '😀'),
    })
    fc.assert(
      fc.property(fc.array(text), items => {
        expect(read('string set', withSpaces(protect(`(${items.map(quote).join(' ')})`)))).toEqual(items)
      }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), pairs => {
        const stored = `(${pairs.map(([key, value]) => `(${quote(key)} ${quote(value)})`).join(' ')})`
        expect(read('(string -> string) map', withSpaces(protect(stored)))).toEqual(new Map(pairs))
      }),
    )
  })

  it('may be long', () => {
    const items = Array.from({ length: 100_000 }, (_, i) => `OpaqueRef:${i}`)
    expect(read('PIF ref set', `(${items.map(item => `'${item}'`).join(' ')})`)).toEqual(items)
    const long = 'x'.repeat(5_000_000)
    expect(read('string set', `('${long}')`)).toEqual([long])
  })
})
