import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readParameters } from '../../../src/fake-host/serve-parameters.ts'
import { readUsers } from '../../../src/fake-host/users/read-users.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'users-'))
})
afterEach(() => rm(folder, { recursive: true }))

const file = async (text: string) => {
  const path = join(folder, 'users.json')
  await writeFile(path, text)
  return path
}

describe('users in a file', () => {
  it('are local ones, and those of the directory with their roles', async () => {
    const list = [
      { username: 'second', password: 'a' },
      { username: 'rita', password: 'b', roles: ['read-only'] },
    ]
    expect(await readUsers(await file(JSON.stringify(list)))).toEqual(list)
  })

  it.each([
    ['no JSON', '{', /users\.json: the file is no JSON$/],
    ['no list', '{}', /users\.json: .*array/],
    ['no password', '[{"username":"a"}]', /users\.json: 0\.password: /],
    ['an unknown member', '[{"username":"a","password":"b","role":"x"}]', /there is no "role"/],
    [
      'an unknown role',
      '[{"username":"a","password":"b","roles":["king"]}]',
      /^a: there is no role "king"; there are pool-admin, /,
    ],
  ])('are refused with %s', async (_, text, complaint) => {
    await expect(readUsers(await file(text))).rejects.toThrow(complaint)
  })
})

describe('status-owner=', () => {
  it('names a role or a user', () => {
    expect(readParameters([['status-owner', 'role:pool-operator']]).options.statusOwner).toEqual({
      role: 'pool-operator',
    })
    expect(readParameters([['status-owner', 'user:controller']]).options.statusOwner).toEqual({ user: 'controller' })
  })

  it.each(['', 'controller', 'role:', 'group:x'])('is not %j', value => {
    expect(() => readParameters([['status-owner', value]])).toThrow('role:NAME or user:NAME is needed')
  })
})
