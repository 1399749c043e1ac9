import { beforeEach, describe, expect, it } from 'vitest'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { type Caller, logIn } from '../caller.ts'

let pool: Caller
const raw = async (method: string, ...params: RpcValue[]) => {
  const answer = await pool.fake.dispatch({ method, params, origin: 'tcp' })
  return answer.ok ? answer.value : answer.error
}

beforeEach(async () => {
  pool = await logIn()
})

// The order is docs/spec/protocol-semantics.md 1.6.
describe('a call is judged', () => {
  it('first by its name: an unknown one without parameters is MESSAGE_METHOD_UNKNOWN', async () => {
    expect(await raw('nope.get_all')).toEqual(['MESSAGE_METHOD_UNKNOWN', 'nope.get_all'])
  })

  it('an unknown one with parameters needs a session first, as an extension would', async () => {
    expect(await raw('nope.x', 'OpaqueRef:gone')).toEqual(['SESSION_INVALID', 'OpaqueRef:gone'])
    expect((await raw('nope.x', 5n)) as readonly string[]).toContain('INTERNAL_ERROR')
    expect(await raw('nope.x', pool.session)).toEqual(['MESSAGE_METHOD_UNKNOWN', 'nope.x'])
  })

  it('then by the number of its parameters, before their types', async () => {
    expect(await raw('PIF.get_all')).toEqual(['MESSAGE_PARAMETER_COUNT_MISMATCH', 'PIF.get_all', '0', '-1'])
    expect(await pool.error('PIF.get_record', 5n, 6n)).toEqual([
      'MESSAGE_PARAMETER_COUNT_MISMATCH',
      'PIF.get_record',
      '1',
      '2',
    ])
    expect(await raw('session.login_with_password', 'root')).toEqual([
      'MESSAGE_PARAMETER_COUNT_MISMATCH',
      'session.login_with_password',
      '2',
      '1',
    ])
  })

  it('counts the parameters under the name as it was sent', async () => {
    expect(await pool.error('PIF_get_record')).toEqual(['MESSAGE_PARAMETER_COUNT_MISMATCH', 'PIF_get_record', '1', '0'])
  })

  it('then by their types, before the session', async () => {
    expect(await raw('PIF.get_record', 'OpaqueRef:gone', true)).toEqual([
      'INTERNAL_ERROR',
      `Failure("Expected string, got 'B(true)'")`,
    ])
  })

  it('then by its session', async () => {
    expect(await raw('PIF.get_all', '')).toEqual(['SESSION_INVALID', ''])
    expect(await raw('PIF.get_record', 'OpaqueRef:NULL', 'x')).toEqual(['SESSION_INVALID', 'OpaqueRef:NULL'])
  })

  it('then by whether the message still exists, whatever its parameters are', async () => {
    expect(await raw('VMPP.protect_now', 'OpaqueRef:gone', 5n)).toEqual(['SESSION_INVALID', 'OpaqueRef:gone'])
    expect(await pool.error('VMPP.protect_now', 5n)).toEqual(['MESSAGE_REMOVED'])
  })

  it('and last by its object', async () => {
    expect(await pool.error('network.get_uuid', 'OpaqueRef:gone')).toEqual([
      'HANDLE_INVALID',
      'network',
      'OpaqueRef:gone',
    ])
  })

  it('answers NOT_IMPLEMENTED with the name of a message that has no behaviour here', async () => {
    expect(await pool.error('VM.get_cooperative', 'OpaqueRef:gone')).toEqual(['NOT_IMPLEMENTED', 'VM.get_cooperative'])
  })

  it('refuses what only the hosts of a pool say to each other', async () => {
    expect((await pool.error('host.sync_tunnels', 'OpaqueRef:h'))[0]).toBe('INTERNAL_ERROR')
  })
})

describe('names', () => {
  it('each message answers to class.message and class_message', async () => {
    expect(await pool.call('network_get_all')).toEqual(await pool.call('network.get_all'))
  })

  it('class names are case-sensitive', async () => {
    expect(await pool.error('pif.get_all')).toEqual(['MESSAGE_METHOD_UNKNOWN', 'pif.get_all'])
  })

  it('a read-only field has no setter', async () => {
    expect(await pool.error('tunnel.set_access_PIF', 'OpaqueRef:t', 'OpaqueRef:p')).toEqual([
      'MESSAGE_METHOD_UNKNOWN',
      'tunnel.set_access_PIF',
    ])
  })

  it('system.listMethods lists everything, without a session', async () => {
    expect(await raw('system.listMethods')).toHaveLength(2258)
  })

  it('system.isAlive gives its parameter back', async () => {
    expect(await raw('system.isAlive:x', 'hello')).toBe('hello')
    expect(await raw('system.isAlive')).toEqual(['MESSAGE_METHOD_UNKNOWN', 'system.isAlive'])
  })
})

describe('optional parameters', () => {
  it('may be left out, and too many of them are ignored', async () => {
    expect(await raw('session.login_with_password', 'root', 'pw', '2.21', 'me', 'too much')).toMatch(/^OpaqueRef:/)
  })
})

describe('sessions', () => {
  it('wrong credentials are SESSION_AUTHENTICATION_FAILED with the user name', async () => {
    const refused = (await raw('session.login_with_password', 'root', 'bad')) as readonly string[]
    expect(refused.slice(0, 2)).toEqual(['SESSION_AUTHENTICATION_FAILED', 'root'])
    expect(refused).toHaveLength(3)
  })

  it('anybody who reaches the host from within is root', async () => {
    const answer = await pool.fake.dispatch({
      method: 'session.login_with_password',
      params: ['who', 'ever'],
      origin: 'unix',
    })
    expect(answer.ok).toBe(true)
  })

  it('hold who logged in, where, when and with what', async () => {
    const session = await raw('session.login_with_password', 'root', 'pw', '2.21', 'my-tool')
    const record = (await pool.call('session.get_record', String(session))) as ReadonlyMap<string, unknown>
    expect(Object.fromEntries(record)).toMatchObject({
      this_host: pool.fake.pool.db.get('pool', pool.fake.pool.db.refs('pool')[0] ?? '', 'master'),
      this_user: 'OpaqueRef:NULL',
      last_active: '20240102T03:04:05Z',
      is_local_superuser: true,
      auth_user_name: 'root',
      originator: 'my-tool',
      pool: false,
      rbac_permissions: [],
    })
  })

  it('are gone after logout, twice too', async () => {
    await pool.call('session.logout')
    expect(await pool.error('PIF.get_all')).toEqual(['SESSION_INVALID', pool.session])
    expect(await pool.error('session.logout')).toEqual(['SESSION_INVALID', pool.session])
  })
})

it('calls are kept for assertions, without sessions and passwords', async () => {
  await pool.call('network.get_all')
  expect(pool.fake.history.calls.map(({ method, params }) => ({ method, params }))).toEqual([
    { method: 'session.login_with_password', params: ['(secret)', '(secret)'] },
    { method: 'network.get_all', params: [] },
  ])
})
