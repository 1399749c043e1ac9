import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { codePath, compiled } from '../../bin/compiled.ts'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))

let folder: string
let program: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xe-tunnel-start-'))
  program = join(folder, 'program.js')
  for (const file of ['xe-tunnel.js', 'program.js', 'package.json']) copyFileSync(join(dist, file), join(folder, file))
})
afterEach(() => rmSync(folder, { recursive: true }))

const version = () => execFileSync(process.execPath, [join(folder, 'xe-tunnel.js'), '-version'], { encoding: 'utf8' })
const VERSION = 'ThinCLI protocol: 0.2\n'

it('the code that was kept of the program is of use to the Node that built it', () => {
  copyFileSync(codePath(join(dist, 'program.js')), codePath(program))
  expect(compiled(program).cachedDataRejected).toBe(false)
  expect(version()).toBe(VERSION)
})

it('the program starts where no code was kept for this Node', () => {
  expect(compiled(program).cachedDataRejected).toBeUndefined()
  expect(version()).toBe(VERSION)
})

it.each([
  ['none at all', () => Buffer.alloc(0)],
  ['cut off', (code: Buffer) => code.subarray(0, code.length / 2)],
  ['of another release', (code: Buffer) => Buffer.from(code).fill(0xff, 4, 8)],
])('the program starts, and says nothing, where the code that was kept is %s', (_, made) => {
  writeFileSync(codePath(program), made(readFileSync(codePath(join(dist, 'program.js')))))
  expect(compiled(program).cachedDataRejected).toBe(true)
  expect(version()).toBe(VERSION)
})

it('the program starts where what Node loads is to be shown by its source', () => {
  const words = ['--enable-source-maps', join(folder, 'xe-tunnel.js'), '-version']
  expect(execFileSync(process.execPath, words, { encoding: 'utf8' })).toBe(VERSION)
})
