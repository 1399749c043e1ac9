import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findCommand } from '../../../src/commands/index.ts'
import { type Field, label, type RecordTable } from '../../../src/commands/records/field.ts'

const spec = readFileSync(new URL('../../../docs/spec/xe-cli-semantics.md', import.meta.url), 'utf8')

interface Row {
  readonly name: string
  readonly marker: string
  readonly listed: boolean
  readonly flags: readonly string[]
  readonly setters: readonly string[]
}

/** The tables of section 4.1, by command prefix. */
const specified = [
  ...spec.matchAll(/\*\*`([\w-]+)`\*\* — XenAPI class `(\w+)`, (\d+) fields\n\n\|.*\n\|.*\n((?:\|.*\n)+)/g),
].map(([, name = '', cls = '', count = '', rows = '']) => ({
  name,
  cls,
  count: Number(count),
  rows: rows.trim().split('\n').map(readRow),
}))

function readRow(line: string): Row {
  const [name = '', marker = '', listed = '', value = '', setters = ''] = line
    .slice(1, -1)
    .split('|')
    .map(cell => cell.trim())
  return {
    name: name.replaceAll('`', ''),
    marker,
    listed: listed === 'L',
    flags: [...value.matchAll(/\*\*(E|H|D|ci)\*\*/g)].map(([, flag = '']) => flag),
    setters: [...setters.matchAll(/`(\w+)`/g)].map(([, method = '']) => method),
  }
}

function rowOf(field: Field): Row {
  const { add, remove } = (field.kind !== 'plain' && field.change) || {}
  const put = field.kind === 'map' ? field.put : undefined
  return {
    name: field.name,
    marker: label(field)
      .slice(field.name.length + 1)
      .replace(' [DEPRECATED]', ''),
    listed: field.listed === true,
    flags: [field.expensive && 'E', field.hidden && 'H', field.deprecated && 'D', field.ignoresCase && 'ci'].filter(
      flag => typeof flag === 'string',
    ),
    setters: [field.set?.method, put, add, remove].filter(method => method !== undefined),
  }
}

async function tableOf(name: string): Promise<RecordTable> {
  const module: Record<string, unknown> = await import(`../../../src/commands/records/${name}.ts`)
  return Object.values(module)[0] as RecordTable // each of these files exports its table alone
}

it('the specification has tables for ten classes', () => {
  expect(specified.map(table => table.name)).toHaveLength(10)
})

describe.each(specified)('$name', ({ name, cls, count, rows }) => {
  it('has the fields of the specification, in order, with their markers, flags and setters', async () => {
    const table = await tableOf(name)
    expect(table.class).toBe(cls)
    expect(rows).toHaveLength(count)
    expect(table.fields.map(rowOf)).toEqual(rows)
  })

  it('has the commands of the specification, and no others', async () => {
    const [, more = ''] =
      new RegExp(`^\\| \`${name}\` \\| (.*?) \\|`, 'm').exec(spec.slice(spec.indexOf('### 4.3'))) ?? []
    const expected = [...more.matchAll(/`param-(\w+)`/g)].map(([, verb]) => verb)
    for (const verb of ['set', 'add', 'remove', 'clear'])
      expect(await findCommand(`${name}-param-${verb}`), verb).toEqual(
        expected.includes(verb) ? expect.anything() : undefined,
      )
  })

  it('says in help what can be filtered by and set', async () => {
    for (const command of [`${name}-list`, `${name}-param-set`]) {
      const record = new RegExp(`^command name +: ${command}\n.*\n +optional params : (.*)$`, 'm').exec(spec)
      const known = await findCommand(command)
      expect(known?.optional.join(', ')).toBe(record?.[1])
    }
  })
})
