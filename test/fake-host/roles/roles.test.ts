import { beforeEach, describe, expect, it } from 'vitest'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { createFakePool, type FakePool, type PoolOptions } from '../../../src/fake-host/pool.ts'

let fake: FakePool
const users: PoolOptions['users'] = [
  { username: 'root', password: 'pw' },
  { username: 'second', password: 'local' },
  { username: 'olga', password: 'o', roles: ['pool-operator'] },
  { username: 'vera', password: 'v', roles: ['vm-operator'] },
  { username: 'rita', password: 'r', roles: ['read-only'] },
  { username: 'nora', password: 'n', roles: [] },
]
const raw = async (method: string, ...params: RpcValue[]) => {
  const answer = await fake.dispatch({ method, params, origin: 'tcp' })
  return answer.ok ? answer.value : answer.error
}
const login = async (name: string, password: string) => String(await raw('session.login_with_password', name, password))
const start = (options: PoolOptions = {}) => {
  fake = createFakePool({ users, ...options })
}
const network = () => fake.pool.db.refs('network')[0] ?? ''

beforeEach(() => start())

// docs/spec/protocol-semantics.md 2.2
describe('who may log in', () => {
  it('several local users, all of them superusers', async () => {
    const session = await login('second', 'local')
    expect(await raw('session.get_is_local_superuser', session, session)).toBe(true)
    expect(await raw('session.get_auth_user_name', session, session)).toBe('second')
  })

  it('users of the directory with what their roles allow', async () => {
    const session = await login('rita', 'r')
    expect(await raw('session.get_is_local_superuser', session, session)).toBe(false)
    const permissions = (await raw('session.get_rbac_permissions', session, session)) as readonly string[]
    expect(permissions).toContain('read-only')
    expect(permissions).toContain('tunnel.get_all')
    expect(permissions).not.toContain('tunnel.create')
    expect(permissions).toHaveLength(1384 + 1)
  })

  it('nobody whom the pool has given no role', async () => {
    const refused = (await raw('session.login_with_password', 'nora', 'n')) as readonly string[]
    expect(refused.slice(0, 2)).toEqual(['RBAC_PERMISSION_DENIED', 'session.login_with_password'])
  })

  it('nobody whom the pool has forgotten', async () => {
    const { db } = fake.pool
    for (const subject of db.refs('subject')) db.destroy('subject', subject)
    const refused = (await raw('session.login_with_password', 'rita', 'r')) as readonly string[]
    expect(refused.slice(0, 2)).toEqual(['SESSION_AUTHORIZATION_FAILED', 'rita'])
  })

  it('root with the password that it was given last', async () => {
    const session = await login('root', 'pw')
    await raw('session.change_password', session, 'whatever', 'new')
    expect((await raw('session.login_with_password', 'root', 'pw')) as readonly string[]).toContain(
      'SESSION_AUTHENTICATION_FAILED',
    )
    expect(await login('root', 'new')).toMatch(/^OpaqueRef:/)
  })
})

// docs/spec/protocol-semantics.md 6.3, 6.4
describe('a call without the permission', () => {
  it('is denied with the permission and the roles that have it', async () => {
    const session = await login('rita', 'r')
    const denied = (await raw('network.destroy', session, 'OpaqueRef:gone')) as readonly string[]
    expect(denied.slice(0, 2)).toEqual(['RBAC_PERMISSION_DENIED', 'network.destroy'])
    expect(denied[2]).toMatch(/vm-power-admin, vm-admin, pool-admin, pool-operator$/)
  })

  it('is denied before its object is looked at, and after its parameters', async () => {
    const session = await login('rita', 'r')
    expect(await raw('tunnel.set_status', session, 'OpaqueRef:gone', new Map())).toContain('RBAC_PERMISSION_DENIED')
    expect(await raw('tunnel.set_status', session, 'OpaqueRef:gone', 'no map')).toContain('INTERNAL_ERROR')
  })

  it('is denied inside the task when it is asynchronous', async () => {
    const session = await login('rita', 'r')
    const task = String(await raw('Async.tunnel.create', session, 'OpaqueRef:a', 'OpaqueRef:b'))
    await new Promise(setImmediate)
    expect((await raw('task.get_error_info', session, task)) as readonly string[]).toContain('RBAC_PERMISSION_DENIED')
  })

  it('depends on the key where a map guards it', async () => {
    const session = await login('vera', 'v')
    expect(await raw('network.add_to_other_config', session, network(), 'folder', '/x')).toBe('')
    expect(await raw('network.add_to_other_config', session, network(), 'XenCenter.CustomFields.a', '1')).toBe('')
    const denied = (await raw('network.add_to_other_config', session, network(), 'other', '1')) as readonly string[]
    expect(denied.slice(0, 2)).toEqual(['RBAC_PERMISSION_DENIED', 'network.add_to_other_config'])
  })

  it('names the pattern of a guarded key in lower case', async () => {
    const session = await login('rita', 'r')
    const denied = (await raw(
      'network.remove_from_other_config',
      session,
      network(),
      'XenCenter.CustomFields.a',
    )) as readonly string[]
    expect(denied[1]).toBe('network.remove_from_other_config/key:xencenter.customfields.*')
  })

  it('is allowed with the next login after the role was given', async () => {
    const root = await login('root', 'pw')
    const before = await login('rita', 'r')
    const { db } = fake.pool
    const subject =
      db.refs('subject').find(ref => db.get('subject', ref, 'other_config').get('subject-name') === 'rita') ?? ''
    const [operator = ''] = (await raw('role.get_by_name_label', root, 'pool-operator')) as readonly string[]
    expect(await raw('subject.add_to_roles', root, subject, operator)).toBe('')
    expect(await raw('network.set_name_label', before, network(), 'x')).toContain('RBAC_PERMISSION_DENIED')
    expect(await raw('network.set_name_label', await login('rita', 'r'), network(), 'x')).toBe('')
    expect(await raw('subject.add_to_roles', root, subject, operator)).toEqual(['ROLE_ALREADY_EXISTS'])
    expect(await raw('subject.remove_from_roles', root, subject, operator)).toBe('')
    expect(await raw('subject.remove_from_roles', root, subject, operator)).toEqual(['ROLE_NOT_FOUND'])
  })
})

