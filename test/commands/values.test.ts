import { describe, expect, it, test } from 'vitest'
import { withoutDefaults } from '../../src/commands/calls.ts'
import { canonical, parseBondMode, parseEnumeration } from '../../src/commands/enumerations.ts'
import { flag, parseInteger } from '../../src/commands/index.ts'
import { formatDate } from '../../src/commands/records/dates.ts'
import { integer, list, struct, text } from '../../src/commands/wire.ts'

test.each<[string, number | bigint]>([
  ['16', 16],
  ['-1', -1],
  ['+5', 5],
  ['0x10', 16],
  ['0XfF', 255],
  ['0o17', 15],
  ['0b1', 1],
  ['9_000', 9000],
  ['007', 7],
  ['-0x10', -16],
  ['9007199254740993', 9007199254740993n],
  ['9223372036854775807', 9223372036854775807n],
  ['-9223372036854775808', -9223372036854775808n],
  ['0xffffffffffffffff', -1],
])('%s reads as an integer', (written, value) => {
  expect(parseInteger(written)).toBe(value)
})

test.each(['', ' 1', '1 ', '1.5', 'x', '_1', '0x', '--1', '1e3', '9223372036854775808', '0x10000000000000000'])(
  '%j is no integer',
  written => {
    expect(parseInteger(written)).toBeUndefined()
  },
)

describe('yes and no', () => {
  it.each(['true', 'T', 'yes', 'Y', '1', 'TRUE'])('%s is yes', value => {
    expect(flag([['force', value]], 'force')).toBe(true)
  })

  it.each(['false', 'F', 'no', 'N', '0'])('%s is no', value => {
    expect(flag([['managed', value]], 'managed', true)).toBe(false)
  })

  it('nothing else is either', () => {
    expect(flag([], 'managed', true)).toBe(true)
    expect(() => flag([['force', 'maybe']], 'force')).toThrow(/force.*maybe/)
    expect(() => flag([['force', '']], 'force')).toThrow('force')
  })
})

describe('enumerations', () => {
  it('print as the API spells them, whatever case a host uses', () => {
    expect(canonical('ip_configuration_mode', 'dhcp')).toBe('DHCP')
    expect(canonical('bond_mode', 'balance-slb')).toBe('balance-slb')
  })

  it('end the command where a host sends one that this release does not know', () => {
    const failure = (message: string) => expect.objectContaining({ code: 'INTERNAL_ERROR', params: [message] })
    expect(() => canonical('tunnel_protocol', 'geneve')).toThrow(failure('Failure: Unknown tag/contents'))
    expect(() => canonical('bond_mode', 'x')).toThrow(failure('Failure: Unmarshalling error in bond-mode'))
  })

  it('are read in any case, and complaints name all of them and the value in lower case', () => {
    expect(parseEnumeration('tunnel_protocol', 'VxLAN')).toBe('vxlan')
    expect(() => parseEnumeration('tunnel_protocol', 'STT')).toThrow(/'stt'.*gre, vxlan/)
  })

  it('have a default only for bonds', () => {
    expect(parseBondMode('')).toBe('balance-slb')
    expect(parseBondMode('LACP')).toBe('lacp')
    expect(() => parseBondMode('802.3AD')).toThrow("'802.3ad'")
    expect(() => parseEnumeration('tunnel_protocol', '')).toThrow('gre')
  })
})

test.each([
  ['20260801T10:20:30Z', '20260801T10:20:30Z'],
  ['2026-08-01T10:20:30Z', '20260801T10:20:30Z'],
  ['2026-08-01T10:20:30.123Z', '20260801T10:20:30Z'],
  ['20260801T10:20:30', '20260801T10:20:30Z'],
  ['20260801T10:20:30+00:00', '20260801T10:20:30Z'],
  ['20260801T10:20:30-0000', '20260801T10:20:30Z'],
  ['20260801T10:20:30+0200', '20260801T10:20:30+02:00'],
  ['2026-08-01T10:20:30-05:30', '20260801T10:20:30-05:30'],
])('the date %s prints as %s', (sent, printed) => {
  expect(formatDate(sent)).toBe(printed)
})

test.each(['', 'yesterday', '20260801T10:20:30.5Z', '2026-0801T10:20:30Z', '2026-08-01 10:20:30'])(
  'the date %j ends the command',
  sent => {
    expect(() => formatDate(sent)).toThrow(expect.objectContaining({ code: 'INTERNAL_ERROR' }))
  },
)

test('trailing arguments that equal the API’s defaults are left off', () => {
  expect(withoutDefaults(['p', 'n', 'gre'], ['gre'])).toEqual(['p', 'n'])
  expect(withoutDefaults(['p', 'n', 'vxlan'], ['gre'])).toEqual(['p', 'n', 'vxlan'])
  expect(withoutDefaults(['n', 'lacp', new Map()], ['balance-slb', new Map()])).toEqual(['n', 'lacp'])
  expect(withoutDefaults(['balance-slb', new Map([['a', '1']])], ['balance-slb', new Map()])).toHaveLength(2)
  expect(withoutDefaults(['ssl', '', 0], ['ssl', '', 0])).toEqual([])
})

describe('an answer that is not what XenAPI promises', () => {
  it('is a failure of the connection, not a bug', () => {
    const failure = expect.objectContaining({ name: 'TransportError', kind: 'protocol' })
    expect(() => struct('x')).toThrow(failure)
    expect(() => list('x')).toThrow(failure)
    expect(() => text([])).toThrow(failure)
    expect(() => text(null)).toThrow(failure)
    expect(() => integer('many')).toThrow(failure)
  })
})
