import { describe, expect, it } from 'vitest'
import { connect, type MemoryAnswer, openTransport, TransportError, withSession } from '../../src/xapi/index.ts'
import { type JsonHost, jsonHost } from './json-host.ts'
import { ok, root } from './one-user-host.ts'
import { always, httpServer, success } from './servers.ts'

describe('a connection over HTTP', () => {
  const denied: MemoryAnswer = { ok: false, error: ['SESSION_AUTHENTICATION_FAILED', 'root', 'Authentication failure'] }
  const served = (): Promise<JsonHost> =>
    jsonHost((method, [, password]) => {
      if (method === 'session.login_with_password') return password === 'pw' ? ok('OpaqueRef:s') : denied
      return ok('x')
    })
  const methods = (server: JsonHost) => server.calls.map(([method]) => method)

  it('logs in, works, logs out, over one connection', async () => {
    await using server = await served()
    expect(await withSession({ ...server.settings, ...root }, session => session.call('tunnel.get_all'))).toBe('x')
    expect(methods(server)).toEqual(['session.login_with_password', 'tunnel.get_all', 'session.logout'])
    expect(server.connections()).toBe(1)
  })

  it('is closed after the logout', async () => {
    await using server = await served()
    const session = await connect({ ...server.settings, ...root })
    await session.logout()
    await expect(session.call('tunnel.get_all')).rejects.toMatchObject({ kind: 'cancelled' })
  })

  it('is closed after a failed login, whose error it keeps', async () => {
    await using server = await served()
    await expect(connect({ ...server.settings, username: 'root', password: 'no' })).rejects.toMatchObject({
      code: 'SESSION_AUTHENTICATION_FAILED',
      params: ['root', 'Authentication failure'],
    })
  })

  it('logs out when the work is cut short', async () => {
    const stop = new AbortController()
    await using server = await jsonHost(method => {
      if (method !== 'event.from') return ok('OpaqueRef:s')
      stop.abort(new Error('enough'))
      return undefined
    })
    const work = withSession({ ...server.settings, ...root, signal: stop.signal }, session =>
      session.call('event.from'),
    )
    await expect(work).rejects.toThrow('enough')
    expect(methods(server)).toEqual(['session.login_with_password', 'event.from', 'session.logout'])
  })

  it('to a host that refuses it throws, and leaves nothing running', async () => {
    const server = await served()
    await server[Symbol.asyncDispose]()
    await expect(connect({ ...server.settings, ...root })).rejects.toBeInstanceOf(TransportError)
  })

  it('limits a single call as it is told, whatever the limit of the others', async () => {
    await using server = await jsonHost(method => (method === 'event.from' ? undefined : ok('OpaqueRef:s')))
    await using session = await connect({ ...server.settings, ...root, timeoutMs: 0 })
    await expect(session.callWith({ timeoutMs: 20 }, 'event.from')).rejects.toMatchObject({ kind: 'timeout' })
    expect(await session.call('tunnel.get_all')).toBe('OpaqueRef:s')
  })
})

describe('a transport without a session', () => {
  it('speaks JSON-RPC on a host that knows it', async () => {
    await using server = await jsonHost(() => ok('x'))
    const transport = await openTransport(server.settings)
    expect(await transport.call('system.listMethods', [])).toBe('x')
    await transport.close()
    expect(server.requests.map(request => request.url)).toEqual(['/jsonrpc'])
  })

  it.each([
    ['json', '/jsonrpc'],
    ['xml', '/'],
  ] as const)('speaks %s and nothing else where it is told to', async (wire, path) => {
    await using server = await httpServer((_, response) => response.writeHead(404).end())
    const transport = await openTransport({ ...server.settings, wire })
    await expect(transport.call('host.get_all', [''])).rejects.toMatchObject({ kind: 'http', status: 404 })
    await transport.close()
    expect(server.requests.map(request => request.url)).toEqual([path])
  })

  it('may find the port in the name of the host', async () => {
    await using server = await httpServer(always(success('x')))
    const transport = await openTransport({ host: `127.0.0.1:${server.port}`, port: 1, tls: false, wire: 'xml' })
    expect(await transport.call('host.get_all', [''])).toBe('x')
    await transport.close()
    const six = await openTransport({ host: '[::1]:1', tls: false })
    await expect(six.call('host.get_all', [''])).rejects.toThrow(/^\[::1\]:1 /)
    await six.close()
  })
})
