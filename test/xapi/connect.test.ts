import { describe, expect, it } from 'vitest'
import { connect, openTransport, type Transport, TransportError, withSession } from '../../src/xapi/index.ts'
import { root } from './one-user-host.ts'
import { failure, httpServer, success, type TestServer } from './servers.ts'

describe('a connection over HTTP', () => {
  const served = (): Promise<TestServer> =>
    httpServer((request, response) => {
      if (request.body.includes('login_with_password')) {
        const good = request.body.includes('<string>pw</string>')
        response.end(good ? success('OpaqueRef:s') : failure('HOST_IS_SLAVE', '10.0.0.1'))
      } else response.end(success('x'))
    })

  const methods = (server: TestServer) => server.requests.map(r => /<methodName>(.*)<\/methodName>/.exec(r.body)?.[1])

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
      code: 'HOST_IS_SLAVE',
      params: ['10.0.0.1'],
    })
  })

  it('logs out when the work is cut short', async () => {
    const stop = new AbortController()
    await using server = await httpServer((request, response) => {
      if (request.body.includes('event.from')) stop.abort(new Error('enough'))
      else response.end(success('OpaqueRef:s'))
    })
    const work = withSession({ ...server.settings, ...root, signal: stop.signal }, session =>
      session.call('event.from'),
    )
    await expect(work).rejects.toThrow('enough')
    expect(methods(server)).toEqual(['session.login_with_password', 'event.from', 'session.logout'])
  })

  it('can be made without a session', async () => {
    await using server = await served()
    const transport: Transport = await openTransport(server.settings)
    expect(await transport.call('system.listMethods', [])).toBe('x')
    await transport.close()
    expect(server.requests).toHaveLength(1)
  })

  it('to a host that refuses it throws, and leaves nothing running', async () => {
    const server = await served()
    await server[Symbol.asyncDispose]()
    await expect(connect({ ...server.settings, ...root })).rejects.toBeInstanceOf(TransportError)
  })
})
