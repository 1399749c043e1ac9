import { describe, expect, it } from 'vitest'
import { powerOff } from '../../../src/fake-host/hosts/lifecycle.ts'
import { SECRET, threeHosts } from './pool.ts'

const ADDRESS = '198.18.0.11'

describe('a member of the pool', () => {
  it('sends logins to the coordinator before it looks at the password', async () => {
    const { hosts, error } = threeHosts()
    for (const password of ['pw', 'wrong']) {
      expect(await error(hosts.host2, 'session.login_with_password', 'root', password)).toEqual([
        'HOST_IS_SLAVE',
        ADDRESS,
      ])
    }
  })

  it('sends sessions of the pool to the coordinator, and knows no others', async () => {
    const { hosts, logIn, error } = threeHosts()
    const session = await logIn(hosts.host1)
    expect(await error(hosts.host2, 'network.get_all', session)).toEqual(['HOST_IS_SLAVE', ADDRESS])
    expect(await error(hosts.host2, 'no.such', session)).toEqual(['HOST_IS_SLAVE', ADDRESS])
    expect(await error(hosts.host2, 'network.get_all', 'OpaqueRef:x')).toEqual(['SESSION_INVALID', 'OpaqueRef:x'])
  })

  it('still looks at the number and the types of parameters first', async () => {
    const { hosts, logIn, error } = threeHosts()
    const session = await logIn(hosts.host1)
    expect((await error(hosts.host2, 'network.get_all', session, 'x'))[0]).toBe('MESSAGE_PARAMETER_COUNT_MISMATCH')
    expect((await error(hosts.host2, 'network.get_uuid', session, true))[0]).toBe('INTERNAL_ERROR')
  })

  it('tells what methods there are', async () => {
    const { hosts, call } = threeHosts()
    expect(await call(hosts.host2, 'system.listMethods')).toContain('tunnel.create')
  })

  it('passes on what comes over its own socket, where everybody is root', async () => {
    const { pool, hosts, answer } = threeHosts()
    const login = await answer(hosts.host2, 'session.login_with_password', ['x', 'y'], 'unix')
    const session = login.ok ? String(login.value) : ''
    expect(pool.db.get('session', session, 'this_host')).toBe(hosts.host2)
    expect(await answer(hosts.host2, 'pool.get_all', [session], 'unix')).toMatchObject({ ok: true })
  })

  it('welcomes the other hosts of the pool', async () => {
    const { pool, hosts, call, error } = threeHosts()
    const session = String(await call(hosts.host1, 'session.slave_login', hosts.host3, SECRET))
    expect(pool.db.get('session', session, 'pool')).toBe(true)
    expect(pool.db.get('session', session, 'this_host')).toBe(hosts.host3)
    expect(await call(hosts.host2, 'host.propose_new_master', session, '198.18.0.12', true)).toBe('')
    expect(await error(hosts.host1, 'session.slave_login', hosts.host3, 'guess')).toEqual([
      'SESSION_AUTHENTICATION_FAILED',
      '',
      expect.any(String),
    ])
    expect(await error(hosts.host2, 'session.slave_login', hosts.host3, SECRET)).toEqual(['HOST_IS_SLAVE', ADDRESS])
  })
})

describe('a local session', () => {
  it('is for one host alone, and may do everything there', async () => {
    const { hosts, call, error } = threeHosts()
    const session = String(await call(hosts.host2, 'session.slave_local_login_with_password', 'root', 'pw'))
    expect(await call(hosts.host2, 'pool.is_slave', session, hosts.host2)).toBe(true)
    expect(await call(hosts.host2, 'network.get_all', session)).toHaveLength(4)
    expect(await error(hosts.host1, 'network.get_all', session)).toEqual(['SESSION_INVALID', session])
    expect(await error(hosts.host3, 'network.get_all', session)).toEqual(['SESSION_INVALID', session])
  })

  it('ends with its logout', async () => {
    const { hosts, call, error } = threeHosts()
    const session = String(await call(hosts.host2, 'session.slave_local_login', SECRET))
    await call(hosts.host2, 'session.local_logout', session)
    expect(await error(hosts.host2, 'pool.is_slave', session, hosts.host2)).toEqual(['SESSION_INVALID', session])
  })

  it('needs a local user or the secret of the pool', async () => {
    const { hosts, error } = threeHosts({
      users: [
        { username: 'root', password: 'pw' },
        { username: 'ann', password: 'pw', roles: ['pool-admin'] },
      ],
    })
    for (const [user, password] of [
      ['root', 'wrong'],
      ['ann', 'pw'],
    ] as const) {
      expect(await error(hosts.host2, 'session.slave_local_login_with_password', user, password)).toEqual([
        'SESSION_AUTHENTICATION_FAILED',
        user,
        'Authentication failure',
      ])
    }
    expect((await error(hosts.host2, 'session.slave_local_login', 'guess'))[0]).toBe('SESSION_AUTHENTICATION_FAILED')
  })
})

describe('a member that cannot reach its coordinator', () => {
  it('answers a few calls alone, and everything else with what it waits for', async () => {
    const { pool, hosts, answer, call } = threeHosts()
    powerOff(pool, hosts.host1)
    for (const method of ['session.login_with_password', 'network.get_all', 'system.listMethods', 'no.such']) {
      expect(await answer(hosts.host2, method, ['x'])).toEqual({
        ok: false,
        error: ['HOST_STILL_BOOTING'],
        beforeDispatch: true,
      })
    }
    const session = String(await call(hosts.host2, 'session.slave_local_login_with_password', 'root', 'pw'))
    expect(await call(hosts.host2, 'host.is_in_emergency_mode', session)).toBe(true)
    expect(await call(hosts.host2, 'pool_is_slave', session, hosts.host2)).toBe(true)
  })

  it('does so over its socket as well', async () => {
    const { pool, hosts, answer } = threeHosts()
    powerOff(pool, hosts.host1)
    expect(await answer(hosts.host2, 'network.get_all', ['x'], 'unix')).toMatchObject({ error: ['HOST_STILL_BOOTING'] })
  })

  it('is healthy when the coordinator is', async () => {
    const { pool, hosts, call, error } = threeHosts()
    const session = String(await call(hosts.host2, 'session.slave_local_login', SECRET))
    expect(await call(hosts.host2, 'host.local_assert_healthy', session)).toBe('')
    pool.hosts.of(hosts.host2).trouble = ['HOST_MASTER_CANNOT_TALK_BACK', '198.18.0.12']
    expect(await error(hosts.host2, 'host.local_assert_healthy', session)).toEqual([
      'HOST_MASTER_CANNOT_TALK_BACK',
      '198.18.0.12',
    ])
  })
})

it('a host that is stopped answers nothing', async () => {
  const { pool, hosts, answer } = threeHosts()
  powerOff(pool, hosts.host2)
  await expect(answer(hosts.host2, 'system.listMethods')).rejects.toThrow('host2 is stopped')
})
