import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, test } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/xe-tunnel.ts', import.meta.url))

type Process = ChildProcessByStdio<null, Readable, Readable>

function start(words: readonly string[], variables: Record<string, string> = {}): Process {
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...variables }
  return spawn(process.execPath, ['--import', 'tsx', bin, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function ended(child: Process): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text
    })
  const [status] = await once(child, 'close')
  return { status, ...printed }
}

/** A host that answers these messages and never any other. */
async function silentHost(
  ...answered: readonly string[]
): Promise<{ words: string[]; methods: string[]; asked: (method: string) => Promise<unknown> }> {
  const methods: string[] = []
  const asking = new EventEmitter()
  const server = createServer(async (request, response) => {
    const { id, method } = JSON.parse((await request.toArray()).join(''))
    methods.push(method)
    if (answered.includes(method)) response.end(JSON.stringify({ jsonrpc: '2.0', id, result: 'OpaqueRef:session' }))
    asking.emit(method)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server that listens
  servers.push(server)
  return { words: ['-s', '127.0.0.1', '-p', String(port)], methods, asked: method => once(asking, method) }
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, expected) => {
  it('closes the session and ends the program', async () => {
    const { words, methods, asked } = await silentHost('session.login_with_password', 'session.logout')
    const child = start(['tunnel-list', ...words])
    const end = ended(child)
    await Promise.race([asked('tunnel.get_all_records_where'), end]) // a program that ends at once has failed: see below
    child.kill(signal)
    expect(await end).toEqual({ status: expected, stdout: '', stderr: '' })
    expect(methods.at(-1)).toBe('session.logout')
  })

  it('does not wait for the session when it comes twice', async () => {
    const { words, asked } = await silentHost('session.login_with_password')
    const child = start(['tunnel-list', ...words])
    const end = ended(child)
    await Promise.race([asked('tunnel.get_all_records_where'), end])
    child.kill(signal)
    await Promise.race([asked('session.logout'), end])
    const before = performance.now()
    child.kill(signal)
    expect(await end).toEqual({ status: expected, stdout: '', stderr: '' })
    expect(performance.now() - before).toBeLessThan(1500) // the session is given 2 s
  })
})

test('a reader that leaves early is no failure', async () => {
  const child = start(['help', '--all'])
  child.stdout.destroy()
  expect(await ended(child)).toMatchObject({ status: 0, stderr: '' })
})

describe('a pool of one’s own', () => {
  it('keeps what one command made for the next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'xe-tunnel-'))
    try {
      const pool = { XE_EXTRA_ARGS: 'server=fake:', XDG_STATE_HOME: folder }
      const created = await ended(start(['network-create', 'name-label=overlay'], pool))
      expect(created).toMatchObject({ status: 0, stderr: '' })
      expect(await ended(start(['network-list', 'name-label=overlay', '--minimal'], pool))).toEqual(created)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('that is no pool is one clear line', async () => {
    const outcome = await ended(start(['tunnel-list', '-s', `fake:${bin}`]))
    expect(outcome).toMatchObject({ status: 1, stdout: '' })
    expect(outcome.stderr).toMatch(/^Error: [^\n]*xe-tunnel\.ts[^\n]*\n$/)
  })
})

test('the program it was called by is named in the usage text', async () => {
  expect((await ended(start([]))).stderr).toMatch(/^Usage: xe-tunnel/)
})
