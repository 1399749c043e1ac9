import { describe, expect, it } from 'vitest'
import { run } from '../terminal.ts'
import { fixedHost } from './fixed-host.ts'

const open = async () => fixedHost()
const PIF = '11111111-0000-4000-8000-111111111111'

/** What a terminal of so many columns gets to see, both streams together. */
async function shown(
  columns: number | undefined,
  words: string,
  variables: Record<string, string> = {},
): Promise<string> {
  let text = ''
  const write = (more: string) => {
    text += more
  }
  const stream = { isTTY: columns !== undefined, columns, rows: 24, write }
  const given = { HOME: '/', TERM: 'xterm-256color', ...variables }
  const { status } = await run(words.split(' '), { open, stdout: stream, stderr: stream, variables: given })
  return `${text}[${status}]\n`
}

const commands = [
  'tunnel-list --output=table',
  'network-list --output=table',
  'pif-list --output=table',
  'host-list --output=table',
  'vlan-list --output=table',
  'tunnel-list',
  `pif-param-list uuid=${PIF} --output=table`,
  `pif-param-get uuid=${PIF} param-name=MTU --output=table`,
  `tunnel-create pif-uuid=${PIF} network-uuid=x`,
  `tunnel-create pif-uuid=${PIF} network-uuid=${PIF} --dry-run`,
  'explain PIF_IS_VLAN --output=table',
]

describe.each([80, 200])('on a terminal of %i columns', columns => {
  it('everything looks as it was recorded', async () => {
    const all: string[] = []
    for (const words of commands) all.push(`$ xe-tunnel ${words}\n${await shown(columns, words)}`)
    await expect(all.join('\n')).toMatchFileSnapshot(`recorded/${columns}-columns.txt`)
  })

  it('no line of a table is wider than the terminal, and there is no colour with NO_COLOR', async () => {
    const { default: widthOf } = await import('string-width')
    for (const words of commands.filter(command => /-list .*table/.test(command))) {
      const text = await shown(columns, words, { NO_COLOR: '1' })
      expect(text).not.toContain('\x1b')
      for (const line of text.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(columns)
    }
  })
})

describe('colour', () => {
  const words = 'network-list --output=table'
  it.each([
    ['is there on a terminal', 80, {}, true],
    ['is not with NO_COLOR', 80, { NO_COLOR: '1' }, false],
    ['is with an empty NO_COLOR', 80, { NO_COLOR: '' }, true],
    ['is not on a terminal that is dumb', 80, { TERM: 'dumb' }, false],
    ['is not in a pipe', undefined, {}, false],
    ['is in a pipe with FORCE_COLOR', undefined, { FORCE_COLOR: '1' }, true],
    ['is with FORCE_COLOR although NO_COLOR is set', 80, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['is not with FORCE_COLOR=0', 80, { FORCE_COLOR: '0' }, false],
  ] as const)('%s', async (_, columns, variables, expected) => {
    expect((await shown(columns, words, variables)).includes('\x1b[')).toBe(expected)
  })
})

describe('in a pipe', () => {
  it('a table has all of every value on one line', async () => {
    const text = await shown(undefined, 'network-list --output=table params=name-label')
    expect(text).toContain('a name that is long enough to be in the way of all the others in a table\n')
    expect(text).toContain('網絡 トンネル\n')
    expect(text).not.toContain('…')
  })

  it('nothing in a name acts upon the terminal', async () => {
    const text = await shown(undefined, 'network-list --output=table params=name-label')
    expect(text).toContain('evil \\u202e name \\x9b31m\\u200b')
    const json = await shown(undefined, 'network-list --output=json params=name-label')
    expect(json).toContain('evil \\u202e name \\u009b31m')
    expect(json).not.toMatch(/[\u0080-\u009f\u202e]/)
  })
})
