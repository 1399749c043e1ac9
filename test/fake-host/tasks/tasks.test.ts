import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Ref } from '../../../src/datamodel/index.ts'
import { type Caller, logIn } from '../caller.ts'

let pool: Caller
let eth0: Ref<'PIF'>
let eth2: Ref<'PIF'>
let network: Ref<'network'>
beforeEach(async () => {
  pool = await logIn()
  const { db } = pool.fake.pool
  const device = (name: string) => db.refs('PIF').find(ref => db.get('PIF', ref, 'device') === name) ?? ''
  eth0 = device('eth0')
  eth2 = device('eth2')
  network = db.create('network', { bridge: 'xapi9' })
})

const record = async (task: string) =>
  Object.fromEntries((await pool.call('task.get_record', task)) as ReadonlyMap<string, unknown>)
const ended = (task: string) =>
  vi.waitFor(async () => {
    const found = await record(task)
    if (found.status === 'pending') throw new Error('still pending')
    return found
  })

// docs/spec/protocol-semantics.md 4
describe('an asynchronous call', () => {
  it('gives a task at once, and the task the result', async () => {
    const task = String(await pool.call('Async.tunnel.create', eth0, network, 'vxlan'))
    const [tunnel] = await vi.waitFor(() => {
      const refs = pool.fake.pool.db.refs('tunnel')
      if (refs.length === 0) throw new Error('no tunnel yet')
      return refs
    })
    expect(await ended(task)).toMatchObject({
      name_label: 'Async.tunnel.create',
      status: 'success',
      progress: 1,
      result: `<value>${tunnel}</value>`,
      error_info: [],
      type: '<none/>',
      created: '20240102T03:04:05Z',
      finished: '20240102T03:04:05Z',
      subtask_of: 'OpaqueRef:NULL',
      backtrace: '()',
    })
  })

  it('runs on the host that the object is on', async () => {
    const { db } = pool.fake.pool
    const there = db.refs('PIF').filter(ref => db.get('PIF', ref, 'device') === 'eth0')
    for (const pif of there) {
      const task = String(await pool.call('Async.PIF.plug', pif))
      expect((await ended(task)).resident_on).toBe(db.get('PIF', pif, 'host'))
    }
  })

  it('puts an error into the task', async () => {
    const task = String(await pool.call('Async.tunnel.create', eth2, network))
    expect(await ended(task)).toMatchObject({
      status: 'failure',
      progress: 1,
      result: '',
      error_info: ['TRANSPORT_PIF_NOT_CONFIGURED', eth2],
    })
  })

  it('has an empty value as the result of a message that gives nothing', async () => {
    expect(await ended(String(await pool.call('Async.PIF.plug', eth2)))).toMatchObject({ result: '<value></value>' })
  })

  it('fails at once for what is wrong before it begins', async () => {
    expect((await pool.error('Async.tunnel.create', eth0, network, 'bogus'))[0]).toBe('INTERNAL_ERROR')
    expect(await pool.error('Async.tunnel.create', eth0)).toEqual([
      'MESSAGE_PARAMETER_COUNT_MISMATCH',
      'tunnel.create',
      '2',
      '1',
    ])
    expect(pool.fake.pool.db.refs('task')).toEqual([])
  })

  it.each(['Async.PIF.get_all', 'Async.session.logout', 'Async.event.from'])('%s is not offered', async method => {
    const params = method === 'Async.event.from' ? [[], '', 0n] : []
    expect((await pool.error(method, ...params))[0]).toBe('Fault')
  })

  it('about events leaves no task', async () => {
    expect(await pool.call('Async.event.register', ['pool'])).toMatch(
      /^DummyRef:\|[0-9a-f-]{36}\|Async\.event\.register$/,
    )
    expect(pool.fake.pool.db.refs('task')).toEqual([])
  })
})

describe('a call that is waited for', () => {
  it('is a task meanwhile and none afterwards', async () => {
    const seen: unknown[] = []
    const { db } = pool.fake.pool
    db.onChange(change => {
      if (change.class === 'task' && change.kind === 'create') seen.push(db.row('task', change.ref).values.name_label)
    })
    await pool.call('tunnel.create', eth0, network)
    await pool.call('network.get_all')
    expect(seen).toEqual(['tunnel.create'])
    expect(db.refs('task')).toEqual([])
  })
})

// docs/spec/protocol-semantics.md 4.4
describe('a task of a client', () => {
  it('is written by the client alone', async () => {
    const task = String(await pool.call('task.create', 'mine', 'a description'))
    expect(await record(task)).toMatchObject({
      name_label: 'mine',
      name_description: 'a description',
      status: 'pending',
    })
    await pool.call('task.set_progress', task, 0.5)
    await pool.call('task.set_result', task, 'r')
    await pool.call('task.set_error_info', task, ['E'])
    await pool.call('task.set_status', task, 'success')
    expect(await record(task)).toMatchObject({
      progress: 0.5,
      result: 'r',
      error_info: ['E'],
      status: 'success',
      finished: '19700101T00:00:00Z',
    })
    await pool.call('task.destroy', task)
    expect(await pool.error('task.get_record', task)).toEqual(['HANDLE_INVALID', 'task', task])
  })

  it('that is pending is only marked for destruction, and not twice', async () => {
    const task = String(await pool.call('task.create', 'mine', ''))
    await pool.call('task.destroy', task)
    expect((await record(task)).current_operations).toEqual(new Map([['task', 'destroy']]))
    expect(await pool.error('task.destroy', task)).toEqual([
      'MAP_DUPLICATE_KEY',
      'task',
      'current_operations',
      task,
      'task',
    ])
  })

  it('can be asked to stop, which nothing notices', async () => {
    const task = String(await pool.call('task.create', 'mine', ''))
    await pool.call('task.cancel', task)
    const { status, current_operations: operations } = await record(task)
    expect(status).toBe('pending')
    expect([...(operations as ReadonlyMap<string, string>)]).toEqual([
      [expect.stringMatching(/^DummyRef:\|[0-9a-f-]{36}\|task\.cancel$/), 'cancel'],
    ])
  })
})
