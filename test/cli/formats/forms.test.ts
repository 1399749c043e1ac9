import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { wrapped } from '../../../src/cli/formats/cells.ts'
import { csv } from '../../../src/cli/formats/csv.ts'
import { compact, pretty } from '../../../src/cli/formats/json.ts'
import { visible } from '../../../src/cli/formats/visible.ts'
import { yaml } from '../../../src/cli/formats/yaml.ts'
import type { Datum, Output } from '../../../src/commands/index.ts'
import { run } from '../terminal.ts'
import { fixedHost } from './fixed-host.ts'

const shown = async (...words: readonly string[]) => {
  const { status, stdout, stderr } = await run(words, { open: fixedHost() })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('--output=json', () => {
  it('tells integers, truth values, sets, maps and missing objects from text', async () => {
    const { records } = JSON.parse(await shown('pif-list', 'params=all', '--output=json'))
    expect(records[0]).toMatchObject({
      MTU: 1500,
      'currently-attached': true,
      'network-name-label': 'Pool-wide network associated with eth0',
      'tunnel-transport-PIF-of': [],
      carrier: null,
      'other-config': {},
    })
    expect(records[0]).not.toHaveProperty('io_read_kbs')
    const tunnels = JSON.parse(await shown('tunnel-list', '--output=json')).records
    expect(tunnels[1]).toMatchObject({ 'transport-PIF': null, status: { active: 'true' } })
  })

  it('keeps the keys of maps in the order of the host', async () => {
    expect(await shown('network-list', 'params=other-config', '--output=json')).toMatch(/"9": "first",\s+"1": "last"/)
  })

  it('gives one field as what it is', async () => {
    const get = async (name: string, ...more: string[]) =>
      JSON.parse(await shown('network-param-get', 'uuid=11111111-0000-4000-8000-111111111111', `param-name=${name}`, ...more, '--output=json')).values // biome-ignore format: a line
    expect(await get('MTU')).toEqual([1500])
    expect(await get('tags')).toEqual([[]])
    expect(await get('other-config')).toEqual([{ 9: 'first', 1: 'last' }])
    expect(await get('other-config', 'param-key=9')).toEqual(['first'])
  })

  it('takes as few calls as xe’s form', async () => {
    const [plain, asData] = [fixedHost(), fixedHost()]
    await run(['pif-list'], { open: plain })
    await run(['pif-list', '--output=json'], { open: asData })
    expect(asData.calls).toEqual(plain.calls)
  })

  it.each([
    [
      new Map<string, Datum>([
        ['b', 1n << 62n],
        ['2', [true, null]],
        ['1', new Map()],
      ]),
      '{"b":4611686018427387904,"2":[true,null],"1":{}}',
    ],
    ['\u0000"\u009b\u202e\u2028é', '"\\u0000\\"\\u009b\\u202e\\u2028é"'],
    [[], '[]'],
  ] as const)('%# is written whole', (datum, text) => {
    expect(compact(datum)).toBe(text)
    expect(JSON.parse(pretty(datum))).toEqual(JSON.parse(text))
  })
})

describe('--output=csv', () => {
  const records: Output = {
    kind: 'records',
    fields: ['uuid', 'name'],
    records: [[['uuid ( RO)', '1'], ['name ( RW)', 'a, "b"\nc']], [['uuid ( RO)', '2', null], ['extra (SRO) [DEPRECATED]', '=x']]], // biome-ignore format: records
  }

  it('follows RFC 4180: a header, CR LF, quotes where they are needed, and doubled within', () => {
    expect(csv(records)).toBe('uuid,name,extra\r\n1,"a, ""b""\nc",\r\n,,=x\r\n')
  })

  it('has its header where there is nothing else', () => {
    expect(csv({ kind: 'records', records: [], fields: ['uuid'] })).toBe('uuid\r\n')
    expect(csv({ kind: 'values', values: ['a,b'] })).toBe('value\r\n"a,b"\r\n')
    expect(csv({ kind: 'nothing' })).toBe('')
  })

  it('has no words for what is not there', async () => {
    expect(await shown('tunnel-list', 'params=uuid,transport-PIF,status', '--output=csv')).toBe(
      'uuid,transport-PIF,status\r\n22222222-0000-4000-8000-222222222222,11111111-0000-4000-8000-111111111111,active: true\r\n33333333-0000-4000-8000-333333333333,,active: true\r\n',
    )
  })
})

test('--output=yaml is the same document as the JSON', async () => {
  const [json, text] = [await shown('network-list', 'params=all', '--output=json'), await shown('network-list', 'params=all', '--output=yaml')] // biome-ignore format: a line
  expect(parse(text)).toEqual(JSON.parse(json))
  expect(yaml(new Map([['a', 'true']]))).toBe('a: "true"\n')
  expect(text).not.toMatch(/[\u0080-\u009f]/)
})

test('the form may come from the environment, and --minimal is xe’s in any case', async () => {
  const variables = { HOME: '/', XE_TUNNEL_OUTPUT: 'csv' }
  const line = (...words: string[]) => run(words, { open: fixedHost(), variables })
  expect((await line('vlan-list')).stdout).toBe('uuid,tagged-PIF,untagged-PIF,tag\r\n')
  expect((await line('vlan-list', '--output', 'xe')).stdout).toBe('')
  expect((await line('network-list', '--minimal')).stdout).toMatch(/^[\da-f-]{36}(,[\da-f-]{36}){3}\n$/)
})

test.each([
  [['tunnel-list', '--output=xml'], 'Error: tunnel-list has no --output=xml, only xe, table, json, yaml, csv\n'],
  [
    ['tunnel-create', 'pif-uuid=x', 'network-uuid=x', '--watch'],
    'Error: tunnel-create cannot be watched: --watch is for lists\n',
  ],
  [['tunnel-list', '--watch', '--output=yaml'], 'Error: --watch has no --output=yaml, only xe, table, json\n'],
  [['tunnel-list', '--watch', '--dry-run'], 'Error: --dry-run and --watch exclude each other\n'],
  [['explain', '--dry-run'], 'Error: explain asks nothing of a host that --dry-run could show\n'],
])('%j is refused before a host is asked', async (words, stderr) => {
  expect(await run(words)).toEqual({ status: 1, stdout: '', stderr })
})

test('what a terminal would act upon is spelled out, and nothing else', () => {
  expect(visible('a\tb\r\n\x1b[31m\x7f\u009b\u200e\u202eé網👩‍👩‍👧')).toBe(
    'a\\tb\\r\\n\\x1b[31m\\x7f\\x9b\\u200e\\u202eé網👩\\u200d👩\\u200d👧',
  )
})

describe('a text that is too wide', () => {
  it('is broken at good places, and cut where there are too many lines', () => {
    expect(wrapped('11111111-0000-4000-8000-111111111111', 20)).toEqual(['11111111-0000-4000-', '8000-111111111111'])
    expect(wrapped('one two three four', 9)).toEqual(['one two', 'three', 'four'])
    expect(wrapped('abcdefghij', 4, 2)).toEqual(['abcd', 'efg…'])
  })

  it('is measured in columns, and never cut within a character', () => {
    expect(wrapped('網絡トンネル', 5)).toEqual(['網絡', 'トン', 'ネル'])
    expect(wrapped('網絡トンネル', 5, 1)).toEqual(['網絡…'])
    expect(wrapped('e\u0301e\u0301e\u0301', 2)).toEqual(['e\u0301e\u0301', 'e\u0301'])
  })
})
