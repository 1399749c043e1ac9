import { describe, expect, it, vi } from 'vitest'
import { connect, type Value, XapiError } from '../../../src/xapi/index.ts'
import { root } from '../one-user-host.ts'
import { httpServer, type Received, type Respond, type TestServer } from '../servers.ts'
import { EventSource } from './event-source.ts'
import { short } from './reading.ts'

const objectOf = (_: string, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value)

/** Answers in JSON-RPC what a source answers, until it is told that the coordinator is elsewhere. */
function host(source: EventSource): { respond: Respond; isSlaveOf: (address: string) => void } {
  let coordinator: string | undefined
  async function answer({ body }: Received): Promise<object> {
    const { method, params }: { method: string; params: Value[] } = JSON.parse(body)
    try {
      if (coordinator !== undefined) throw new XapiError('HOST_IS_SLAVE', [coordinator])
      return { result: await source.transport.call(method, params) }
    } catch (error) {
      if (error instanceof XapiError) return { error: { code: 1, message: error.code, data: error.params } }
      throw error
    }
  }
  return {
    respond: (request, response) => {
      response.setHeader('content-type', 'application/json')
      answer(request).then(
        outcome => response.end(JSON.stringify({ jsonrpc: '2.0', ...outcome, id: 1 }, objectOf)),
        () => response.destroy(),
      )
    },
    isSlaveOf: address => {
      coordinator = address
    },
  }
}

/** A watch of tunnels at one of some hosts, which has told of the one that is there. */
async function watching(source: EventSource, servers: readonly TestServer[], followRedirect = true) {
  source.put('tunnel', 'T1', {})
  const told: string[] = []
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`)
  const onRedirect = (_: string, to: string) => told.push(to)
  const session = await connect({ host: hosts, tls: false, ...root, followRedirect, onRedirect })
  const reading = (async () => {
    for await (const change of session.watch(['tunnel'], { retryMs: 1 })) told.push(short(change))
  })()
  await vi.waitFor(() => expect(source.waiting).toBe(1))
  return { session, told, reading }
}

describe('a watch in a pool of several hosts', () => {
  it('follows the coordinator when another host becomes it', async () => {
    const [before, after] = [new EventSource('tunnel'), new EventSource('tunnel')]
    const [first, second] = [host(before), host(after)]
    await using here = await httpServer(first.respond)
    await using there = await httpServer(second.respond)
    const { session, told, reading } = await watching(before, [here])
    after.put('tunnel', 'T2', {})
    first.isSlaveOf(`127.0.0.1:${there.port}`)
    before.disconnect()
    await vi.waitFor(() =>
      expect(told).toEqual(['add tunnel T1', `127.0.0.1:${there.port}`, 'add tunnel T2', 'del tunnel T1']),
    )
    expect([...after.sessions]).toEqual([session.ref])
    after.put('tunnel', 'T3', {})
    await vi.waitFor(() => expect(told.at(-1)).toBe('add tunnel T3'))
    await session.logout()
    await reading
    expect(after.sessions.size).toBe(0)
  })

  it('moves to the next host when its own does not come back, and closes the session that it had', async () => {
    const pool = new EventSource('tunnel')
    const { respond } = host(pool)
    const here = await httpServer(respond)
    await using there = await httpServer(respond)
    const { session, told, reading } = await watching(pool, [here, there])
    await here[Symbol.asyncDispose]()
    pool.disconnect()
    pool.remove('tunnel', 'T1')
    pool.put('tunnel', 'T2', {})
    await vi.waitFor(() => expect(told).toEqual(['add tunnel T1', 'add tunnel T2', 'del tunnel T1']))
    expect([...pool.sessions]).toEqual([session.ref])
    await session.logout()
    await reading
  })

  it('stays in its session where there is only one host', async () => {
    const pool = new EventSource('tunnel')
    await using here = await httpServer(host(pool).respond)
    const { session, told, reading } = await watching(pool, [here])
    const { ref } = session
    pool.faults.push('unsent', 'unsent', 'unsent', 'unsent')
    pool.disconnect()
    pool.put('tunnel', 'T2', {})
    await vi.waitFor(() => expect(told).toEqual(['add tunnel T1', 'add tunnel T2']))
    expect(session.ref).toBe(ref)
    await session.logout()
    await reading
  })

  it('ends with HOST_IS_SLAVE where it may not move', async () => {
    const pool = new EventSource('tunnel')
    const { respond, isSlaveOf } = host(pool)
    await using here = await httpServer(respond)
    const { session, reading } = await watching(pool, [here], false)
    isSlaveOf('10.0.0.1')
    pool.disconnect()
    await expect(reading).rejects.toMatchObject({ code: 'HOST_IS_SLAVE' })
    await session[Symbol.asyncDispose]()
  })
})
