import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, JsonError, readJson } from '../../../src/xapi/wire/json.ts'

const failure = (text: string): JsonError => {
  try {
    readJson(text)
  } catch (error) {
    if (error instanceof JsonError) return error
    throw error
  }
  throw new Error(`${text} was read`)
}

describe('readJson', () => {
  it('gives objects as Maps in the order of the text, whatever the keys are', () => {
    const read = readJson('{"10":1,"2":2,"__proto__":{"constructor":3},"":4}')
    expect(read).toEqual(
      new Map<string, Json>([
        ['10', 1n],
        ['2', 2n],
        ['__proto__', new Map([['constructor', 3n]])],
        ['', 4n],
      ]),
    )
    expect([...(read as Map<string, Json>).keys()]).toEqual(['10', '2', '__proto__', ''])
  })

  it('tells integers of any size from numbers with a fraction or an exponent', () => {
    expect(readJson('[0, -7, 9223372036854775807, 99999999999999999999, 1.0, 1e3, -2.5E-1]')).toEqual([
      0n,
      -7n,
      9223372036854775807n,
      99999999999999999999n,
      1,
      1000,
      -0.25,
    ])
  })

  it('knows the numbers that hosts write although JSON has none of them', () => {
    expect(readJson('[NaN, Infinity, -Infinity]')).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ])
  })

  it('reads what JSON.parse reads', () => {
    const plain = (json: Json): unknown => {
      if (json instanceof Map) return Object.fromEntries([...json].map(([key, value]) => [key, plain(value)]))
      if (Array.isArray(json)) return json.map(plain)
      return typeof json === 'bigint' ? Number(json) : json
    }
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), text => {
        expect(plain(readJson(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('refuses what JSON.parse refuses', () => {
    const near = fc.stringMatching(/^[[\]{}",:\\ tfn01.e+u-]{0,12}$/)
    fc.assert(
      fc.property(near, text => {
        let refused = false
        try {
          JSON.parse(text)
        } catch {
          refused = true
        }
        if (refused) expect(() => readJson(text)).toThrow(JsonError)
        else expect(() => readJson(text, { duplicates: 'first' })).not.toThrow()
      }),
      { numRuns: 2000 },
    )
  })

  it('reads escapes, half surrogates among them', () => {
    expect(readJson(String.raw`"a\n\u00e9\ud83d\ude00\ud800\"\\\/"`)).toBe('a\né😀\ud800"\\/')
  })

  it.each([
    ['[1,\n 2,\n  x]', 3, 3],
    ['{"a":1,"a":2}', 1, 8],
    ['{"a" 1}', 1, 6],
    ['[1] 2', 1, 5],
    ['["\\q"]', 1, 2],
    ['["a\nb"]', 1, 4],
    ['[01]', 1, 3],
  ])('says where %j is wrong', (text, line, column) => {
    expect(failure(text)).toMatchObject({ line, column, truncated: false })
    expect(failure(text).message).toMatch(new RegExp(`^line ${line}, column ${column}: `))
  })

  it.each(['', '{', '{"a":[1,2', '"abc', '"abc\\', '{"a":1', '[1,', 'tr'])(
    'says of %j that it ends too early',
    text => {
      expect(failure(text).truncated).toBe(text !== 'tr')
    },
  )

  it('keeps the first of two members with one key where told to', () => {
    expect(readJson('{"a":1,"a":2}', { duplicates: 'first' })).toEqual(new Map([['a', 1n]]))
  })

  it('reads 100,000 levels of nesting', () => {
    const depth = 100_000
    let json = readJson(`${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`)
    let levels = 0
    while (Array.isArray(json)) {
      json = (json[0] as Map<string, Json>).get('a') as Json
      levels++
    }
    expect(levels).toBe(depth)
    expect(failure('['.repeat(depth)).truncated).toBe(true)
  })
})
