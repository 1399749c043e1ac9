import { describe, expect, it } from 'vitest'
import { connect, login, withSession, XapiError } from '../../src/xapi/index.ts'
import { host, root } from './one-user-host.ts'

describe('a session', () => {
  it('is opened with user, password, version and originator, and goes first in each call', async () => {
    const { transport, calls } = host()
    const session = await login(transport, root)
    expect(session.ref).toBe('OpaqueRef:session-1')
    expect(await session.call('tunnel.create', 'pif', 'network')).toBe('tunnel.create')
    await session.logout()
    expect(calls).toEqual([
      ['session.login_with_password', 'root', 'pw', '2.23', 'xe-tunnel'],
      ['tunnel.create', session.ref, 'pif', 'network'],
      ['session.logout', session.ref],
    ])
  })

  it('tells the version and the originator that it was given', async () => {
    const { transport, calls } = host()
    await login(transport, { ...root, version: '1.3', originator: 'my-tool' })
    expect(calls).toEqual([['session.login_with_password', 'root', 'pw', '1.3', 'my-tool']])
  })

  it('is not opened with a wrong password', async () => {
    const { transport } = host()
    const error = await login(transport, { ...root, password: 'no' }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(XapiError)
    expect(error).toMatchObject({ code: 'SESSION_AUTHENTICATION_FAILED', params: ['root', 'Authentication failure'] })
  })

  it('ends once, however often it is told to', async () => {
    const { transport, calls } = host()
    const session = await login(transport, root)
    await Promise.all([session.logout(), session.logout()])
    await session.logout()
    expect(calls.filter(([method]) => method === 'session.logout')).toHaveLength(1)
  })

  it('that the host has forgotten has ended', async () => {
    const { transport, sessions } = host()
    const session = await login(transport, root)
    sessions.clear()
    await expect(session.call('tunnel.get_all')).rejects.toMatchObject({
      code: 'SESSION_INVALID',
      params: [session.ref],
    })
    await expect(session.logout()).resolves.toBeUndefined()
  })

  it('says so when it cannot be ended', async () => {
    const { transport } = host({ 'session.logout': () => ({ ok: false, error: ['INTERNAL_ERROR', 'x'] }) })
    const session = await login(transport, root)
    await expect(session.logout()).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
  })

  it('of somebody else is used, and neither opened nor ended', async () => {
    const { transport, calls, sessions } = host()
    sessions.add('OpaqueRef:theirs')
    await withSession({ transport, sessionRef: 'OpaqueRef:theirs' }, session => session.call('tunnel.get_all'))
    expect(calls).toEqual([['tunnel.get_all', 'OpaqueRef:theirs']])
  })

  it('ends at the end of the block that holds it', async () => {
    const { transport, sessions } = host()
    {
      await using session = await connect({ transport, ...root })
      expect(sessions).toEqual(new Set([session.ref]))
    }
    expect(sessions.size).toBe(0)
  })

  it('is no promise, so that it can be awaited and returned', async () => {
    const { transport } = host()
    const session = await login(transport, root)
    expect(await session).toBe(session)
    const { tunnel } = session
    expect(await tunnel).toBe(tunnel)
  })
})

describe('work in a session', () => {
  it('leaves no session behind when it succeeds', async () => {
    const { transport, sessions } = host()
    expect(await withSession({ transport, ...root }, session => session.call('tunnel.get_all'))).toBe('tunnel.get_all')
    expect(sessions.size).toBe(0)
  })

  it('leaves no session behind when it fails', async () => {
    const { transport, sessions } = host()
    const work = withSession({ transport, ...root }, async () => {
      throw new RangeError('mine')
    })
    await expect(work).rejects.toThrow(RangeError)
    expect(sessions.size).toBe(0)
  })

  it('keeps its outcome when the session cannot be ended', async () => {
    const { transport } = host({ 'session.logout': () => ({ ok: false, error: ['INTERNAL_ERROR', 'x'] }) })
    expect(await withSession({ transport, ...root }, async () => 'done')).toBe('done')
    const failing = withSession({ transport, ...root }, async () => {
      throw new RangeError('mine')
    })
    await expect(failing).rejects.toThrow(RangeError)
  })

  it('does not close a transport that it was given', async () => {
    const { transport, close } = host()
    await withSession({ transport, ...root }, async () => {})
    await expect(withSession({ transport, ...root, password: 'no' }, async () => {})).rejects.toThrow()
    expect(close).not.toHaveBeenCalled()
  })
})
