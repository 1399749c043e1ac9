import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { manPages } from '../../scripts/man-pages.ts'
import { ownOptions } from '../../src/cli/index.ts'
import { allCommands } from '../../src/commands/index.ts'

const folder = fileURLToPath(new URL('../../man/', import.meta.url))
const pages = await manPages()

test('the manual in man/ says what the command table says (else: npm run generate)', () => {
  expect(
    readdirSync(folder)
      .filter(name => /\.[17]$/.test(name))
      .sort(),
  ).toEqual([...pages.keys()].sort())
  for (const [name, text] of pages) expect(readFileSync(`${folder}${name}`, 'utf8')).toBe(text)
})

test('there is a page for the program and for each command about tunnels and about fake hosts', async () => {
  for (const { name } of await allCommands())
    if (/^(tunnel|fake-host)-/.test(name)) expect([...pages.keys()]).toContain(`xe-tunnel-${name}.1`)
  for (const heading of [
    'NAME',
    'SYNOPSIS',
    'DESCRIPTION',
    'PARAMETERS',
    'OUTPUT',
    'EXIT STATUS',
    'EXAMPLES',
    'ENVIRONMENT',
    'FILES',
    'SEE ALSO',
  ])
    expect(pages.get('xe-tunnel-tunnel-create.1')).toContain(`\n.SH ${heading}\n`)
})

test.each([
  ['api-call', 'CLASS.MESSAGE [[PARAMETER=]VALUE ...]'],
  ['explain', '[CODE ...]'],
  ['fake-host-exec', '[...] \\-\\- PROGRAM [ARGUMENT ...]'],
])('the synopsis of %s has the words that it takes beside parameters', (name, words) => {
  const [, synopsis] = /\n\.SH SYNOPSIS\n(.+)\n/.exec(pages.get(`xe-tunnel-${name}.1`) ?? '') ?? []
  expect(synopsis?.endsWith(` ${words}`)).toBe(true)
})

test('the pools are not said to be of the pool', () => {
  expect(pages.get('xe-tunnel-pool-list.1')).toContain('List the pools, or those')
  expect(pages.get('xe-tunnel-network-list.1')).toContain('List the networks of the pool, or those')
})

test('a page tells about what is around a command', () => {
  const page = pages.get('xe-tunnel-environment.7') ?? ''
  for (const heading of ['TRUST', 'PASSWORD', 'SEVERAL SERVERS', 'ENVIRONMENT', 'FILES', 'EXIT STATUS'])
    expect(page).toContain(`\n.SH ${heading}\n`)
  for (const { variable } of ownOptions) if (variable !== undefined) expect(page).toContain(variable)
})

const hasGroff = spawnSync('groff', ['--version']).status === 0

test.skipIf(!hasGroff).each([...pages.keys()])('groff has nothing to say about %s', name => {
  const { status, stderr } = spawnSync('groff', ['-man', '-ww', '-z', '-Kutf8', '-Tutf8', `${folder}${name}`], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
