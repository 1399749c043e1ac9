import { describe, expect, it } from 'vitest'
import { connect, type MemoryAnswer } from '../../src/xapi/index.ts'
import { type JsonHost, jsonHost } from './json-host.ts'
import { host, ok, root } from './one-user-host.ts'
import { httpServer } from './servers.ts'

const isSlave = (address: string): MemoryAnswer => ({ ok: false, error: ['HOST_IS_SLAVE', address] })
const coordinator = (): Promise<JsonHost> => jsonHost(() => ok('OpaqueRef:s'))
const member = (address: () => string): Promise<JsonHost> => jsonHost(() => isSlave(address()))
const methods = (server: JsonHost) => server.calls.map(([method]) => method)

describe('a login at a host that is not the coordinator of its pool', () => {
  it('moves to the coordinator, and says so', async () => {
    await using there = await coordinator()
    await using here = await member(() => `127.0.0.1:${there.port}`)
    const moves: string[][] = []
    const session = await connect({
      ...here.settings,
      ...root,
      onRedirect: (from, to) => moves.push([from, to]),
    })
    expect(session.ref).toBe('OpaqueRef:s')
    expect(await session.call('tunnel.get_all')).toBe('OpaqueRef:s')
    await session.logout()
    expect(moves).toEqual([[`127.0.0.1:${here.port}`, `127.0.0.1:${there.port}`]])
    expect(methods(here)).toEqual(['session.login_with_password'])
    expect(methods(there)).toEqual(['session.login_with_password', 'tunnel.get_all', 'session.logout'])
  })

  it.each([
    ['a bare IPv4 address', '127.0.0.9', port => `127.0.0.9:${port}`],
    ['a bare IPv6 address', '::1', port => `[::1]:${port}`],
    ['an IPv6 address in brackets', '[::1]', port => `[::1]:${port}`],
    ['an IPv6 address with a port', '[::1]:9', () => '[::1]:9'],
    ['an IPv4 address with a port', '127.0.0.9:9', () => '127.0.0.9:9'],
  ] as [string, string, (port: number) => string][])(
    'goes to %s by the port that it has, or by the one that was given',
    async (_, address, expected) => {
      await using here = await member(() => address)
      let to = ''
      const settings = { ...here.settings, port: 1, host: `127.0.0.1:${here.port}`, ...root }
      const onRedirect = (_from: string, target: string) => {
        to = target
        throw new RangeError('far enough')
      }
      await expect(connect({ ...settings, onRedirect })).rejects.toThrow('far enough')
      expect(to).toBe(expected(here.port))
    },
  )

  it('moves once: a coordinator that names another is believed no more', async () => {
    await using second = await member(() => '127.0.0.1:1')
    await using first = await member(() => `127.0.0.1:${second.port}`)
    await expect(connect({ ...first.settings, ...root })).rejects.toMatchObject({
      code: 'HOST_IS_SLAVE',
      params: ['127.0.0.1:1'],
    })
    expect(methods(second)).toEqual(['session.login_with_password'])
  })

  it('fails where it may not move', async () => {
    await using here = await member(() => '127.0.0.1:1')
    await expect(connect({ ...here.settings, ...root, followRedirect: false })).rejects.toMatchObject({
      code: 'HOST_IS_SLAVE',
      params: ['127.0.0.1:1'],
    })
  })

  it('fails where the transport is somebody else’s, or the host names no address', async () => {
    const { transport } = host({ 'session.login_with_password': () => isSlave('127.0.0.1') })
    await expect(connect({ transport, ...root })).rejects.toMatchObject({ code: 'HOST_IS_SLAVE' })
    await using here = await jsonHost(() => ({ ok: false, error: ['HOST_IS_SLAVE'] }))
    await expect(connect({ ...here.settings, ...root })).rejects.toMatchObject({ code: 'HOST_IS_SLAVE', params: [] })
  })

  it('tells when the coordinator cannot be reached', async () => {
    const gone = await httpServer(() => {})
    await gone[Symbol.asyncDispose]()
    await using here = await member(() => `127.0.0.1:${gone.port}`)
    await expect(connect({ ...here.settings, ...root })).rejects.toMatchObject({
      kind: 'refused',
      message: `127.0.0.1:${gone.port} refuses connections`,
    })
  })

  it('does not happen in the middle of a session', async () => {
    let roles = 0
    await using here = await jsonHost(() => (roles++ === 0 ? ok('OpaqueRef:s') : isSlave('127.0.0.1:1')))
    const session = await connect({ ...here.settings, ...root })
    await expect(session.call('tunnel.get_all')).rejects.toMatchObject({ code: 'HOST_IS_SLAVE' })
    await session[Symbol.asyncDispose]()
  })
})
