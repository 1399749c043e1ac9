import { describe, expect, it } from 'vitest'
import type { Answer, RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import type { FaultRule } from '../../../src/fake-host/faults/index.ts'
import { createFakePool } from '../../../src/fake-host/pool.ts'
import { logIn } from '../caller.ts'

/** A pool with somebody logged in before anything goes wrong. */
async function faulty(...rules: readonly FaultRule[]) {
  const caller = await logIn()
  caller.fake.faults.set(rules)
  const [pif = ''] = caller.fake.pool.db.refs('PIF')
  const [network = ''] = caller.fake.pool.db.refs('network')
  const acted = () => caller.fake.faults.counts.map(count => [count.matched, count.acted])
  return { ...caller, pif, network, acted }
}

const errorOf = (answer: Answer): readonly string[] | undefined => (answer.ok ? undefined : answer.error)

describe('an error', () => {
  it('takes the place of the body', async () => {
    const { answer, error, fake } = await faulty({ method: 'network.create', error: ['MAC_INVALID', 'x'] })
    expect(await error('network.create', new Map([['other_config', new Map()]]))).toEqual(['MAC_INVALID', 'x'])
    expect((await answer('network.get_all')).ok).toBe(true)
    expect(fake.pool.db.refs('network')).toHaveLength(4)
  })

  it('comes after the checks that a host makes before the body', async () => {
    const { fake, error } = await faulty({ method: 'network.get_all', error: ['HOST_OFFLINE'] })
    const call = { method: 'network.get_all', params: ['OpaqueRef:gone'], origin: 'tcp' } as const
    expect(errorOf(await fake.dispatch(call))).toEqual(['SESSION_INVALID', 'OpaqueRef:gone'])
    expect(await error('network.get_all', 'one too many')).toContain('MESSAGE_PARAMETER_COUNT_MISMATCH')
    expect(await error('network.get_all')).toEqual(['HOST_OFFLINE'])
  })

  it('ends the task of an asynchronous call', async () => {
    const { call, fake, pif, network } = await faulty({ method: 'tunnel.create', error: ['HOST_OFFLINE', 'x'] })
    const task = String(await call('Async.tunnel.create', pif, network))
    await expect.poll(() => fake.pool.db.get('task', task, 'status')).toBe('failure')
    expect(fake.pool.db.get('task', task, 'error_info')).toEqual(['HOST_OFFLINE', 'x'])
  })

  it('is for asynchronous calls alone where the rule says so', async () => {
    const { call, fake } = await faulty({ method: 'Async.*', error: ['HOST_OFFLINE'] })
    await call('network.get_all')
    const task = String(await call('Async.pool.sync_database'))
    await expect.poll(() => fake.pool.db.get('task', task, 'status')).toBe('failure')
    await call('pool.sync_database')
  })

  it('reaches a call that goes by its other name, and one that belongs to no class', async () => {
    const { error, fake } = await faulty(
      { method: 'network.get_all', error: ['A'] },
      { method: 'system.*', error: ['B'] },
    )
    expect(await error('network_get_all')).toEqual(['A'])
    const listed = await fake.dispatch({ method: 'system.listMethods', params: [], origin: 'tcp' })
    expect(errorOf(listed)).toEqual(['B'])
  })
})

describe('a rule', () => {
  it('may be about the object that a parameter refers to', async () => {
    const { error, call, fake, pif, network } = await faulty(
      { class: 'network', error: ['A'] },
      { ref: 'OpaqueRef:special', error: ['B'] },
    )
    expect(await error('network.get_MTU', network)).toEqual(['A'])
    expect(await error('tunnel.create', pif, network)).toEqual(['A'])
    expect(await error('PIF.get_MTU', 'OpaqueRef:special')).toEqual(['B'])
    expect(await error('Bond.create', 'OpaqueRef:n', [pif, 'OpaqueRef:x'], '')).toEqual(['A'])
    await call('PIF.get_MTU', pif)
    fake.faults.set([{ class: 'PIF', ref: network, error: ['C'] }])
    await call('network.get_MTU', network)
    expect(await error('Bond.create', pif, [network], '')).toEqual(['C'])
  })

  it('comes into play only if none before it acted', async () => {
    const { error, acted } = await faulty(
      { method: 'network.get_all', error: ['A'], max: 1 },
      { method: 'network.*', error: ['B'], max: 1 },
      { error: ['C'] },
    )
    expect(await error('network.get_all')).toEqual(['A'])
    expect(await error('network.get_all')).toEqual(['B'])
    expect(await error('network.get_all')).toEqual(['C'])
    expect(await error('PIF.get_all')).toEqual(['C'])
    expect(acted()).toEqual([
      [3, 1],
      [2, 1],
      [2, 2],
    ])
  })

  it('lets pass what a rule without an effect takes', async () => {
    const { call, error } = await faulty({ method: 'network.*', delay_ms: 0 }, { error: ['A'] })
    await call('network.get_all')
    expect(await error('PIF.get_all')).toEqual(['A'])
  })

  it('skips the first calls, and acts on so many at most', async () => {
    const { answer, acted } = await faulty({ method: 'PIF.get_all', error: ['A'], skip: 2, max: 3 })
    const outcomes: boolean[] = []
    for (let i = 0; i < 7; i++) outcomes.push((await answer('PIF.get_all')).ok)
    expect(outcomes).toEqual([true, true, false, false, false, true, true])
    expect(acted()).toEqual([[7, 3]])
  })

  it('acts by chance, the same for the same seed, without a change of the references that are given out', async () => {
    async function outcomes(seed: number, rules: readonly FaultRule[]) {
      const { fake, answer, session } = await logIn({ seed })
      fake.faults.set(rules)
      const failed: boolean[] = []
      for (let i = 0; i < 100; i++) failed.push(!(await answer('PIF.get_all')).ok)
      return { failed, session, next: fake.pool.random.uuid() }
    }
    const rules = [{ error: ['A'], probability: 0.3 }]
    const first = await outcomes(5, rules)
    expect(first).toEqual(await outcomes(5, rules))
    expect(first.failed).not.toEqual((await outcomes(6, rules)).failed)
    const share = first.failed.filter(Boolean).length
    expect(share).toBeGreaterThan(15)
    expect(share).toBeLessThan(50)
    expect((await outcomes(5, [])).next).toBe(first.next)
    expect((await outcomes(5, [{ error: ['A'], probability: 0 }])).failed).not.toContain(true)
  })
})

describe('a delay', () => {
  it('keeps a call waiting, in its task', async () => {
    const { call, fake } = await faulty({ method: 'pool.sync_database', delay_ms: 30 })
    const began = performance.now()
    const task = String(await call('Async.pool.sync_database'))
    expect(fake.pool.db.get('task', task, 'status')).toBe('pending')
    await expect.poll(() => fake.pool.db.get('task', task, 'status')).toBe('success')
    expect(performance.now() - began).toBeGreaterThanOrEqual(29)
  })

  it('varies by its jitter', async () => {
    const { call } = await faulty({ method: 'pool.sync_database', delay_ms: 20, jitter: 1 })
    const took: number[] = []
    for (let i = 0; i < 8; i++) {
      const began = performance.now()
      await call('pool.sync_database')
      took.push(performance.now() - began)
    }
    expect(Math.max(...took) - Math.min(...took)).toBeGreaterThan(5)
  })

  it('ends with the pool', async () => {
    const { answer, fake } = await faulty({ method: 'PIF.get_all', delay_ms: 3_600_000 })
    const waiting = answer('PIF.get_all')
    fake.end()
    expect(errorOf(await waiting)).toEqual(['INTERNAL_ERROR', 'The host was stopped'])
  })
})

describe('what only a wire can do', () => {
  const login = { method: 'session.login_with_password', params: ['root', 'pw'] as RpcValue[] }

  it.each(['http', 'reset', 'hang'] as const)('happens instead of the call: %s', async kind => {
    const fake = createFakePool()
    fake.faults.set([{ method: 'session.*', ...(kind === 'http' ? { http: 502 } : { [kind]: true }) }])
    const answer = await fake.dispatch({ ...login, origin: 'tcp' })
    expect(answer.damage).toEqual(kind === 'http' ? { kind, status: 502 } : { kind })
    expect(fake.pool.db.refs('session')).toEqual([])
  })

  it.each([
    ['truncate', true],
    ['garbage', true],
    ['reset', 'after'],
    ['hang', 'after'],
  ] as const)('happens after the call: %s %s', async (kind, value) => {
    const fake = createFakePool()
    fake.faults.set([{ method: 'session.*', [kind]: value }])
    expect((await fake.dispatch({ ...login, origin: 'tcp' })).damage).toEqual({ kind })
    expect(fake.pool.db.refs('session')).toHaveLength(1)
  })

  it('does not concern calls within this process', async () => {
    const fake = createFakePool()
    fake.faults.set([{ reset: true }])
    expect((await fake.dispatch({ ...login, origin: 'memory' })).damage).toBeUndefined()
    expect(fake.faults.counts).toEqual([{ rule: { reset: true }, matched: 0, acted: 0 }])
  })
})

it('rules that never acted are known, whatever became of them', async () => {
  const [first, second, third] = [{ method: 'PIF.*', error: ['A'] }, { http: 500, skip: 9 }, { hang: true }] as const
  const fake = createFakePool({ faults: [first, second] })
  fake.faults.add([third])
  await fake.dispatch({ method: 'PIF.get_all', params: ['OpaqueRef:x'], origin: 'tcp' })
  fake.faults.set([])
  expect(fake.faults.unused).toEqual([second, third])
  fake.faults.reset()
  expect(fake.faults.counts).toEqual([
    { rule: first, matched: 0, acted: 0 },
    { rule: second, matched: 0, acted: 0 },
  ])
  expect(fake.faults.unused).toEqual([second, third])
})
