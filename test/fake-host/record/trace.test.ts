import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startFakeHost } from '../../../src/fake-host/index.ts'
import { newFolder } from '../folder.ts'

const clock = () => Date.UTC(2024, 0, 2, 3, 4, 5, 678)

it('a trace has a line for each call, without secrets', async () => {
  const path = join(await newFolder(), 'trace.jsonl')
  const host = await startFakeHost({ listen: false, trace: path, clock, password: 'hunter2' })
  const call = (method: string, ...params: string[]) => host.dispatch({ method, params, origin: 'tcp' })
  const login = await call('session.login_with_password', 'root', 'hunter2')
  const session = String(login.ok && login.value)
  await call('network.get_MTU', session, host.db.refs('network')[0] ?? '')
  await call('network.get_MTU', session, 'OpaqueRef:gone')
  await host.control.setFaults([{ method: 'network.get_all', truncate: true }])
  await call('network.get_all', session)
  await host.stop()

  const text = await readFile(path, 'utf8')
  expect(text).not.toContain('hunter2')
  expect(text).not.toContain(session)
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const time = '2024-01-02T03:04:05.678Z'
  const ms = expect.any(Number)
  expect(lines).toEqual([
    { time, ms, method: 'session.login_with_password', params: ['(secret)', '(secret)'], result: '(secret)' },
    { time, ms, method: 'network.get_MTU', params: [host.db.refs('network')[0]], result: 1500 },
    {
      time,
      ms,
      method: 'network.get_MTU',
      params: ['OpaqueRef:gone'],
      error: ['HANDLE_INVALID', 'network', 'OpaqueRef:gone'],
    },
    { time, ms, method: 'network.get_all', params: [], result: host.db.refs('network'), damage: 'truncate' },
  ])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

it('a trace goes on where another ended', async () => {
  const path = join(await newFolder(), 'trace.jsonl')
  await writeFile(path, 'before\n')
  const host = await startFakeHost({ listen: false, trace: path })
  await host.dispatch({ method: 'PIF.get_all', params: ['x'], origin: 'tcp' })
  await host.stop()
  expect((await readFile(path, 'utf8')).split('\n')).toEqual(['before', expect.stringMatching(/^\{"time":/), ''])
})

it('a trace that cannot be written keeps the host from starting', async () => {
  await expect(startFakeHost({ trace: '/nowhere/trace.jsonl' })).rejects.toThrow(
    'the trace /nowhere/trace.jsonl cannot be written: no such file or directory',
  )
})
