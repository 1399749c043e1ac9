import { describe, expect, it, test } from 'vitest'
import { Interruption } from '../../src/cli/index.ts'
import { TransportError } from '../../src/xapi/index.ts'
import { fails, hangs, hostWith } from './host.ts'
import { run } from './terminal.ts'

const list = { 'tunnel.get_all_records_where': new Map() }

describe('a command on a host', () => {
  it('logs in as root with xe’s own defaults, works, and logs out', async () => {
    const host = hostWith(list)
    expect(await run(['tunnel-list', '--minimal'], { open: host })).toEqual({ status: 0, stdout: '\n', stderr: '' })
    expect(host.calls).toEqual([
      ['session.login_with_password', 'root', 'null', '2.23', 'cli'],
      ['tunnel.get_all_records_where', 'OpaqueRef:session', 'true'],
      ['session.logout', 'OpaqueRef:session'],
    ])
    expect(host.isClosed).toBe(true)
  })

  it('logs in with the credentials given', async () => {
    const host = hostWith(list)
    await run(['tunnel-list', '-u', 'joe', '-pw', 'a b'], { open: host })
    expect(host.calls[0]).toEqual(['session.login_with_password', 'joe', 'a b', '2.23', 'cli'])
  })

  it('uses a session that it is given, and leaves it open', async () => {
    const host = hostWith(list)
    await run(['session_id=OpaqueRef:mine', 'tunnel-list'], { open: host })
    expect(host.calls).toEqual([['tunnel.get_all_records_where', 'OpaqueRef:mine', 'true']])
  })

  it('logs out after a failure too', async () => {
    const host = hostWith({ 'tunnel.get_by_uuid': fails('UUID_INVALID', 'tunnel', 'x') })
    expect((await run(['tunnel-destroy', 'uuid=x'], { open: host })).status).toBe(1)
    expect(host.methods()).toContain('session.logout')
  })

  it('logs out after a bug too, and shows its stack', async () => {
    const host = hostWith({
      'tunnel.get_all_records_where': () => {
        throw new RangeError('a bug')
      },
    })
    const { status, stdout, stderr } = await run(['tunnel-list'], { open: host })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^RangeError: a bug\n +at /)
    expect(host.methods()).toContain('session.logout')
  })
})

test.each([
  ['fails', fails('INTERNAL_ERROR', 'x')],
  [
    'breaks the connection',
    () => {
      throw new TransportError('closed', 'gone')
    },
  ],
])('a logout that %s is never seen', async (_, logout) => {
  const open = hostWith({ ...list, 'session.logout': logout })
  expect(await run(['tunnel-list', '--minimal'], { open })).toEqual({ status: 0, stdout: '\n', stderr: '' })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends the call, logs out, prints nothing, and the status is %i', async (name, status) => {
  const stop = new AbortController()
  const host = hostWith({
    'tunnel.get_all_records_where': hangs(() => stop.abort(new Interruption(name))),
  })
  expect(await run(['tunnel-list'], { open: host, signal: stop.signal })).toEqual({ status, stdout: '', stderr: '' })
  expect(host.methods().at(-1)).toBe('session.logout')
  expect(host.isClosed).toBe(true)
})

it('a signal while the host is being looked for ends the command as well', async () => {
  const stop = new AbortController()
  const host = hostWith(
    {},
    {
      async probe(options) {
        stop.abort(new Interruption('SIGINT'))
        options?.signal?.throwIfAborted()
      },
    },
  )
  expect(await run(['nonsense'], { open: host, signal: stop.signal })).toEqual({ status: 130, stdout: '', stderr: '' })
})

it('a signal while the failed command is being explained ends that', async () => {
  const stop = new AbortController()
  const host = hostWith({
    'tunnel.get_by_uuid': fails('HANDLE_INVALID', 'tunnel', 'OpaqueRef:x'),
    'tunnel.get_uuid': hangs(() => stop.abort(new Interruption('SIGTERM'))),
  })
  const outcome = await run(['tunnel-destroy', 'uuid=x'], { open: host, signal: stop.signal })
  expect(outcome).toEqual({ status: 143, stdout: '', stderr: '' })
})

it('a signal while the session is being closed changes nothing of what came before', async () => {
  const stop = new AbortController()
  const open = hostWith({
    ...list,
    'session.logout': hangs(() => stop.abort(new Interruption('SIGINT'))),
  })
  expect((await run(['tunnel-list', '--minimal'], { open, signal: stop.signal })).status).toBe(0)
})
