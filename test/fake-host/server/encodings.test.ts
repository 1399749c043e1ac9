import { describe, expect, it } from 'vitest'
import { parseType, type Value } from '../../../src/datamodel/index.ts'
import type { AnswerType } from '../../../src/fake-host/dispatch/call.ts'
import { encodeJson } from '../../../src/fake-host/server/json-write.ts'
import { encodeXml } from '../../../src/fake-host/server/xmlrpc-write.ts'

const INT32: AnswerType = { kind: 'int32' }
const COUNTS: AnswerType = { kind: 'struct', members: new Map([['tunnel', INT32]]) }
const PAIR: AnswerType = { kind: 'tuple', of: [parseType('string'), parseType('float')] }

/** Every type on both wires: docs/spec/protocol-semantics.md 1.3. */
const encodings: [type: string | AnswerType, value: Value, xml: string, json: string][] = [
  ['string', 'text', '<value>text</value>', '"text"'],
  ['string', '', '<value></value>', '""'],
  ['string', '<a> & "b"', '<value>&lt;a&gt; &amp; &quot;b&quot;</value>', String.raw`"<a> & \"b\""`],
  ['string', 'a\u0000\u0001\tb\nc\rd', '<value>a\tb\nc\rd</value>', String.raw`"a\u0000\u0001\tb\nc\rd"`],
  ['string', 'é☃😀', '<value>é☃😀</value>', '"é☃😀"'],
  ['int', 1500, '<value>1500</value>', '1500'],
  ['int', -1, '<value>-1</value>', '-1'],
  ['int', 9223372036854775807n, '<value>9223372036854775807</value>', '9223372036854775807'],
  [INT32, 7, '<value><i4>7</i4></value>', '7'],
  ['float', 0, '<value><double>0</double></value>', '0.0'],
  ['float', 1, '<value><double>1</double></value>', '1.0'],
  ['float', 0.1, '<value><double>0.1</double></value>', '0.1'],
  ['float', 1e20, '<value><double>1e+20</double></value>', '1e+20'],
  ['float', Number.NaN, '<value><double>nan</double></value>', 'NaN'],
  ['float', Number.POSITIVE_INFINITY, '<value><double>inf</double></value>', 'Infinity'],
  ['float', Number.NEGATIVE_INFINITY, '<value><double>-inf</double></value>', '-Infinity'],
  ['bool', true, '<value><boolean>1</boolean></value>', 'true'],
  ['bool', false, '<value><boolean>0</boolean></value>', 'false'],
  [
    'datetime',
    '20240102T03:04:05Z',
    '<value><dateTime.iso8601>20240102T03:04:05Z</dateTime.iso8601></value>',
    '"20240102T03:04:05Z"',
  ],
  ['enum bond_mode', 'balance-slb', '<value>balance-slb</value>', '"balance-slb"'],
  ['PIF ref', 'OpaqueRef:NULL', '<value>OpaqueRef:NULL</value>', '"OpaqueRef:NULL"'],
  ['string set', [], '<value><array><data></data></array></value>', '[]'],
  ['int set', [1, 2], '<value><array><data><value>1</value><value>2</value></data></array></value>', '[1,2]'],
  ['(string -> string) map', new Map(), '<value><struct></struct></value>', '{}'],
  [
    '(int -> float) map',
    new Map([['0', 1]]),
    '<value><struct><member><name>0</name><value><double>1</double></value></member></struct></value>',
    '{"0":1.0}',
  ],
  [
    '(string -> string) map',
    new Map([
      ['10', 'a'],
      ['2', 'b'],
      ['__proto__', '<'],
    ]),
    '<value><struct><member><name>10</name><value>a</value></member><member><name>2</name><value>b</value></member><member><name>__proto__</name><value>&lt;</value></member></struct></value>',
    '{"10":"a","2":"b","__proto__":"<"}',
  ],
  [
    'VLAN record',
    new Map<string, Value>([
      ['uuid', 'u'],
      ['tag', 7],
      ['other_config', new Map()],
    ]),
    '<value><struct><member><name>uuid</name><value>u</value></member><member><name>tag</name><value>7</value></member><member><name>other_config</name><value><struct></struct></value></member></struct></value>',
    '{"uuid":"u","tag":7,"other_config":{}}',
  ],
  ['void', '', '<value></value>', '""'],
  [
    COUNTS,
    new Map([['tunnel', 3]]),
    '<value><struct><member><name>tunnel</name><value><i4>3</i4></value></member></struct></value>',
    '{"tunnel":3}',
  ],
  [
    PAIR,
    ['a', 0],
    '<value><array><data><value>a</value><value><double>0</double></value></data></array></value>',
    '["a",0.0]',
  ],
]

const typeOf = (type: string | AnswerType): AnswerType => (typeof type === 'string' ? parseType(type) : type)

describe('a host writes, by the type of the value,', () => {
  it.each(encodings.map(([type, value, xml]) => [xml, type, value] as const))('the XML %s', (xml, type, value) => {
    expect(encodeXml(typeOf(type), value)).toBe(xml)
  })

  it.each(encodings.map(([type, value, _, json]) => [json, type, value] as const))(
    'the JSON %s',
    (json, type, value) => {
      expect(encodeJson(typeOf(type), value)).toBe(json)
    },
  )
})

it('an absent option has no member on either wire', () => {
  const type = parseType('(string -> string option) map')
  const value: Value = new Map<string, Value>([
    ['there', 'x'],
    ['absent', null],
  ])
  expect(encodeXml(type, value)).toBe(
    '<value><struct><member><name>there</name><value>x</value></member></struct></value>',
  )
  expect(encodeJson(type, value)).toBe('{"there":"x"}')
})
