import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect, login, type Session } from '../../../src/xapi/index.ts'
import { root } from '../one-user-host.ts'
import { httpServer } from '../servers.ts'
import { EventSource } from './event-source.ts'
import { short, take } from './reading.ts'

let source: EventSource
let session: Session

beforeEach(async () => {
  source = new EventSource('tunnel')
  source.put('tunnel', 'T1', {})
  session = await login(source.transport, root)
})
afterEach(() => session[Symbol.asyncDispose]())

const isWaiting = () => vi.waitFor(() => expect(source.waiting).toBe(1))

describe('a watch ends without leaving a call behind', () => {
  it('when its loop is left', async () => {
    for await (const _ of session.watch(['tunnel'])) break
    expect(source.waiting).toBe(0)
    expect(source.asked).toHaveLength(1)
  })

  it('when its loop fails', async () => {
    const loop = async () => {
      for await (const _ of session.watch(['tunnel'])) throw new RangeError('mine')
    }
    await expect(loop()).rejects.toThrow(RangeError)
    expect(source.waiting).toBe(0)
  })

  it('when its iterator is told to return, even while it waits', async () => {
    const changes = session.watch(['tunnel'])[Symbol.asyncIterator]()
    await changes.next()
    const next = changes.next()
    await isWaiting()
    expect(await changes.return?.()).toEqual({ done: true, value: undefined })
    expect(await next).toEqual({ done: true, value: undefined })
    expect(source.waiting).toBe(0)
    expect(await changes.next()).toEqual({ done: true, value: undefined })
  })

  it('when its iterator is told to return before it has begun', async () => {
    const changes = session.watch(['tunnel'])[Symbol.asyncIterator]()
    await changes.return?.()
    expect(await changes.next()).toEqual({ done: true, value: undefined })
    expect(source.asked).toEqual([])
  })

  it('when its signal fires, without an error', async () => {
    const stop = new AbortController()
    const reading = take(session.watch(['tunnel'], { signal: stop.signal }), 9)
    await isWaiting()
    stop.abort()
    expect((await reading).map(short)).toEqual(['add tunnel T1'])
    expect(source.waiting).toBe(0)
  })

  it('when its signal fires in the middle of many changes: no more of them is told', async () => {
    source.put('tunnel', 'T2', {})
    const stop = new AbortController()
    const told: string[] = []
    for await (const change of session.watch(['tunnel'], { signal: stop.signal })) {
      told.push(short(change))
      stop.abort()
    }
    expect(told).toEqual(['add tunnel T1'])
  })

  it('when its signal has fired already', async () => {
    expect(await take(session.watch(['tunnel'], { signal: AbortSignal.abort() }), 9)).toEqual([])
    expect(source.asked).toEqual([])
  })

  it('when its signal fires during a pause', async () => {
    const stop = new AbortController()
    const onInterruption = () => setImmediate(() => stop.abort())
    const reading = take(session.watch(['tunnel'], { signal: stop.signal, retryMs: 1e6, onInterruption }), 9)
    await isWaiting()
    source.disconnect()
    expect((await reading).map(short)).toEqual(['add tunnel T1'])
  })

  it('when its session ends', async () => {
    const reading = take(session.watch(['tunnel']), 9)
    await isWaiting()
    await session.logout()
    expect((await reading).map(short)).toEqual(['add tunnel T1'])
    expect(source.calls.map(([method]) => method)).toEqual([
      'session.login_with_password',
      'event.from',
      'event.from',
      'session.logout',
    ])
    expect(await take(session.watch(['tunnel']), 9)).toEqual([])
  })

  it('when its session ends while it logs in again: that session ends too', async () => {
    const reading = take(session.watch(['tunnel'], { retryMs: 1 }), 9)
    await isWaiting()
    const entering = new Promise<void>(resolve => {
      source.onCall = method => method === 'session.login_with_password' && resolve()
    })
    source.forget(session.ref)
    await entering
    await session.logout()
    expect((await reading).map(short)).toEqual(['add tunnel T1'])
    expect(source.sessions.size).toBe(0)
  })

  it('with the reason of the session’s own signal, like any call', async () => {
    const stop = new AbortController()
    const own = await login(source.transport, { ...root, signal: stop.signal })
    const reading = take(own.watch(['tunnel']), 9)
    await isWaiting()
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
    expect(source.waiting).toBe(0)
    await own[Symbol.asyncDispose]()
  })

  it('over HTTP too, where the host sees its caller leave', async () => {
    let left = () => {}
    const leaving = new Promise<void>(resolve => {
      left = resolve
    })
    const stop = new AbortController()
    await using server = await httpServer(({ body }, response) => {
      response.setHeader('content-type', 'application/json')
      if (body.includes('event.from')) {
        response.on('close', left)
        stop.abort()
      } else response.end('{"jsonrpc":"2.0","result":"OpaqueRef:s","id":1}')
    })
    await using own = await connect({ ...server.settings, ...root })
    expect(await take(own.watch(['tunnel'], { signal: stop.signal }), 9)).toEqual([])
    await leaving
  })
})

describe('a watch', () => {
  it('begins anew with each loop over it', async () => {
    const tunnels = session.watch(['tunnel'])
    expect((await take(tunnels, 1)).map(short)).toEqual(['add tunnel T1'])
    source.put('tunnel', 'T2', {})
    expect((await take(tunnels, 2)).map(short)).toEqual(['add tunnel T1', 'add tunnel T2'])
  })
})
