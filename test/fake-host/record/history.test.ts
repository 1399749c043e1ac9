import { describe, expect, it } from 'vitest'
import { logIn } from '../caller.ts'

describe('the history of calls', () => {
  it('tells when each came, how long it took and how it failed', async () => {
    const { fake, call, error } = await logIn()
    await call('network.get_all')
    await error('network.get_MTU', 'OpaqueRef:gone')
    expect(fake.history.calls).toEqual([
      {
        time: '2024-01-02T03:04:05.000Z',
        ms: expect.any(Number),
        method: 'session.login_with_password',
        params: ['(secret)', '(secret)'],
      },
      { time: '2024-01-02T03:04:05.000Z', ms: expect.any(Number), method: 'network.get_all', params: [] },
      {
        time: '2024-01-02T03:04:05.000Z',
        ms: expect.any(Number),
        method: 'network.get_MTU',
        params: ['OpaqueRef:gone'],
        error: ['HANDLE_INVALID', 'network', 'OpaqueRef:gone'],
      },
    ])
  })

  it('has no duration for a call that is under way', async () => {
    const { fake, answer } = await logIn()
    const waiting = answer('event.from', ['PIF'], '', 60)
    await answer('event.from', [], '', 0)
    const under = fake.history.calls.find(({ params }) => String(params[0]) === 'PIF')
    expect(under?.ms).toBeUndefined()
    await waiting
    expect(under?.ms).toBeGreaterThan(0)
  })

  it('keeps so much of large calls, and no more', async () => {
    const { fake } = await logIn()
    const large = 'x'.repeat(2 ** 20)
    for (let i = 0; i < 40; i++) {
      await fake.dispatch({ method: 'network.get_by_name_label', params: ['s', large + i], origin: 'tcp' })
    }
    const { calls } = fake.history
    expect(calls.length).toBeLessThan(17)
    expect(calls.at(-1)?.params).toEqual([`${large}39`])
  })

  it('keeps the latest calls, and counts all', async () => {
    const { fake } = await logIn()
    for (let i = 0; i < 20_010; i++) await fake.dispatch({ method: 'no such thing', params: [], origin: 'tcp' })
    expect(fake.history.calls.length).toBeLessThanOrEqual(20_000)
    expect(fake.history.calls.length).toBeGreaterThanOrEqual(10_000)
    expect(fake.history.methods.get('(unknown)')).toBe(20_010)
    expect(fake.history.errors).toEqual(new Map([['MESSAGE_METHOD_UNKNOWN', 20_010]]))
    fake.history.forget()
    expect([fake.history.calls.length, fake.history.methods.size, fake.history.errors.size]).toEqual([0, 0, 0])
  })
})
