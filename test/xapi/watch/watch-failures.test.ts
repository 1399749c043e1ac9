import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Change, login, type Session, type WatchOptions } from '../../../src/xapi/index.ts'
import { root } from '../one-user-host.ts'
import { EventSource, type Fault } from './event-source.ts'
import { short, take } from './reading.ts'

const status = (active: string) => ({ status: new Map([['active', active]]) })

/** A host with two tunnels and a watch of them, which has told of them and waits. */
async function watching(options: WatchOptions = {}) {
  const source = new EventSource('tunnel')
  source.put('tunnel', 'T1', status('1'))
  source.put('tunnel', 'T2', status('2'))
  const session = await login(source.transport, root)
  const changes: Change[] = []
  const troubles: unknown[] = []
  const onInterruption = (error: unknown) => troubles.push(error)
  const all = { retryMs: 1, timeoutSeconds: 60, onInterruption, ...options }
  const reading = (async () => {
    for await (const change of session.watch(['tunnel'], all)) changes.push(change)
  })()
  reading.catch(() => {}) // looked at by those who expect it to fail
  await vi.waitFor(() => expect(source.waiting).toBe(1))
  expect(changes.splice(0).map(short)).toEqual(['add tunnel T1', 'add tunnel T2'])
  open.push(session)
  return { source, session, changes, troubles, reading, told: () => changes.map(short) }
}

const open: Session[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const session of open.splice(0)) await session[Symbol.asyncDispose]()
})

describe('a watch over a lost connection', () => {
  it('goes on from the same token, and tells what happened meanwhile', async () => {
    const { source, told, troubles } = await watching()
    source.faults.push('unsent', 'unsent')
    source.disconnect()
    source.put('tunnel', 'T3', status('3'))
    source.put('tunnel', 'T1', status('new'))
    source.remove('tunnel', 'T2')
    await vi.waitFor(() => expect(told()).toEqual(['add tunnel T3', 'mod tunnel T1', 'del tunnel T2']))
    expect(source.asked.filter(([token]) => token === '')).toHaveLength(1)
    expect(troubles).toHaveLength(3)
    expect(troubles[0]).toMatchObject({ kind: 'closed' })
  })

  it.each<Fault>(['lost', 'garbage'])('tells once what was in an answer that came as "%s"', async fault => {
    const { source, told } = await watching()
    source.disconnect()
    source.faults.push(fault, fault)
    source.put('tunnel', 'T1', status('new'))
    await vi.waitFor(() => expect(told()).toEqual(['mod tunnel T1']))
    await vi.waitFor(() => expect(source.waiting).toBe(1))
    expect(told()).toEqual(['mod tunnel T1'])
  })

  it('sets out anew where the first answer is lost', async () => {
    const source = new EventSource('tunnel')
    source.put('tunnel', 'T1', status('1'))
    source.faults.push('lost', 'unsent', 'garbage')
    const session = await login(source.transport, root)
    expect((await take(session.watch(['tunnel'], { retryMs: 1 }), 1)).map(short)).toEqual(['add tunnel T1'])
  })

  it('waits longer from failure to failure, up to half a minute', async () => {
    vi.useFakeTimers()
    const times: number[] = []
    const { source } = await watching({ retryMs: 500, onInterruption: () => times.push(Date.now()) })
    source.faults.push(...Array.from({ length: 9 }, (): Fault => 'unsent'))
    source.disconnect()
    await vi.advanceTimersByTimeAsync(130_000)
    vi.useRealTimers()
    expect(times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / 1000)).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30])
  })
})

