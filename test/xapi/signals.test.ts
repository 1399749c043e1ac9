import { describe, expect, it, vi } from 'vitest'
import { connect, login, type MemoryAnswer, withSession } from '../../src/xapi/index.ts'
import { host, ok, root } from './one-user-host.ts'

describe('a signal that fires', () => {
  it('before the login keeps it from happening', async () => {
    const { transport, calls } = host()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(connect({ transport, ...root, signal })).rejects.toThrow('enough')
    expect(calls).toEqual([])
  })

  it('during the login leaves no session behind: its answer is awaited and the session ended', async () => {
    const stop = new AbortController()
    let answer = (_: MemoryAnswer) => {}
    const { transport, calls } = host({
      'session.login_with_password': () => {
        stop.abort(new Error('enough'))
        return new Promise<MemoryAnswer>(resolve => {
          answer = resolve
        })
      },
      'session.logout': () => ok(''),
    })
    const opening = expect(connect({ transport, ...root, signal: stop.signal })).rejects.toThrow('enough')
    await vi.waitFor(() => expect(calls).toHaveLength(1))
    answer(ok('OpaqueRef:late'))
    await opening
    expect(calls.at(-1)).toEqual(['session.logout', 'OpaqueRef:late'])
  })

  it('during a login that is never answered gives up after a moment', async () => {
    vi.useFakeTimers()
    const stop = new AbortController()
    const { transport } = host({ 'session.login_with_password': () => new Promise(() => {}) })
    const opening = expect(connect({ transport, ...root, signal: stop.signal })).rejects.toThrow('enough')
    stop.abort(new Error('enough'))
    await vi.advanceTimersByTimeAsync(2000)
    await opening
    vi.useRealTimers()
  })

  it('during the work ends the call under way and logs out', async () => {
    const stop = new AbortController()
    const { transport, sessions, calls } = host({ 'event.from': () => new Promise(() => {}) })
    const work = withSession({ transport, ...root, signal: stop.signal }, session => {
      const waiting = session.call('event.from')
      stop.abort(new Error('enough'))
      return waiting
    })
    await expect(work).rejects.toThrow('enough')
    expect(calls.at(-1)?.[0]).toBe('session.logout')
    expect(sessions.size).toBe(0)
  })

  it('for one call ends that call alone', async () => {
    const { transport } = host({ 'event.from': () => new Promise(() => {}) })
    const session = await login(transport, { ...root, signal: new AbortController().signal })
    const stop = new AbortController()
    const waiting = expect(session.callWith({ signal: stop.signal }, 'event.from')).rejects.toThrow('enough')
    stop.abort(new Error('enough'))
    await waiting
    expect(await session.call('tunnel.get_all')).toBe('tunnel.get_all')
  })
})
