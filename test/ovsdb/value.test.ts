import { expect, it } from 'vitest'
import { mapOf, optionalOf, sameValue, setOf, textOf, uuidsOf } from '../../src/ovsdb/index.ts'
import { valueFromJson, valueToJson } from '../../src/ovsdb/value.ts'

const uuid = '7c0b5f7c-6d1f-4f4e-9f4a-1c9d0f4a2d11'

it.each([
  ['text', 'text'],
  [7, 7],
  [1.5, 1.5],
  [false, false],
  [['uuid', uuid], { uuid }],
  [['named-uuid', 'row1'], { named: 'row1' }],
  [['set', []], []],
  [
    ['set', [1, 2]],
    [1, 2],
  ],
  [
    [
      'set',
      [
        ['uuid', uuid],
        ['named-uuid', 'row1'],
      ],
    ],
    [{ uuid }, { named: 'row1' }],
  ],
  [['map', []], new Map()],
  [
    [
      'map',
      [
        ['key', 'value'],
        ['other', 'more'],
      ],
    ],
    new Map([
      ['key', 'value'],
      ['other', 'more'],
    ]),
  ],
  [['map', [[1, ['uuid', uuid]]]], new Map([[1, { uuid }]])],
])('%j is read and written as it stands on the wire', (json, value) => {
  expect(valueFromJson(json)).toEqual(value)
  expect(valueToJson(value)).toEqual(json)
})

it.each(
  [null, {}, ['uuid'], ['uuid', 7], ['set', [null]], ['map', [['key']]], ['set', [['set', []]]]].map(json => [json]),
)('%j is no value', json => {
  expect(() => valueFromJson(json)).toThrow('is not the value of a column')
})

it('a set of one is read like any other set', () => {
  expect([setOf([]), setOf(5), setOf([5, 6]), setOf(undefined)]).toEqual([[], [5], [5, 6], []])
  expect([optionalOf([]), optionalOf(5), optionalOf(undefined)]).toEqual([undefined, 5, undefined])
  expect([uuidsOf({ uuid }), uuidsOf([{ uuid }, { uuid: 'b' }]), uuidsOf([])]).toEqual([[uuid], [uuid, 'b'], []])
})

it('a map is one of strings, and what is no map is an empty one', () => {
  expect(
    mapOf(
      new Map<string, string | number>([
        ['a', 'b'],
        ['c', 1],
      ]),
    ),
  ).toEqual(
    new Map([
      ['a', 'b'],
      ['c', '1'],
    ]),
  )
  expect(mapOf([])).toEqual(new Map())
  expect([textOf(undefined), textOf(3), textOf({ uuid }), textOf({ named: 'x' })]).toEqual(['', '3', uuid, 'x'])
})

it('values are the same in any order, and a set of one is its element', () => {
  expect(sameValue([1, 2], [2, 1])).toBe(true)
  expect(sameValue([{ uuid }], { uuid })).toBe(true)
  expect(
    sameValue(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
      new Map([
        ['b', '2'],
        ['a', '1'],
      ]),
    ),
  ).toBe(true)
  expect(sameValue(new Map([[1, { uuid }]]), new Map([[1, { uuid }]]))).toBe(true)
  expect(sameValue(new Map([[1, { uuid }]]), new Map([[1, { uuid: 'b' }]]))).toBe(false)
  expect(sameValue(new Map(), [])).toBe(true)
  expect(sameValue(new Map([['a', '1']]), new Map([['a', '2']]))).toBe(false)
  expect(sameValue('1', 1)).toBe(false)
  expect(sameValue([], undefined)).toBe(true)
})
