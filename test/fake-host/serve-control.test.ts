import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeHostServe } from '../../src/fake-host/serve.ts'
import { newFolder } from './folder.ts'
import { xmlCall } from './server/raw.ts'

/** The command in this process, once it serves or has failed; and its way to the end. */
async function serve(...parameters: readonly (readonly [name: string, value: string])[]) {
  const stopping = new AbortController()
  const written = { stderr: '' }
  let serving = (_url: string): void => {}
  const line = new Promise<string>(resolve => {
    serving = resolve
  })
  const status = fakeHostServe(
    { parameters, username: undefined, password: undefined },
    {
      stdout: { write: text => serving(/XE_TUNNEL_FAKE_URL='(.*?)'/.exec(text)?.[1] ?? '') },
      stderr: {
        write(text) {
          written.stderr += text
        },
      },
      signal: stopping.signal,
      pid: 4711,
      program: [],
      variables: {},
    },
  )
  const url = await Promise.race([line, status.then(() => '')])
  const stop = async () => {
    stopping.abort()
    return { status: await status, ...written }
  }
  return { url, stop }
}

const ask = async (url: string, method: string, ...params: string[]): Promise<string> =>
  (await fetch(url, { method: 'POST', body: xmlCall(method, ...params) })).text()

it('a served pool has the faults of a file, and tells at the end which never happened', async () => {
  const path = join(await newFolder(), 'faults.json')
  await writeFile(path, '[{"method":"session.*","error":["X"]},{"method":"VM.start","http":500}]')
  const { url, stop } = await serve(['faults', path])
  expect(await ask(url, 'session.login_with_password', 'root', 'pw')).toContain('<value>X</value>')
  expect(await stop()).toEqual({
    status: 0,
    stderr: 'fake-host-serve: warning: this fault never happened: {"method":"VM.start","http":500}\n',
  })
})

it('a file of faults that makes no sense keeps it from serving', async () => {
  const path = join(await newFolder(), 'faults.json')
  await writeFile(path, '[{"method":"tunnel.create","eror":["X"]}]')
  const { stop } = await serve(['faults', path])
  expect(await stop()).toEqual({ status: 1, stderr: `fake-host-serve: ${path}: there is no "eror"\n` })
})

it.each([
  ['trace=', (path: string) => ['trace', path] as const],
  ['--trace=', (path: string) => [`trace=${path}`, 'true'] as const],
])('%sFILE writes down the calls', async (_, parameter) => {
  const path = join(await newFolder(), 'trace.jsonl')
  const { url, stop } = await serve(parameter(path))
  await ask(url, 'session.login_with_password', 'root', 'pw')
  expect((await stop()).status).toBe(0)
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ method: 'session.login_with_password' })
})

it('--trace alone names no file', async () => {
  const { stop } = await serve(['trace', 'true'])
  expect(await stop()).toEqual({ status: 1, stderr: 'fake-host-serve: trace needs the name of a file: --trace=FILE\n' })
})
