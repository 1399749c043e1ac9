import { describe, expect, it } from 'vitest'
import type { Value } from '../../../src/datamodel/index.ts'
import { type Answer, RpcDate, type RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { findMessage, withoutAsync } from '../../../src/fake-host/dispatch/find-message.ts'
import { withoutSecrets } from '../../../src/fake-host/record/secrets.ts'
import { logIn } from '../caller.ts'

const SESSION = 'OpaqueRef:the-session'

const open = (method: string, ...params: RpcValue[]) =>
  withoutSecrets({ method, params, origin: 'tcp' }, findMessage(withoutAsync(method)))
const map = (record: Record<string, Value>): ReadonlyMap<string, Value> => new Map(Object.entries(record))

describe('the parameters of a call, without secrets', () => {
  it('are those behind the session', () => {
    expect(open('tunnel.create', SESSION, 'OpaqueRef:p', 'OpaqueRef:n', 'gre').params).toEqual([
      'OpaqueRef:p',
      'OpaqueRef:n',
      'gre',
    ])
    expect(open('network.get_all').params).toEqual([])
    expect(open('VLAN.create', SESSION, 'OpaqueRef:p', 5n, new RpcDate('2024')).params).toEqual([
      'OpaqueRef:p',
      5n,
      '2024',
    ])
  })

  it.each([
    ['session.login_with_password', ['root', 'hunter2', '1.0', 'me']],
    ['session_login_with_password', ['root', 'hunter2']],
    ['session.slave_local_login_with_password', ['root', 'hunter2']],
    ['session.change_password', [SESSION, 'hunter2', 'hunter2']],
    ['session.get_record', [SESSION, SESSION]],
    ['session.get_uuid', ['OpaqueRef:mine', SESSION]],
    ['session.logout', [SESSION]],
    ['Async.session.logout', [SESSION]],
    ['pool.join', [SESSION, 'host.example', 'root', 'hunter2']],
    ['pool.sync_updates', [SESSION, 'OpaqueRef:p', true, 'hunter2', 'hunter2', 'hunter2', 'hunter2']],
    ['host.install_server_certificate', [SESSION, 'OpaqueRef:h', 'cert', 'hunter2', 'chain']],
    ['secret.create', [SESSION, map({ value: 'hunter2', other_config: map({}) }) as RpcValue]],
    ['secret.set_value', [SESSION, 'OpaqueRef:s', 'hunter2']],
    ['secret.introduce', [SESSION, 'uuid', 'hunter2', new Map()]],
    ['SR.create', [SESSION, 'OpaqueRef:h', map({ target: 't', chappassword: 'hunter2' }) as RpcValue]],
    ['VM.add_to_other_config', [SESSION, 'OpaqueRef:v', 'vnc_password', 'hunter2']],
    ['task.add_to_other_config', [SESSION, 'OpaqueRef:t', 'api-token', 'hunter2']],
    ['network.set_other_config', [SESSION, 'OpaqueRef:n', map({ sshkey: 'hunter2' }) as RpcValue]],
    ['session.login_with_pasword', ['root', 'hunter2']],
    ['nonsense', [SESSION, 'hunter2', ['hunter2'], map({ a: 'hunter2' }) as RpcValue]],
  ])('hold none of %s', (method, params) => {
    const shown = JSON.stringify(open(method, ...params).params)
    expect(shown).not.toContain('hunter2')
    expect(shown).not.toContain(SESSION)
  })

  it('keep what is no secret beside one that is', () => {
    const config = map({ target: 't', chappassword: 'hunter2' }) as RpcValue
    expect(open('SR.create', SESSION, 'OpaqueRef:h', config).params[1]).toEqual(
      map({ target: 't', chappassword: '(secret)' }),
    )
    expect(open('VM.add_to_other_config', SESSION, 'OpaqueRef:v', 'vnc_password', 'x').params).toEqual([
      'OpaqueRef:v',
      'vnc_password',
      '(secret)',
    ])
    expect(open('network.add_to_other_config', SESSION, 'OpaqueRef:n', 'vlan', '5').params).toEqual([
      'OpaqueRef:n',
      'vlan',
      '5',
    ])
  })
})

describe('the error of a call, without secrets', () => {
  it('does not repeat what was secret in it', () => {
    expect(open('PIF.get_all', SESSION).error(['SESSION_INVALID', SESSION])).toEqual(['SESSION_INVALID', '(secret)'])
    const wrongType = open('session.login_with_password', 'root', 31_337n)
    expect(wrongType.error(['INTERNAL_ERROR', `Failure("Expected string, got 'I(31337)'")`])).toEqual([
      'INTERNAL_ERROR',
      `Failure("Expected string, got 'I((secret))'")`,
    ])
    expect(open('PIF.get_MTU', SESSION, 'OpaqueRef:p').error(['HANDLE_INVALID', 'PIF', 'OpaqueRef:p'])).toEqual([
      'HANDLE_INVALID',
      'PIF',
      'OpaqueRef:p',
    ])
  })
})

describe('the result of a call, without secrets', () => {
  const resultOf = (answer: Answer, method: string, ...params: RpcValue[]) => {
    if (!answer.ok) throw new Error(answer.error.join())
    return open(method, ...params).result(answer)
  }

  it('is the value, but for sessions and what sounds like a password', async () => {
    const { answer, session, fake } = await logIn()
    const { db } = fake.pool
    const secret = db.create('secret', { value: 'hunter2' })
    const pbd = db.create('PBD', {
      device_config: map({ target: 't', cifspassword: 'hunter2' }) as ReadonlyMap<string, string>,
    })
    const shown = async (method: string, ...params: RpcValue[]) =>
      resultOf(await answer(method, ...params), method, session, ...params)

    expect(await shown('network.get_all')).toEqual(db.refs('network'))
    expect(await shown('secret.get_value', secret)).toBe('(secret)')
    expect([...((await shown('secret.get_record', secret)) as ReadonlyMap<string, Value>)]).toContainEqual([
      'value',
      '(secret)',
    ])
    expect(JSON.stringify([...((await shown('secret.get_all_records')) as ReadonlyMap<string, Value>)])).not.toContain(
      'hunter2',
    )
    expect(await shown('PBD.get_device_config', pbd)).toEqual(map({ target: 't', cifspassword: '(secret)' }))
    expect(await shown('session.get_by_uuid', db.get('session', session, 'uuid'))).toBe('(secret)')
    const login = { method: 'session.login_with_password', params: ['root', 'pw'], origin: 'tcp' } as const
    expect(resultOf(await fake.dispatch(login), login.method, ...login.params)).toBe('(secret)')
  })

  it('is searched where events carry records', async () => {
    const { answer, session, fake } = await logIn()
    fake.pool.db.create('PBD', { device_config: map({ password: 'hunter2' }) as ReadonlyMap<string, string> })
    const params: RpcValue[] = [['PBD', 'pool'], '', 0]
    const shown = resultOf(await answer('event.from', ...params), 'event.from', session, ...params)
    const text = JSON.stringify(shown, (_, value: unknown) =>
      value instanceof Map ? Object.fromEntries(value) : value,
    )
    expect(text).toContain('"device_config":{"password":"(secret)"}')
    expect(text).toMatch(/"token":"\d{20},\d{20}"/)
  })
})
