import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { explanations } from '../../../src/cli/errors/explanations.ts'
import { hintFor, hintOf } from '../../../src/cli/errors/hint-for.ts'
import { hints } from '../../../src/cli/errors/hints.ts'
import { allCommands } from '../../../src/commands/index.ts'
import { errorParameters } from '../../../src/datamodel/index.ts'
import { fails, hostWith } from '../host.ts'
import { run } from '../terminal.ts'

const spec = (name: string) => readFileSync(new URL(`../../../docs/spec/${name}.md`, import.meta.url), 'utf8')

/** The error codes in the tables of a section: those that the datamodel knows, which leaves names of other things out. */
function codesOf(text: string, from: string, to: string): string[] {
  const section = text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from) + from.length))
  const cells = section.split('\n').flatMap(line => (line.startsWith('|') ? [line.split('|')[1] ?? ''] : []))
  const names = cells.flatMap(cell => cell.match(/[A-Z…][A-Z0-9_…]+/g) ?? [])
  return names.flatMap(name => {
    const endsSo = (code: string) => name.startsWith('…') && code.startsWith('NETWORK_') && code.endsWith(name.slice(1))
    return Object.keys(errorParameters).filter(code => code === name || endsSo(code))
  })
}

const networking = codesOf(spec('networking-semantics'), '\n## 19.', '\n## 20.')
const protocol = codesOf(spec('protocol-semantics'), '\n### 7.2', '\n## 8.')

describe('hints', () => {
  it('are there for every code that networking and sessions raise', () => {
    expect(networking.length).toBeGreaterThan(80)
    expect(protocol.length).toBeGreaterThan(100)
    expect([...networking, ...protocol].filter(code => hints[code] === undefined)).toEqual([])
  })

  it('belong to codes that there are', () => {
    const unknown = Object.keys(hints).filter(
      code => !Object.hasOwn(explanations, code) && !/^(transport-|trust)/.test(code),
    )
    expect(unknown).toEqual([])
  })

  it('name parameters that the code has', () => {
    const wrong = Object.entries(hints).filter(([code, hint]) => {
      const labels: readonly string[] = Object.entries(errorParameters).find(([name]) => name === code)?.[1] ?? []
      return (hint.match(/(?<=\{)[^}:]+/g) ?? []).some(label => !labels.includes(label))
    })
    expect(wrong).toEqual([])
  })

  it('are one line each, without a full stop, in the words of the product', () => {
    const wrong = Object.values(hints).filter(
      hint => !/^[^\r\n\t]{15,190}[^.\s]$/.test(hint) || /(?<!-)\bslaves?\b(?!-)/.test(hint),
    )
    expect(wrong).toEqual([])
  })

  it('tell commands that can be typed: they exist, and have all that they need', async () => {
    const commands = new Map((await allCommands()).map(command => [command.name, command]))
    const typed = Object.values(hints).flatMap(hint => hint.match(/xe-tunnel [a-z][^;:,]*/g) ?? [])
    expect(typed.length).toBeGreaterThan(50)
    for (const line of typed) {
      const command = commands.get(line.split(' ')[1] ?? '')
      expect(command, line).toBeDefined()
      for (const parameter of command?.required ?? []) expect(line).toContain(` ${parameter}=`)
      if (!command?.name.endsWith('-list')) continue
      for (const [, field] of line.matchAll(/ ([\w-]+)(?::contains)?=/g))
        expect([...command.required, ...command.optional], line).toContain(field)
    }
  })
})

describe('a hint', () => {
  const details = (label: string, value: string) => [{ label, value }]

  it('has the uuid of what failed, ready to be copied', () => {
    const uuid = '7bb5f8a2-5f0c-4a0d-8a3b-8a0c3d0b8c0a'
    expect(hintFor({ code: 'REQUIRED_PIF_IS_UNPLUGGED', details: details('PIF', uuid) })).toBe(
      `xe-tunnel pif-plug uuid=${uuid}`,
    )
    expect(hintFor({ code: 'HOST_OFFLINE', details: details('host', `${uuid} (host 1)`) })).toContain(
      `start ${uuid} and`,
    )
  })

  it('names the list of the class', () => {
    expect(hintFor({ code: 'UUID_INVALID', details: details('type', 'network_sriov') })).toContain(
      'xe-tunnel network-sriov-list',
    )
  })

  it.each(['OpaqueRef:1', '<unknown>', 'a; rm -rf /', '$(id)', '\x1b[31m', ''])('never has %j in a command', value => {
    expect(hintFor({ code: 'REQUIRED_PIF_IS_UNPLUGGED', details: details('PIF', value) })).toBe(
      'xe-tunnel pif-plug uuid=PIF',
    )
  })

  it('is not there for what needs none', () => {
    expect(hintOf('SR_FULL')).toBeUndefined()
    expect(hintOf('constructor')).toBeUndefined()
  })
})

describe('the last line of a failure', () => {
  const open = () => hostWith({ 'tunnel.get_by_uuid': fails('UUID_INVALID', 'tunnel', 'x') })
  const words = ['tunnel-destroy', 'uuid=x']
  const plain = `${explanations.UUID_INVALID}\ntype: tunnel\nuuid: x\n`
  const hinted = `${plain}Hint: find the uuid with xe-tunnel tunnel-list; it has to be whole, and a name does not do\n`
  const terminal = () => {
    const printed = { text: '' }
    const write = (text: string) => {
      printed.text += text
    }
    return { printed, stderr: { isTTY: true, write } }
  }

  test('is a hint on a terminal, unless it is not wanted', async () => {
    const [asked, refused] = [terminal(), terminal()]
    await run(words, { open: open(), stderr: asked.stderr })
    expect(asked.printed.text).toBe(hinted)
    await run([...words, '--hints=off'], { open: open(), stderr: refused.stderr })
    expect(refused.printed.text).toBe(plain)
  })

  test('is none in a pipe, unless it is asked for', async () => {
    const HOME = '/'
    expect((await run(words, { open: open() })).stderr).toBe(plain)
    expect((await run([...words, '--hints'], { open: open() })).stderr).toBe(hinted)
    expect((await run(words, { open: open(), variables: { HOME, XE_TUNNEL_HINTS: '1' } })).stderr).toBe(hinted)
    expect(
      (await run([...words, '--hints=off'], { open: open(), variables: { HOME, XE_TUNNEL_HINTS: '1' } })).stderr,
    ).toBe(plain)
  })

  test('is a member of the JSON that failures are with --output=json', async () => {
    const { status, stdout, stderr } = await run([...words, '--output=json'], { open: open() })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^[^\n]+\n$/)
    expect(JSON.parse(stderr)).toEqual({
      version: 1,
      command: 'tunnel-destroy',
      kind: 'error',
      code: 'UUID_INVALID',
      params: ['tunnel', 'x'],
      details: [
        { label: 'type', value: 'tunnel' },
        { label: 'uuid', value: 'x' },
      ],
      message: explanations.UUID_INVALID,
      hint: hinted.split('Hint: ')[1]?.trim(),
      exit_status: 1,
    })
  })
})