// docs/spec/protocol-semantics.md 4.4
describe('tasks of others', () => {
  it('may be read by all and changed by operators', async () => {
    const theirs = String(await raw('task.create', await login('vera', 'v'), 'theirs', ''))
    const [reader, operator] = [await login('rita', 'r'), await login('olga', 'o')]
    expect(await raw('task.get_name_label', reader, theirs)).toBe('theirs')
    expect((await raw('task.cancel', reader, theirs)) as readonly string[]).toContain('task.destroy/any')
    expect((await raw('task.destroy', reader, 'OpaqueRef:gone')) as readonly string[]).toContain('task.destroy/any')
    expect(await raw('task.destroy', operator, 'OpaqueRef:gone')).toEqual(['HANDLE_INVALID', 'task', 'OpaqueRef:gone'])
    expect(await raw('task.set_status', operator, theirs, 'success')).toBe('')
    expect(await raw('task.destroy', operator, theirs)).toBe('')
  })

  it('of the same user in another session are one’s own', async () => {
    const task = String(await raw('task.create', await login('vera', 'v'), 'mine', ''))
    expect(await raw('task.cancel', await login('vera', 'v'), task)).toBe('')
  })
})

// docs/spec/protocol-semantics.md 6.1
describe('roles', () => {
  it('are the same everywhere, with all their permissions', async () => {
    const session = await login('root', 'pw')
    const ref = 'OpaqueRef:0165f154-ba3e-034e-6b27-5d271af109ba'
    expect(await raw('role.get_by_name_label', session, 'pool-admin')).toEqual([ref])
    expect(await raw('role.get_permissions_name_label', session, ref)).toHaveLength(2284)
    expect(await raw('role.get_all', session)).toHaveLength(2284 + 7)
    expect(
      ((await raw('role.get_all_records_where', session, 'subroles<>[]')) as ReadonlyMap<string, unknown>).size,
    ).toBe(7)
    const [permission = ''] = (await raw('role.get_by_name_label', session, 'tunnel.create')) as readonly string[]
    const holders = (await raw('role.get_by_permission', session, permission)) as readonly string[]
    expect(holders).toEqual(
      (await raw('role.get_by_permission_name_label', session, 'tunnel.create')) as readonly string[],
    )
    expect(holders).toHaveLength(2)
    expect(
      ((await raw('role.get_record', session, permission)) as ReadonlyMap<string, unknown>).get('is_internal'),
    ).toBe(true)
  })
})

describe('T7: the status of tunnels may be reserved', () => {
  const write = async (session: string) => {
    const { db } = fake.pool
    const tunnel = db.refs('tunnel')[0] ?? db.create('tunnel', {})
    return raw('tunnel.set_status', session, tunnel, new Map([['active', 'true']]))
  }

  it('for a role', async () => {
    start({ statusOwner: { role: 'pool-operator' } })
    expect(await write(await login('root', 'pw'))).toContain('RBAC_PERMISSION_DENIED')
    expect(await write(await login('olga', 'o'))).toBe('')
  })

  it('for a user', async () => {
    start({ statusOwner: { user: 'second' } })
    expect(await write(await login('olga', 'o'))).toContain('tunnel.set_status')
    expect(await write(await login('second', 'local'))).toBe('')
  })

  it('and is open to every operator otherwise', async () => {
    expect(await write(await login('olga', 'o'))).toBe('')
    expect(await write(await login('vera', 'v'))).toContain('RBAC_PERMISSION_DENIED')
  })
})
