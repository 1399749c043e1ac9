import { describe, expect, it } from 'vitest'
import { powerOff, powerOn } from '../../../src/fake-host/hosts/lifecycle.ts'
import { SECRET, threeHosts } from './pool.ts'

const [FIRST, SECOND, THIRD] = ['198.18.0.11', '198.18.0.12', '198.18.0.13']

describe('pool.designate_new_master', () => {
  it('hands the pool over: the new coordinator takes logins, the old one sends them there', async () => {
    const { pool, hosts, call, error, logIn } = threeHosts()
    const session = await logIn(hosts.host1)
    await call(hosts.host1, 'pool.designate_new_master', session, hosts.host2)
    expect(pool.hosts.coordinator()).toBe(hosts.host2)
    expect(await error(hosts.host1, 'network.get_all', session)).toEqual(['SESSION_INVALID', session])
    for (const host of [hosts.host1, hosts.host3]) {
      expect(await error(host, 'session.login_with_password', 'root', 'pw')).toEqual(['HOST_IS_SLAVE', SECOND])
    }
    expect(await call(hosts.host2, 'pool.get_all', await logIn(hosts.host2))).toHaveLength(1)
  })

  it('does nothing for the one that is coordinator', async () => {
    const { hosts, call, logIn } = threeHosts()
    const session = await logIn(hosts.host1)
    await call(hosts.host1, 'pool.designate_new_master', session, hosts.host1)
    expect(await call(hosts.host1, 'pool.get_all', session)).toHaveLength(1)
  })

  it('needs a host that is there, and the consent of all others', async () => {
    const { pool, hosts, error, logIn } = threeHosts()
    const session = await logIn(hosts.host1)
    powerOff(pool, hosts.host2)
    expect(await error(hosts.host1, 'pool.designate_new_master', session, hosts.host2)).toEqual([
      'HOST_OFFLINE',
      hosts.host2,
    ])
    expect(await error(hosts.host1, 'pool.designate_new_master', session, hosts.host3)).toEqual([
      'HA_ABORT_NEW_MASTER',
      'host2 cannot be asked',
    ])
    expect(await error(hosts.host1, 'pool.designate_new_master', session, 'OpaqueRef:x')).toEqual([
      'HOST_OFFLINE',
      'OpaqueRef:x',
    ])
  })

  it('fails where a host has promised itself to another, and leaves the others free', async () => {
    const { pool, hosts, call, error, logIn } = threeHosts()
    const intra = String(await call(hosts.host1, 'session.slave_login', hosts.host2, SECRET))
    const session = await logIn(hosts.host1)
    await call(hosts.host2, 'host.propose_new_master', intra, FIRST, true)
    expect((await error(hosts.host2, 'host.propose_new_master', intra, SECOND, true))[0]).toBe('HA_ABORT_NEW_MASTER')
    expect((await error(hosts.host1, 'pool.designate_new_master', session, hosts.host3))[0]).toBe('HA_ABORT_NEW_MASTER')
    expect(pool.hosts.of(hosts.host1).proposed).toBeUndefined()
    expect((await error(hosts.host2, 'host.abort_new_master', intra, SECOND))[0]).toBe('HA_ABORT_NEW_MASTER')
    await call(hosts.host2, 'host.abort_new_master', intra, FIRST)
    await call(hosts.host1, 'pool.designate_new_master', session, hosts.host3)
    expect(pool.hosts.coordinator()).toBe(hosts.host3)
  })
})

describe('pool.emergency_transition_to_master', () => {
  it('makes a member coordinator that has lost its own; other members wait until they are told', async () => {
    const { pool, hosts, call, answer, error, logIn } = threeHosts()
    powerOff(pool, hosts.host1)
    const local = String(await call(hosts.host2, 'session.slave_local_login_with_password', 'root', 'pw'))
    await call(hosts.host2, 'pool.emergency_transition_to_master', local)
    const session = await logIn(hosts.host2)
    expect(await call(hosts.host2, 'pool.get_all', session)).toHaveLength(1)
    expect(pool.db.get('host_metrics', pool.db.get('host', hosts.host1, 'metrics'), 'live')).toBe(false)
    expect(await answer(hosts.host3, 'pool.get_all', [session])).toMatchObject({ error: ['HOST_STILL_BOOTING'] })
    expect(await call(hosts.host2, 'pool.recover_slaves', session)).toEqual([hosts.host3])
    expect(await error(hosts.host3, 'pool.get_all', session)).toEqual(['HOST_IS_SLAVE', SECOND])
    expect(await call(hosts.host2, 'pool.recover_slaves', session)).toEqual([])
  })

  it('makes the former coordinator a member when it is back', async () => {
    const { pool, hosts, call, error } = threeHosts()
    powerOff(pool, hosts.host1)
    const local = String(await call(hosts.host2, 'session.slave_local_login', SECRET))
    await call(hosts.host2, 'pool.emergency_transition_to_master', local)
    await powerOn(pool, hosts.host1)
    expect(await error(hosts.host1, 'session.login_with_password', 'root', 'pw')).toEqual(['HOST_IS_SLAVE', SECOND])
    expect(pool.db.get('host_metrics', pool.db.get('host', hosts.host1, 'metrics'), 'live')).toBe(true)
  })

  it('is refused while high availability sees to it', async () => {
    const { pool, hosts, call, error } = threeHosts()
    const [ref = ''] = pool.db.refs('pool')
    pool.db.set('pool', ref, 'ha_enabled', true)
    const local = String(await call(hosts.host2, 'session.slave_local_login', SECRET))
    expect(await error(hosts.host2, 'pool.emergency_transition_to_master', local)).toEqual(['HA_IS_ENABLED'])
    expect(await error(hosts.host2, 'pool.emergency_reset_master', local, FIRST)).toEqual(['HA_IS_ENABLED'])
  })
})

describe('pool.emergency_reset_master', () => {
  it('tells a member where its coordinator is', async () => {
    const { pool, hosts, call, answer, error } = threeHosts()
    const local = String(await call(hosts.host3, 'session.slave_local_login', SECRET))
    await call(hosts.host3, 'pool.emergency_reset_master', local, '192.0.2.1')
    expect(await answer(hosts.host3, 'system.listMethods')).toMatchObject({ error: ['HOST_STILL_BOOTING'] })
    await call(hosts.host3, 'pool.emergency_reset_master', local, THIRD)
    expect(await answer(hosts.host3, 'system.listMethods')).toMatchObject({ error: ['HOST_ITS_OWN_SLAVE'] })
    await call(hosts.host3, 'pool.emergency_reset_master', local, FIRST)
    expect(await error(hosts.host3, 'session.login_with_password', 'root', 'pw')).toEqual(['HOST_IS_SLAVE', FIRST])
    expect(pool.hosts.coordinator()).toBe(hosts.host1)
  })

  it('is what host.commit_new_master does to a host that has promised itself', async () => {
    const { hosts, call, answer } = threeHosts()
    const intra = String(await call(hosts.host1, 'session.slave_login', hosts.host2, SECRET))
    await call(hosts.host3, 'host.propose_new_master', intra, SECOND, false)
    await call(hosts.host3, 'host.commit_new_master', intra, SECOND)
    expect(await answer(hosts.host3, 'system.listMethods')).toMatchObject({ error: ['HOST_STILL_BOOTING'] })
  })
})
