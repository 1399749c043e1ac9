import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findCommand } from '../../src/commands/index.ts'
import { routes } from '../../src/fake-host/control/routes.ts'
import { ruleKeys } from '../../src/fake-host/faults/check.ts'
import { describeUnless, noSwitch } from '../ovs-lab/index.ts'
import { newFolder } from './folder.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/fake-host.md'), 'utf8')

/** The pieces of docs/fake-host.md in a language. */
const pieces = (language: string): string[] =>
  Array.from(page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g')), match => match[1] ?? '')

/** Runs a program where `xe-tunnel` is on the path, in a folder of its own. */
async function run(program: string, ...words: readonly string[]) {
  const folder = await newFolder()
  const shim = join(folder, 'xe-tunnel')
  const tsx = join(root, 'node_modules/tsx/dist/loader.mjs')
  await writeFile(shim, `#!/bin/sh\nexec ${process.execPath} --import ${tsx} ${join(root, 'bin/xe-tunnel.ts')} "$@"\n`)
  await chmod(shim, 0o755)
  const env = { HOME: folder, PATH: `${folder}:${process.env.PATH}` }
  return spawnSync(program, words, { cwd: folder, env, encoding: 'utf8' })
}

describe('docs/fake-host.md', () => {
  const works = async (piece: string) => {
    const { status, stderr } = await run('bash', '--norc', '-euo', 'pipefail', '-c', piece)
    expect(stderr.replaceAll(/fake-host-exec: warning: this fault never happened: .*\n/g, '')).toBe('')
    expect(status).toBe(0)
  }
  const needsSwitch = (piece: string) => piece.includes('ovs-vswitchd')
  it.each(pieces('sh').filter(piece => !needsSwitch(piece)))('has a piece of shell that works: %s', works)

  describeUnless(noSwitch, 'with an Open vSwitch', () => {
    it.each(pieces('sh').filter(needsSwitch))('has a piece of shell that works: %s', works)
  })

  const hasPython = spawnSync('python3', ['--version']).status === 0
  if (!hasPython) process.stderr.write('python3 is missing: the Python of docs/fake-host.md is not tried\n')

  it.skipIf(!hasPython).each(pieces('python'))('has a piece of Python that works', async piece => {
    const { status, stdout, stderr } = await run('xe-tunnel', 'fake-host-exec', '--', 'python3', '-c', piece)
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'done\n', stderr: '' })
  })

  it('has pieces of TypeScript that type-check', () => {
    const folder = mkdtempSync(join(import.meta.dirname, 'page-')) // the packages are found from there
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const [i, piece] of pieces('ts').entries()) writeFileSync(join(folder, `piece-${i}.ts`), piece)
    const paths = {
      'xe-tunnel': [join(root, 'src/xapi/index.ts')],
      'xe-tunnel/fake-host': [join(root, 'src/fake-host/index.ts')],
    }
    const compilerOptions = { noEmit: true, declaration: false, isolatedDeclarations: false, rootDir: root, paths }
    const include = ['*.ts', join(root, 'src/xapi/**/*.d.ts')]
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include }),
    )
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--project', folder], { encoding: 'utf8' })
    expect(stdout).toBe('')
  })

  it('names every route, every parameter and every key of a rule', async () => {
    const [, control = ''] = page.split('## Control over HTTP')
    const rows = control.split('\n').filter(row => row.startsWith('| `'))
    const isNamed = (method: string, path: string) =>
      rows.some(row => row.includes(`\`${method}`) && row.includes(path.replace('*', 'NAME').replace(/start$/, 'stop')))
    const asked = Object.entries(routes).flatMap(([path, methods]) => Object.keys(methods).map(method => [method, path] as const)) // biome-ignore format: as it is
    expect(asked.filter(([method, path]) => path !== '/fake/' && !isNamed(method, path))).toEqual([])
    const parameters = (await findCommand('fake-host-serve'))?.optional ?? []
    expect(parameters.filter(name => !page.includes(`\`${name}=`))).toEqual([])
    expect(ruleKeys.filter(key => !page.includes(`\`${key}\``))).toEqual([])
  })
})
