import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseType } from '../../../src/datamodel/index.ts'
import { RpcDate, type RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { unmarshal } from '../../../src/fake-host/dispatch/unmarshal.ts'

const named = <T extends readonly [string, RpcValue, unknown]>(rows: readonly T[]) =>
  rows.map(([type, value, expected]) => [`${type}: ${inspect(value)}`, type, value, expected] as const)

const read = (type: string, value: RpcValue) => unmarshal(parseType(type), value)

// docs/spec/protocol-semantics.md 1.3
describe('what a parameter accepts', () => {
  it.each(
    named<[string, RpcValue, unknown]>([
      ['int', 5n, 5],
      ['int', '1500', 1500],
      ['int', '-1', -1],
      ['int', '0x10', 16],
      ['int', '9223372036854775807', 9223372036854775807n],
      ['float', 1.5, 1.5],
      ['float', 30n, 30],
      ['float', '60.1', 60.1],
      ['float', 'inf', Number.POSITIVE_INFINITY],
      ['bool', true, true],
      ['datetime', '20240102T03:04:05Z', '20240102T03:04:05Z'],
      ['datetime', '2024-01-02T03:04:05Z', '20240102T03:04:05Z'],
      ['datetime', new RpcDate('20240102T03:04:05'), '20240102T03:04:05Z'],
      ['enum tunnel_protocol', 'VXLAN', 'vxlan'],
      ['string set', ['a', 'b'], ['a', 'b']],
      [
        '(string -> string) map',
        new Map([
          ['100', 'a'],
          ['20', 'b'],
        ]),
        new Map([
          ['100', 'a'],
          ['20', 'b'],
        ]),
      ],
      ['(int -> float) map', new Map([['1', 0.5]]), new Map([['1', 0.5]])],
      ['PIF ref', 'anything', 'anything'],
    ]),
  )('%s', (_, type, value, expected) => {
    expect(read(type, value)).toEqual(expected)
  })

  it('keeps the order of a map, also of keys that look like numbers', () => {
    const map = read(
      '(string -> string) map',
      new Map([
        ['100', 'a'],
        ['20', 'b'],
        ['__proto__', 'c'],
      ]),
    )
    expect([...(map as ReadonlyMap<string, string>).keys()]).toEqual(['100', '20', '__proto__'])
  })
})

describe('what a parameter refuses, always as INTERNAL_ERROR', () => {
  it.each(
    named<[string, RpcValue, string]>([
      ['string', 5n, `Failure("Expected string, got 'I(5)'")`],
      ['string', null, `Failure("Expected string, got 'N'")`],
      ['bool', 'true', `Failure("Expected bool, got 'S(true)'")`],
      ['int', '12abc', 'Failure("Int64.of_string")'],
      ['int', '9223372036854775808', 'Failure("Int64.of_string")'],
      ['int', '', 'Failure("Int64.of_string")'],
      ['float', 'x', 'Failure("float_of_string")'],
      ['enum tunnel_protocol', 'stt', 'Failure("Unknown tag/contents")'],
      ['enum bond_mode', 'LACP', 'Failure("Unknown tag/contents")'],
      ['string set', 'x', `Failure("Expecting Rpc.Enum, but found 'S(x)'")`],
      ['(string -> string) map', [], `Failure("Expecting Rpc.Dict, but found '[]'")`],
      ['network record', 'x', 'Failure("bad __structure")'],
      ['network record', new Map(), 'Server_helpers.Dispatcher_FieldNotFound("other_config")'],
    ]),
  )('%s', (_, type, value, text) => {
    expect(() => read(type, value)).toThrow(`INTERNAL_ERROR ${text}`)
  })

  it('a date that is none', () => {
    expect(() => read('datetime', 'yesterday')).toThrow(/^INTERNAL_ERROR Invalid argument: /)
  })
})

describe('a constructor record', () => {
  it('looks only at what a client may set, and leaves out what it was not given', () => {
    const record = read(
      'network record',
      new Map<string, RpcValue>([
        ['other_config', new Map()],
        ['name_label', 'n'],
        ['uuid', 'ignored'],
        ['unheard_of', 5n],
      ]),
    )
    expect(record).toEqual(
      new Map<string, unknown>([
        ['name_label', 'n'],
        ['other_config', new Map()],
      ]),
    )
  })
})
