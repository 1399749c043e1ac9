import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** Below the project, so that the types of Node.js are found from there. */
const folder = mkdtempSync(join(import.meta.dirname, 'page-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a piece of code that has no session of its own is given. */
const given = `import type { Session } from 'xe-tunnel'\ndeclare const session: Session\n`

it('every piece of code in docs/client.md type-checks', () => {
  const page = readFileSync(join(root, 'docs/client.md'), 'utf8')
  const pieces = Array.from(page.matchAll(/```ts\n([\s\S]*?)```/g), match => match[1] ?? '')
  expect(pieces.length).toBeGreaterThan(5)
  for (const [i, piece] of pieces.entries()) {
    const isWhole = /\b(using|const) session\b|session: Session|session =>/.test(piece)
    writeFileSync(join(folder, `piece-${i}.ts`), `${isWhole ? '' : given}${piece}\nexport {}\n`)
  }
  const compilerOptions = {
    noEmit: true,
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    lib: ['ES2023', 'ESNext.Disposable'],
    rootDir: root,
    paths: { 'xe-tunnel': [join(root, 'src/xapi/index.ts')] },
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions,
      include: ['*.ts', join(root, 'src/xapi/**/*.d.ts')],
    }),
  )
  const check = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--project', folder], { encoding: 'utf8' })
  expect(check.stdout).toBe('')
  expect(check.status).toBe(0)
})
