import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { expect, test } from 'vitest'
import { startFakeHost } from '../../bin/fake-host.ts'
import { newFolder } from '../fake-host/folder.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** A folder with nothing but a program called xe, which is ours. */
async function ours(): Promise<string> {
  const folder = await newFolder()
  await symlink(path('../../dist/xe-tunnel.js'), join(folder, 'xe'))
  return folder
}

/** The same with a program that speaks the xe client's protocol. */
async function theirs(): Promise<string> {
  const folder = await newFolder()
  const outfile = join(folder, 'xe')
  const banner = { js: '#!/usr/bin/env node' }
  buildSync({ entryPoints: [path('main.ts')], outfile, bundle: true, platform: 'node', format: 'esm', banner })
  await chmod(outfile, 0o755)
  return folder
}

/** Runs a script on a pool of its own, which is the same each time, with the xe of a folder. */
async function run(script: string, xe: string) {
  await using fake = await startFakeHost({ hosts: 3, seed: 7 })
  const child = spawn('bash', [path(script), 'overlay'], {
    env: {
      PATH: [xe, process.env.PATH].join(delimiter),
      HOME: xe,
      XE_EXTRA_ARGS: `server=${fake.host},port=${fake.port},username=root,password=pw,nossl=true`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [[status], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return {
    status,
    stdout,
    stderr,
    changes: fake.calls.map(call => call.method).filter(name => !/\.get_|session/.test(name)),
  }
}

test('a script of an administrator does the same with xe and with xe-tunnel', { timeout: 240_000 }, async () => {
  const [here, there] = await Promise.all([run('overlay.sh', await ours()), run('overlay.sh', await theirs())])
  expect(here).toEqual(there)
  expect(here.status).toBe(0)
  expect(here.stdout).toContain('pool ')
  expect(here.stdout).toContain('3 hosts\n')
  expect(here.stdout).toMatch(/host3: eth0 carries tunnel\d+\n/)
  expect(here.stdout.match(/status 1\n/g)).toHaveLength(12)
  expect(here.stdout).toContain('the network is in use\n')
  expect(here.stdout).toContain('gone: overlay\n0 warnings\n')
  expect(here.stderr).toMatch(/^type: tunnel\nuuid: not-a-uuid$/m)
  expect(here.stderr).toContain('Unknown command: tunnel-lst\n')
  expect(here.changes.filter(name => name === 'tunnel.create')).toHaveLength(6)
})
