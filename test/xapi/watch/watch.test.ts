import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Change, login, type Session } from '../../../src/xapi/index.ts'
import { root } from '../one-user-host.ts'
import { EventSource } from './event-source.ts'
import { short, take } from './reading.ts'

let source: EventSource
let session: Session

beforeEach(async () => {
  source = new EventSource('tunnel', 'network', 'message')
  session = await login(source.transport, root)
})
afterEach(async () => {
  await session[Symbol.asyncDispose]()
  expect(source.waiting).toBe(0)
  expect(source.sessions.size).toBe(0)
})

const status = (active: string) => ({ status: new Map([['active', active]]) })

describe('a watch', () => {
  it('tells the objects that are there, then what happens to them', async () => {
    source.put('tunnel', 'T1', status('false'))
    source.put('network', 'N1', { name_label: 'x', MTU: '1500' })
    const changes: Change[] = []
    for await (const change of session.watch(['tunnel', 'network'])) {
      changes.push(change)
      if (changes.length === 2) source.put('tunnel', 'T2', status('false'))
      if (changes.length === 3) source.put('tunnel', 'T1', status('true'))
      if (changes.length === 4) source.remove('network', 'N1')
      if (changes.length === 5) break
    }
    expect(changes).toEqual([
      { operation: 'add', class: 'tunnel', ref: 'T1', record: status('false') },
      { operation: 'add', class: 'network', ref: 'N1', record: { name_label: 'x', MTU: 1500 } },
      { operation: 'add', class: 'tunnel', ref: 'T2', record: status('false') },
      { operation: 'mod', class: 'tunnel', ref: 'T1', record: status('true') },
      { operation: 'del', class: 'network', ref: 'N1', record: { name_label: 'x', MTU: 1500 } },
    ])
  })

  it('gives each record the type of its class', async () => {
    source.put('network', 'N1', { name_label: 'x', MTU: '1500' })
    for await (const change of session.watch(['tunnel', 'network'])) {
      if (change.class === 'network') {
        const mtu: number = change.record.MTU
        expect(mtu).toBe(1500)
        break
      }
    }
  })

  it('knows classes by the names of the datamodel, though events have them in lower case', async () => {
    source = new EventSource('PIF', 'VM_metrics')
    session = await login(source.transport, root)
    source.put('PIF', 'P1', { VLAN: '-1' })
    source.put('VM_metrics', 'M1', { memory_actual: '9223372036854775807' })
    expect(await take(session.watch(['PIF', 'VM_metrics']), 2)).toEqual([
      { operation: 'add', class: 'PIF', ref: 'P1', record: { VLAN: -1 } },
      { operation: 'add', class: 'VM_metrics', ref: 'M1', record: { memory_actual: 9223372036854775807n } },
    ])
  })

  it('leaves the objects that are there out where it is told to, and knows them all the same', async () => {
    source.put('tunnel', 'T1', status('false'))
    source.put('tunnel', 'T2', status('false'))
    const onCurrent = vi.fn(() => {
      if (onCurrent.mock.calls.length > 1) return
      source.put('tunnel', 'T1', status('false')) // no news
      source.put('tunnel', 'T1', status('true'))
      source.remove('tunnel', 'T2')
    })
    expect(await take(session.watch(['tunnel'], { existing: false, onCurrent }), 2)).toEqual([
      { operation: 'mod', class: 'tunnel', ref: 'T1', record: status('true') },
      { operation: 'del', class: 'tunnel', ref: 'T2', record: status('false') },
    ])
  })

  it('says when all has been told: of the start, even if that is nothing, and of each answer with news', async () => {
    const lines: string[] = []
    const onCurrent = () => {
      lines.push('current')
      if (lines.length === 1) source.put('tunnel', 'T1', status('false'))
      if (lines.length === 3) source.put('tunnel', 'T2', status('false'))
    }
    for await (const change of session.watch(['tunnel'], { onCurrent })) {
      lines.push(short(change))
      if (change.ref === 'T2') break
    }
    expect(lines).toEqual(['current', 'add tunnel T1', 'current', 'add tunnel T2'])
  })

  it('is silent about an object that was touched but is the same', async () => {
    source.put('tunnel', 'T1', status('false'))
    const changes = take(session.watch(['tunnel']), 2)
    await vi.waitFor(() => expect(source.waiting).toBe(1))
    source.touch('tunnel', 'T1')
    await vi.waitFor(() => expect(source.asked).toHaveLength(3))
    source.remove('tunnel', 'T1')
    expect((await changes).map(short)).toEqual(['add tunnel T1', 'del tunnel T1'])
  })

  it('tells changes in quick succession as one, and nothing of what came and went unseen', async () => {
    source.put('tunnel', 'T1', status('false'))
    const changes: string[] = []
    for await (const change of session.watch(['tunnel'])) {
      changes.push(`${short(change)} ${change.record.status.get('active')}`)
      if (changes.length === 2) break
      source.put('tunnel', 'T2', status('false'))
      source.remove('tunnel', 'T2')
      for (const text of ['1', '2', '3']) source.put('tunnel', 'T1', status(text))
    }
    expect(changes).toEqual(['add tunnel T1 false', 'mod tunnel T1 3'])
  })

  it('goes on from each token, and waits as long as it is told to', async () => {
    source.put('tunnel', 'T1', status('false'))
    for await (const { operation } of session.watch(['tunnel'], { timeoutSeconds: 60 })) {
      if (operation === 'mod') break
      setImmediate(() => source.put('tunnel', 'T1', status('true')))
    }
    expect(source.asked).toEqual([
      ['', '0'],
      ['00000000000000000101,00000000000000000000', '60'],
    ])
  })

  it('counts no messages, as hosts do not either', async () => {
    source.put('message', 'M1', { body: 'x' })
    source.miscount = -1
    const changes: string[] = []
    for await (const change of session.watch(['message'])) {
      changes.push(short(change))
      if (changes.length === 2) break
      source.put('message', 'M2', { body: 'y' })
    }
    expect(changes).toEqual(['add message M1', 'add message M2'])
    expect(source.asked.map(([, seconds]) => seconds)).toEqual(['0', '30'])
  })

  it('is refused for a class without events, and for a time-out that is none', async () => {
    await expect(take(session.watch(['secret']), 1)).rejects.toThrow(
      new TypeError('XenAPI has no events of the class secret'),
    )
    await expect(take(session.watch(['tunnel'], { timeoutSeconds: 0 }), 1)).rejects.toThrow(TypeError)
    expect(source.asked).toEqual([])
  })

  it('may be one of many in a session, each with its own classes', async () => {
    source.put('tunnel', 'T1', status('false'))
    source.put('network', 'N1', { name_label: 'x' })
    const [tunnels, networks, both] = await Promise.all([
      take(session.watch(['tunnel']), 1),
      take(session.watch(['network']), 1),
      take(session.watch(['network', 'tunnel']), 2),
    ])
    expect(tunnels.map(short)).toEqual(['add tunnel T1'])
    expect(networks.map(short)).toEqual(['add network N1'])
    expect(both.map(short)).toEqual(['add network N1', 'add tunnel T1'])
  })
})

describe('a watch while nothing happens', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('makes two calls for each time-out: it waits, and makes sure that the host still knows its token', async () => {
    source.put('tunnel', 'T1', status('false'))
    const stop = new AbortController()
    const reading = take(session.watch(['tunnel'], { timeoutSeconds: 60, signal: stop.signal }), 2)
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    expect(source.asked.length).toBeGreaterThan(10)
    expect(source.asked.length).toBeLessThanOrEqual(22)
    stop.abort()
    await reading
  })
})
