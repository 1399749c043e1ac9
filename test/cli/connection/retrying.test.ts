import { describe, expect, it } from 'vitest'
import { retrying } from '../../../src/cli/connection/retrying.ts'
import { type Transport, TransportError, type TransportFailure, XapiError } from '../../../src/xapi/index.ts'

/** A transport whose calls fail so often before they succeed. */
function failing(
  times: number,
  error: () => unknown = () => new TransportError('closed', 'h:1 closed the connection'),
) {
  const calls: string[] = []
  const transport: Transport = {
    async call(method) {
      calls.push(method)
      if (calls.length <= times) throw error()
      return 'value'
    },
    async close() {},
  }
  return { transport, calls }
}

const quiet = (): void => {}

describe('a call that only reads', () => {
  it.each(['tunnel.get_all_records_where', 'PIF.get_by_uuid', 'host.get_servertime', 'pool.get_all'])(
    'is made again after a lost connection: %s',
    async method => {
      const notes: string[] = []
      const { transport, calls } = failing(2)
      expect(await retrying(transport, 2, line => notes.push(line)).call(method, [])).toBe('value')
      expect(calls).toEqual([method, method, method])
      expect(notes).toEqual(Array(2).fill('h:1 closed the connection; asking again'))
    },
  )

  it('is made as often as is wanted, and then fails as it did', async () => {
    for (const times of [0, 1]) {
      const { transport, calls } = failing(9)
      await expect(retrying(transport, times, quiet).call('pool.get_all', [])).rejects.toMatchObject({ kind: 'closed' })
      expect(calls).toHaveLength(times + 1)
    }
  })

  it.each([
    ['closed', undefined, true],
    ['refused', undefined, true],
    ['unreachable', undefined, true],
    ['http', 503, true],
    ['http', 500, false],
    ['http', 404, false],
    ['timeout', undefined, false],
    ['protocol', undefined, false],
    ['unresolved', undefined, false],
    ['cancelled', undefined, false],
  ] as [TransportFailure, number | undefined, boolean][])('after %s %s: %s', async (kind, status, again) => {
    const { transport, calls } = failing(1, () => new TransportError(kind, 'x', status === undefined ? {} : { status }))
    const call = retrying(transport, 1, quiet).call('pool.get_all', [])
    if (again) expect(await call).toBe('value')
    else await expect(call).rejects.toMatchObject({ kind })
    expect(calls).toHaveLength(again ? 2 : 1)
  })

  it('is not made again where the host has answered, or where it is a bug', async () => {
    for (const error of [new XapiError('HANDLE_INVALID'), new TypeError('oops')]) {
      const { transport, calls } = failing(1, () => error)
      await expect(retrying(transport, 3, quiet).call('pool.get_all', [])).rejects.toBe(error)
      expect(calls).toHaveLength(1)
    }
  })

  it('waits for no second time once the user wants to stop', async () => {
    const stop = new AbortController()
    const { transport, calls } = failing(9)
    const call = retrying(transport, 9, () => stop.abort(new Error('enough'))).call('pool.get_all', [], {
      signal: stop.signal,
    })
    await expect(call).rejects.toThrow('enough')
    expect(calls).toHaveLength(1)
  })
})

it.each([
  'tunnel.create',
  'session.login_with_password',
  'session.logout',
  'PIF.plug',
  'PIF.reconfigure_ip',
  'network.set_name_label',
  'VM.add_to_other_config',
  'Async.PIF.get_record',
  'event.from',
  'get_all',
])('a call that may change something is made once: %s', async method => {
  const { transport, calls } = failing(1)
  await expect(retrying(transport, 9, quiet).call(method, [])).rejects.toMatchObject({ kind: 'closed' })
  expect(calls).toEqual([method])
})
