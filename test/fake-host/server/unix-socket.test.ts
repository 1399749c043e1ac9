import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseType } from '../../../src/datamodel/index.ts'
import type { Call } from '../../../src/fake-host/dispatch/call.ts'
import { listen } from '../../../src/fake-host/server/index.ts'
import { newFolder } from '../folder.ts'
import { post, xmlCall } from './raw.ts'

async function serve(path: string) {
  const calls: Call[] = []
  const server = await listen({
    address: { path },
    async dispatch(call) {
      calls.push(call)
      return { ok: true, type: parseType('string'), value: call.method }
    },
  })
  onTestFinished(() => server.stop())
  return { server, calls }
}

/** The path of a socket that somebody has left behind who was killed. */
async function abandoned(): Promise<string> {
  const path = join(await newFolder(), 'socket')
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('there'))`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  return path
}

describe('a unix socket', () => {
  it('brings calls that come from root', async () => {
    const path = join(await newFolder(), 'socket')
    const { calls } = await serve(path)
    const socket = connect({ path })
    socket.write(post(xmlCall('m'), { headers: ['Connection: close'] }))
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 OK/)
    expect(calls).toMatchObject([{ method: 'm', origin: 'unix' }])
  })

  it('is its owner’s alone, and gone at the end', async () => {
    const path = join(await newFolder(), 'socket')
    const { server } = await serve(path)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await server.stop()
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  it('takes the place of one that nobody listens on any more', async () => {
    const path = await abandoned()
    expect((await stat(path)).isSocket()).toBe(true)
    await serve(path)
    expect((await stat(path)).isSocket()).toBe(true)
  })

  it('takes the place of nothing else', async () => {
    const folder = await newFolder()
    const [used, file] = [join(folder, 'used'), join(folder, 'file')]
    const other = createServer().listen(used)
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    await writeFile(file, 'precious')
    await expect(serve(used)).rejects.toThrow(`cannot listen on unix:${used}: the socket is in use`)
    await expect(serve(file)).rejects.toThrow(`cannot listen on unix:${file}: something else is there`)
    await expect(serve(folder)).rejects.toThrow('something else is there')
  })

  it('says why where it cannot be', async () => {
    const folder = await newFolder()
    await expect(serve(join(folder, 'no', 'such', 'folder'))).rejects.toThrow(/cannot listen on unix:.*folder: /)
    const deep = join(folder, 'x'.repeat(120))
    await mkdir(deep)
    await expect(serve(join(deep, 'socket'))).rejects.toThrow('the path is too long for a socket')
  })
})
