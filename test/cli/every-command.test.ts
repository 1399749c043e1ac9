import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { manPages } from '../../scripts/man-pages.ts'
import { outputSchema } from '../../scripts/output-schema.ts'
import { ownProgram } from '../../src/cli/programs.ts'
import { allCommands, exitStatuses, isHostCommand } from '../../src/commands/index.ts'
import { openExamplePool } from './example-pool.ts'
import { run } from './terminal.ts'

const commands = await allCommands()
const pages = await manPages()
const schema = JSON.parse(readFileSync(new URL('../../schema/output-v1.json', import.meta.url), 'utf8'))
const isValid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema)

/** Examples of commands that xe has although there is nothing that they can do. */
const vain: Readonly<Record<string, string>> = { 'bond-param-clear': 'properties cannot be cleared' }

/** Programs that bin hands in, which run until they are stopped or run others: tests of their own run them, built. */
const handedIn = new Set<string>()
for (const command of commands)
  if (!isHostCommand(command) && (await ownProgram(command.name)) === undefined) handedIn.add(command.name)

it('the schema in schema/ says what the tables say (else: npm run generate)', () => {
  expect(`${JSON.stringify(schema, null, 2)}\n`).toBe(outputSchema())
})

describe.each(commands)('$name', command => {
  const { name, description, examples = [] } = command

  it('has a line of help, an example, a page of the manual and a list of exit statuses', () => {
    expect(description).toMatch(/^[A-Z][^\n]*\.$/)
    expect(examples.length).toBeGreaterThan(0)
    const page = pages.get(`xe-tunnel-${name}.1`) ?? ''
    expect(page).toContain('.SH EXIT STATUS')
    const statuses = exitStatuses(command)
    expect(statuses.length).toBeGreaterThan(1)
    for (const { status, meaning } of statuses) {
      expect(status).toMatch(/^\d+(, \d+)*$|^128 \+ N$|^others$/)
      expect(meaning).toMatch(/^[A-Z].*\.$/)
    }
  })

  if (handedIn.has(name)) return
  it.each(examples)('runs as in the example %s, and prints JSON of the shape that is promised', async example => {
    await using pool = await openExamplePool()
    const files = new Map<string, string>()
    const surroundings = {
      files: { 'commands.txt': 'tunnel-list\n' },
      input: async function* () {
        yield 'tunnel-list\n'
      },
      open: pool.open,
      writeFile: (path: string, text: string) => void files.set(path, text),
    }
    const words = await pool.words(example.replace(/-pwf ~\/.xe-password |< commands.txt/, '').trim())
    const { status, stdout, stderr } = await run(['--output=json', ...words], surroundings)
    if (vain[name] !== undefined) {
      expect(JSON.parse(stderr).message).toBe(vain[name])
      return
    }
    if (name === 'fake-host-save') expect(files.size).toBe(1)
    else expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    if (/--minimal|--output=/.test(example)) return // has a form of its own
    for (const text of name === 'batch' ? stdout.trimEnd().split('\n') : [stdout]) {
      const document = JSON.parse(text)
      expect(isValid(document), JSON.stringify(isValid.errors)).toBe(true)
      expect(document).toMatchObject({ version: 1, command: name === 'batch' ? 'tunnel-list' : name })
    }
  })

  if (!isHostCommand(command)) return
  it('is shown by --dry-run without being done', async () => {
    await using pool = await openExamplePool()
    const words = await pool.words((examples[0] ?? '').replace('-pwf ~/.xe-password ', ''))
    const before = await run(['tunnel-list', 'params=all'], { open: pool.open })
    const { status, stdout, stderr } = await run(['--dry-run', '--output=json', ...words], { open: pool.open })
    if (status === 1) {
      expect(JSON.parse(stderr).message).toMatch(vain[name] ?? /leave --dry-run out/)
      return
    }
    expect(stderr).toBe('')
    const document = JSON.parse(stdout)
    expect(isValid(document), JSON.stringify(isValid.errors)).toBe(true)
    expect(document.kind).toBe('calls')
    expect(await run(['tunnel-list', 'params=all'], { open: pool.open })).toEqual(before)
  })
})

it('failures are JSON of the shape that is promised', async () => {
  await using pool = await openExamplePool()
  for (const words of [['tunnel-destroy', 'uuid=x'], ['nonsense'], ['network-list', 'x=y'], ['pif-plug']]) {
    const { status, stderr } = await run([...words, '--output=json'], { open: pool.open })
    expect(status).toBe(1)
    expect(isValid(JSON.parse(stderr)), stderr).toBe(true)
  }
})
