import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { build, type Metafile } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonHost } from './json-host.ts'
import { ok } from './one-user-host.ts'
import { httpServer, success } from './servers.ts'

/** Below the project, so that the packages are found from there. */
const folder = mkdtempSync(join(import.meta.dirname, 'built-'))
let outputs: Metafile['outputs']

beforeAll(async () => {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, '../../src/xapi/index.ts')],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    absWorkingDir: folder,
    outdir: folder,
  })
  outputs = metafile.outputs
})

afterAll(() => rmSync(folder, { recursive: true }))

/** Everything that loading a file of the bundle loads with it, dynamic imports left out. */
function loadedWith(file: string): Set<string> {
  const found = new Set<string>()
  const visit = (path: string) => {
    for (const [input, { bytesInOutput }] of Object.entries(outputs[path]?.inputs ?? {})) {
      if (bytesInOutput > 0) found.add(input.replace(/^.*\/src\//, 'src/'))
    }
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'dynamic-import' || found.has(next)) continue
      found.add(next)
      visit(next)
    }
  }
  visit(file)
  return found
}

describe('importing the client', () => {
  it('loads no wire, no TLS, no typed messages and no watch', () => {
    const loaded = [...loadedWith('index.js')]
    expect(loaded).toContain('src/xapi/session.ts')
    const heavy = /rpc|auto|wire\/|^(node:)?(http|https|net|tls|crypto)$|\/typed\/|read-changes|collection/
    expect(loaded.filter(name => heavy.test(name))).toEqual([])
  })
})

describe('finding out the wire', () => {
  it('loads XML-RPC only when it is needed', () => {
    const chunk = Object.keys(outputs).find(path => outputs[path]?.inputs['../../../src/xapi/transport/auto.ts'])
    const loaded = [...loadedWith(chunk ?? '')]
    expect(loaded).toContain('src/xapi/transport/jsonrpc.ts')
    expect(loaded.filter(name => /xmlrpc|repair/.test(name))).toEqual([])
  })
})

describe('a program that makes a call', () => {
  // The bundle lies without datamodel.json, so that reading it would fail.
  const run = async (port: number) => {
    const program = `
      import { withSession } from './index.js'
      import { createRequire } from 'node:module'
      const settings = { host: '127.0.0.1', port: ${port}, tls: false, username: 'root', password: 'pw' }
      const answer = await withSession(settings, session => session.call('tunnel.get_all'))
      const loaded = process.moduleLoadList.filter(name => /^NativeModule (https|tls|_tls_wrap)$/.test(name))
      const packages = Object.keys(createRequire(import.meta.url).cache).filter(name => name.endsWith('/xmlrpc/lib/serializer.js'))
      console.log(JSON.stringify({ answer, loaded, packages: packages.length }))`
    const node = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: folder })
    const [stdout, stderr, [status]] = await Promise.all([text(node.stdout), text(node.stderr), once(node, 'close')])
    expect(stderr).toBe('')
    expect(status).toBe(0)
    return JSON.parse(stdout)
  }

  it('writes nothing to stderr, loads neither TLS nor XML-RPC nor the datamodel, and ends', async () => {
    await using server = await jsonHost(() => ok('x'))
    expect(await run(server.port)).toEqual({ answer: 'x', loaded: [], packages: 0 })
  })

  it('does so on a host with XML-RPC alone, for which it loads the package', async () => {
    await using server = await httpServer(({ url }, response) => {
      if (url === '/jsonrpc') response.writeHead(404).end()
      else response.end(success('x'))
    })
    expect(await run(server.port)).toEqual({ answer: 'x', loaded: [], packages: 1 })
  })
})
