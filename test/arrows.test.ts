import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Which folders of src each may import from, itself included. Nothing below bin imports bin. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  datamodel: ['datamodel'],
  xapi: ['xapi', 'datamodel'],
  commands: ['commands', 'xapi', 'datamodel'],
  cli: ['cli', 'commands', 'xapi', 'datamodel'],
  ovsdb: ['ovsdb'],
  controller: ['controller', 'xapi', 'datamodel', 'ovsdb'],
  'fake-host': ['fake-host', 'datamodel', 'xapi/wire', 'ovsdb'],
}

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map(file => ({ file, text: readFileSync(join(root, 'src', file), 'utf8') }))

const imports = ({ file, text }: (typeof sources)[number]) =>
  [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(match =>
    relative(join(root, 'src'), join(root, 'src', dirname(file), match[1] ?? '')),
  )

const within = (path: string, folder: string) => path.startsWith(`${folder}/`)

it('imports between the folders of src point one way only', () => {
  const wrong = sources.flatMap(source =>
    imports(source)
      .filter(path => !(allowed[source.file.split('/')[0] ?? ''] ?? []).some(folder => within(path, folder)))
      .map(path => `${source.file} imports ${path}`),
  )
  expect(wrong).toEqual([])
})

it('only bin touches the arguments, the environment, the streams, the signals and the end of the process', () => {
  const wrong = sources.filter(({ text }) =>
    /\bprocess\.(argv|env|exit|exitCode|stdin|stdout|stderr|on|once)\b/.test(text),
  )
  expect(wrong.map(source => source.file)).toEqual([])
})

it('the packages that a plain command does not need are loaded only when they are used', () => {
  const wrong = sources.filter(({ file, text }) => {
    if (/^(fake-host|cli\/formats|commands\/tunnel-network\/drawings)\//.test(file)) return false
    return /^import (?!type).*from '(chalk|cli-table3|commander|string-width|yaml|zod|saxes|prom-client|.*\/(formats|drawings)\/.*)'/m.test(
      text,
    )
  })
  expect(wrong.map(source => source.file)).toEqual([])
})

it('only one file knows the xmlrpc package', () => {
  expect(sources.filter(({ text }) => /from 'xmlrpc/.test(text)).map(source => source.file)).toEqual([
    'xapi/transport/xmlrpc.ts',
  ])
})