describe('a watch of a host that has lost track', () => {
  it('logs in again and tells the difference where the session is gone', async () => {
    const { source, session, told } = await watching()
    const former = session.ref
    source.faults.push('unsent') // so that it happens while nobody waits
    source.disconnect()
    source.sessions.clear()
    source.put('tunnel', 'T1', status('new'))
    source.remove('tunnel', 'T2')
    source.forgetDeletions()
    await vi.waitFor(() => expect(told()).toEqual(['mod tunnel T1', 'del tunnel T2']))
    expect(session.ref).not.toBe(former)
    expect([...source.sessions]).toEqual([session.ref])
    await session.logout()
    expect(source.sessions.size).toBe(0)
  })

  it('logs in once for all watches of the session', async () => {
    const { source, session } = await watching()
    const second = take(session.watch(['tunnel'], { retryMs: 1 }), 3)
    await vi.waitFor(() => expect(source.waiting).toBe(2))
    source.forget(session.ref)
    await vi.waitFor(() => expect(source.waiting).toBe(2))
    expect(source.sessions.size).toBe(1)
    source.put('tunnel', 'T3', status('3'))
    expect((await second).map(short)).toEqual(['add tunnel T1', 'add tunnel T2', 'add tunnel T3'])
    expect(source.calls.filter(([method]) => method === 'session.login_with_password')).toHaveLength(2)
  })

  it('tells the difference after EVENTS_LOST, a token that is no longer read, and a start of the host', async () => {
    for (const code of ['EVENTS_LOST', 'EVENT_FROM_TOKEN_PARSE_FAILURE', 'HOST_STILL_BOOTING']) {
      const { source, told } = await watching()
      source.faults.push('unsent', [code])
      source.disconnect()
      source.remove('tunnel', 'T2')
      source.forgetDeletions()
      source.put('tunnel', 'T3', status('3'))
      await vi.waitFor(() => expect(told()).toEqual(['add tunnel T3', 'del tunnel T2']))
      expect(source.asked.findLastIndex(([token]) => token === '')).toBe(4) // right after the failure
    }
  })

  it('notices by the counts that deletions were forgotten', async () => {
    const { source, told } = await watching()
    source.faults.push('unsent')
    source.disconnect()
    source.remove('tunnel', 'T2')
    source.forgetDeletions()
    source.put('tunnel', 'T3', status('3'))
    source.put('tunnel', 'T4', status('4'))
    await vi.waitFor(() => expect(told()).toEqual(['add tunnel T3', 'add tunnel T4', 'del tunnel T2']))
  })

  it('does not fetch again and again where the counts never match', async () => {
    const { source, told } = await watching()
    source.miscount = 1
    source.put('tunnel', 'T3', status('3'))
    await vi.waitFor(() => expect(source.waiting).toBe(1))
    await vi.waitFor(() => expect(source.asked.at(-1)?.[1]).toBe('60'))
    expect(source.asked.filter(([token]) => token === '')).toHaveLength(2)
    expect(told()).toEqual(['add tunnel T3'])
  })
})

describe('a watch of a host that has gone back in time', () => {
  it('tells the difference after the restart, which ended its session', async () => {
    const { source, told } = await watching()
    source.remove('tunnel', 'T2')
    await vi.waitFor(() => expect(told()).toEqual(['del tunnel T2']))
    source.put('tunnel', 'T1', status('new'))
    source.restart()
    await vi.waitFor(() => expect(told()).toEqual(['del tunnel T2', 'mod tunnel T1']))
    source.put('tunnel', 'T5', status('5'))
    await vi.waitFor(() => expect(told().at(-1)).toBe('add tunnel T5'))
  })

  it('tells the difference where its session lives on, for the host does not know its last change any more', async () => {
    const { source, told } = await watching()
    source.put('tunnel', 'T1', status('new'))
    source.restart({ keepSessions: true })
    await vi.waitFor(() => expect(told()).toEqual(['mod tunnel T1']))
    source.put('tunnel', 'T3', status('3'))
    await vi.waitFor(() => expect(told().at(-1)).toBe('add tunnel T3'))
  })

  it('notices within a time-out where not even the connection was lost', async () => {
    const { source, told } = await watching({ timeoutSeconds: 0.02 })
    vi.spyOn(source, 'disconnect').mockImplementation(() => {})
    source.restart({ keepSessions: true })
    source.put('tunnel', 'T1', status('new'))
    await vi.waitFor(() => expect(told()).toEqual(['mod tunnel T1']))
  })
})

describe('a watch that cannot go on', () => {
  it('throws where the session is gone and was somebody else’s', async () => {
    const { source, session } = await watching()
    const theirs = await login(source.transport, { sessionRef: session.ref })
    const reading = take(theirs.watch(['tunnel']), 9)
    await vi.waitFor(() => expect(source.waiting).toBe(2))
    source.forget(session.ref)
    await expect(reading).rejects.toMatchObject({ code: 'SESSION_INVALID' })
  })

  it('throws where the password has changed', async () => {
    const { source, session, reading } = await watching()
    source.password = 'other'
    source.forget(session.ref)
    await expect(reading).rejects.toMatchObject({ code: 'SESSION_AUTHENTICATION_FAILED' })
  })

  it('throws a failure that does not pass', async () => {
    const { source, reading } = await watching()
    source.faults.push(['RBAC_PERMISSION_DENIED', 'event.from', 'no'])
    source.put('tunnel', 'T3', status('3'))
    await expect(reading).rejects.toMatchObject({ code: 'RBAC_PERMISSION_DENIED' })
  })

  it('throws where an object has a field of another type than the datamodel says', async () => {
    const { source, reading } = await watching()
    source.put('tunnel', 'T1', { status: 'active' })
    await expect(reading).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringMatching(/^event\.from, tunnel, status: /),
    })
  })

  it('throws where its transport has been closed', async () => {
    const { source, reading } = await watching()
    await source.transport.close()
    await expect(reading).rejects.toMatchObject({ kind: 'cancelled' })
  })
})
