import { describe, expect, it } from 'vitest'
import { matches, parseFilter } from '../../../src/fake-host/database/filter.ts'
import { Database } from '../../../src/fake-host/database/index.ts'
import { Random } from '../../../src/fake-host/random.ts'

const db = new Database(new Random(2))
const pif = db.create('PIF', {
  device: 'eth0',
  VLAN: -1,
  management: true,
  IPv6: ['a', "b'c"],
  other_config: new Map([['k', 'v\\']]),
})
const metrics = db.create('PIF_metrics', { io_read_kbs: 0.1 })

const select = (expression: string, cls: 'PIF' | 'PIF_metrics' = 'PIF', ref: string = pif) =>
  matches(parseFilter(expression), db.table(cls).class, ref, field => db.stored(cls, ref).get(field) ?? '')

// docs/spec/protocol-semantics.md 3.7
describe('a filter', () => {
  it.each([
    ['true', true],
    ['false', false],
    ['field "device" = "eth0"', true],
    ['"eth0"=field "device"', true],
    ['field "device"=field "device"', true],
    ['"a"="b"', false],
    ['field "VLAN"="-1"', true],
    ['field "management"="true"', true],
    ['field "management"="TRUE"', false],
    ['field "IPv6"="()"', false],
    [`field "IPv6"="('a' 'b\\'c')"`, true],
    [`field "other_config"="(('k' 'v\\\\'))"`, true],
    [`field "_ref"="${pif}"`, true],
    ['field "device_name"=""', true],
    ['\tnot\n(false)', true],
    ['not not true', true],
  ])('%s is %s', (expression, expected) => {
    expect(select(expression)).toBe(expected)
  })

  it('compares floats in the form that the database stores', () => {
    expect(select('field "io__read_kbs"="0.100000000000000006"', 'PIF_metrics', metrics)).toBe(true)
  })

  it('gives `and` and `or` the same precedence, from the left', () => {
    expect(select('true or true and false')).toBe(false)
  })

  it('lets `not` bind looser than both', () => {
    expect(select('not false and false')).toBe(true)
  })

  it.each(['', 'true or', '(true', '= "a"', 'field = "a"', 'true true', '"a"'])('%j is bad grammar', expression => {
    expect(() => parseFilter(expression)).toThrow(
      `INVALID_VALUE ${expression} Xapi_database.Db_filter_parse.MenhirBasics.Error`,
    )
  })

  it.each(['garbage', 'TRUE', "field 'device'='eth0'", 'field "VLAN"=-1', 'true\r', '"unclosed'])(
    '%j has a word that does not exist',
    expression => {
      expect(() => parseFilter(expression)).toThrow(`INVALID_VALUE ${expression} Failure("lexing: empty token")`)
    },
  )

  it('complains of an unknown field only when a row is looked at', () => {
    const filter = parseFilter('field "name_label"="x"')
    expect(() => matches(filter, db.table('network').class, '', () => '')).toThrow(
      'INTERNAL_ERROR missing field name_label',
    )
  })
})
