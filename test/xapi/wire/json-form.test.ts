import { expect, it } from 'vitest'
import { parseType, type Value } from '../../../src/datamodel/index.ts'
import { jsonForm } from '../../../src/xapi/wire/json-form.ts'

it.each<[string, Value, string]>([
  ['string', 'a"\n\ud800', String.raw`"a\"\n\ud800"`],
  ['int', -1, '-1'],
  ['int', 9223372036854775807n, '9223372036854775807'],
  ['float', 1, '1.0'],
  ['float', 0.1, '0.1'],
  ['float', 1e21, '1e+21'],
  ['float', 1e20, '1e+20'],
  ['float', Number.NaN, 'NaN'],
  ['bool', true, 'true'],
  ['datetime', '20240102T03:04:05Z', '"20240102T03:04:05Z"'],
  ['PIF ref set', ['OpaqueRef:b', 'OpaqueRef:a'], '["OpaqueRef:b","OpaqueRef:a"]'],
  [
    '(string -> string) map',
    new Map([
      ['10', 'a'],
      ['2', 'b'],
      ['__proto__', 'c'],
    ]),
    '{"10":"a","2":"b","__proto__":"c"}',
  ],
  ['(int -> float) map', new Map([['0', 1]]), '{"0":1.0}'],
  [
    'PIF_metrics record',
    new Map<string, Value>([
      ['io_read_kbs', 0],
      ['speed', 0],
    ]),
    '{"io_read_kbs":0.0,"speed":0}',
  ],
  ['void', '', '""'],
])('writes a %s as JSON-RPC does', (type, value, text) => {
  expect(jsonForm(parseType(type), value)).toBe(text)
})
