import { describe, expect, it } from 'vitest'
import { connect, type MemoryAnswer } from '../../src/xapi/index.ts'
import { type JsonHost, jsonHost } from './json-host.ts'
import { ok, root } from './one-user-host.ts'
import { always, httpServer, httpsServer } from './servers.ts'

const running = (): Promise<JsonHost> => jsonHost(() => ok('OpaqueRef:s'))
const failing = (error: readonly string[]): Promise<JsonHost> => jsonHost((): MemoryAnswer => ({ ok: false, error }))
const at = (...servers: { port: number }[]) => ({ host: servers.map(({ port }) => `127.0.0.1:${port}`), ...root })
const plain = { tls: false } as const

/** A host that is not there. */
async function absent(): Promise<{ port: number }> {
  const server = await httpServer(() => {})
  await server[Symbol.asyncDispose]()
  return server
}

describe('a connection to one of several hosts', () => {
  it('is made to the first', async () => {
    await using first = await running()
    await using second = await running()
    await using session = await connect({ ...at(first, second), ...plain })
    expect(session.ref).toBe('OpaqueRef:s')
    expect(first.calls).toHaveLength(1)
    expect(second.calls).toEqual([])
  })

  it('is made to the next where one is down, does not answer, cuts the connection or is no XenAPI host', async () => {
    await using mute = await httpServer(() => {})
    await using rude = await httpServer((_, response) => response.destroy())
    await using web = await httpServer(always('<html>Hi</html>'))
    await using last = await running()
    await using session = await connect({ ...at(await absent(), mute, rude, web, last), ...plain, timeoutMs: 200 })
    expect(await session.call('tunnel.get_all')).toBe('OpaqueRef:s')
  })

  it('fails with one error that names them all where none answers', async () => {
    const [first, second] = [await absent(), await absent()]
    const error = await connect({ ...at(first, second), ...plain }).catch((e: unknown) => e)
    expect(error).toMatchObject({
      name: 'TransportError',
      kind: 'refused',
      message:
        'none of the hosts answers: ' +
        `127.0.0.1:${first.port} refuses connections; 127.0.0.1:${second.port} refuses connections`,
      cause: { errors: [{ kind: 'refused' }, { kind: 'refused' }] },
    })
    await using mute = await httpServer(() => {})
    await expect(connect({ ...at(first, mute), ...plain, timeoutMs: 30 })).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/refuses connections; 127\.0\.0\.1:\d+ did not answer within 0\.03 s$/),
    })
  })

  it('fails as a connection to one host does where the list has one', async () => {
    const gone = await absent()
    await expect(connect({ ...at(gone), ...plain })).rejects.toMatchObject({
      message: `127.0.0.1:${gone.port} refuses connections`,
    })
    await expect(connect({ host: [], ...root })).rejects.toThrow(new TypeError('there is no host to connect to'))
  })

  it('is refused where one refuses it: that is an answer', async () => {
    await using first = await failing(['SESSION_AUTHENTICATION_FAILED', 'root', 'no'])
    await using second = await running()
    await expect(connect({ ...at(first, second), ...plain })).rejects.toMatchObject({
      code: 'SESSION_AUTHENTICATION_FAILED',
    })
    expect(second.calls).toEqual([])
  })

  it('moves from a member to its coordinator, which is an answer too', async () => {
    await using there = await running()
    await using member = await failing(['HOST_IS_SLAVE', `127.0.0.1:${there.port}`])
    await using other = await running()
    await using session = await connect({ ...at(await absent(), member, other), ...plain })
    expect(session.ref).toBe('OpaqueRef:s')
    expect(there.calls).toHaveLength(1)
    expect(other.calls).toEqual([])
  })

  it('tries a coordinator that is down once, and then the other hosts', async () => {
    const gone = await absent()
    await using first = await failing(['HOST_IS_SLAVE', `127.0.0.1:${gone.port}`])
    await using second = await failing(['HOST_IS_SLAVE', `127.0.0.1:${gone.port}`])
    await using promoted = await running()
    const moves: string[] = []
    const onRedirect = (_: string, to: string) => moves.push(to)
    await using session = await connect({ ...at(first, second, promoted), ...plain, onRedirect })
    expect(session.ref).toBe('OpaqueRef:s')
    expect(moves).toEqual([`127.0.0.1:${gone.port}`])
    await expect(connect({ ...at(first, second), ...plain })).rejects.toThrow(
      `127.0.0.1:${gone.port} refuses connections`,
    )
  })

  it('does not go on past a certificate that is not trusted', async () => {
    await using first = await httpsServer(always(''))
    await using second = await running()
    await expect(connect(at(first, second))).rejects.toMatchObject({ name: 'TrustError' })
    expect(second.calls).toEqual([])
  })

  it('ends at once when the caller wants no more', async () => {
    await using second = await running()
    const stop = new AbortController()
    await using first = await httpServer((_, response) => {
      stop.abort(new Error('enough'))
      response.destroy()
    })
    await expect(connect({ ...at(first, second), ...plain, signal: stop.signal })).rejects.toThrow('enough')
    expect(second.calls).toEqual([])
  })

  it('with a session of somebody else’s is made to the first that can be reached', async () => {
    await using second = await running()
    const { host } = at(await absent(), second)
    await using session = await connect({ host, ...plain, sessionRef: 'OpaqueRef:theirs' })
    await session.call('tunnel.get_all')
    expect(second.calls).toEqual([['tunnel.get_all', 'OpaqueRef:theirs']])
  })
})
