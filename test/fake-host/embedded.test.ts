import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Value } from '../../src/datamodel/index.ts'
import { type EmbeddedPool, openEmbeddedPool } from '../../src/fake-host/embedded.ts'
import { FakeHostError } from '../../src/fake-host/error.ts'
import { acquireLock } from '../../src/fake-host/state/index.ts'
import { newFolder } from './folder.ts'

const scene = async () => join(await newFolder(), 'deep', 'pool.json')

/** Calls of somebody who logged in. */
async function logIn(pool: EmbeddedPool) {
  const value = async (method: string, ...parameters: Value[]) => {
    const answer = await pool.call(method, parameters)
    if (!answer.ok) throw new Error(answer.error.join(' '))
    return answer.value
  }
  const session = await value('session.login_with_password', 'anybody', 'anything')
  return (method: string, ...parameters: Value[]) => value(method, session, ...parameters)
}

const network = (name: string, more: [string, Value][] = []) =>
  new Map<string, Value>([['name_label', name], ['other_config', new Map()], ...more])

describe('an embedded pool', () => {
  it('is made from the default pool where there is no file yet', async () => {
    const path = await scene()
    const pool = await openEmbeddedPool({ path })
    const call = await logIn(pool)
    expect(await call('host.get_all')).toHaveLength(2)
    await pool.close()
    expect(await readdir(join(path, '..'))).toEqual(['pool.json'])
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
  })

  it('keeps what a command changed for the next one', async () => {
    const path = await scene()
    const first = await openEmbeddedPool({ path })
    const created = await (await logIn(first))('network.create', network('mine', [['MTU', 9000]]))
    await first.close()
    const second = await openEmbeddedPool({ path })
    const call = await logIn(second)
    expect(await call('network.get_by_name_label', 'mine')).toEqual([created])
    expect(await call('network.get_MTU', created)).toBe(9000)
    await second.close()
  })

  it('gives failures as they are', async () => {
    const pool = await openEmbeddedPool({ path: await scene() })
    expect(await pool.call('network.get_all', ['OpaqueRef:gone'])).toEqual({
      ok: false,
      error: ['SESSION_INVALID', 'OpaqueRef:gone'],
    })
    await pool.close()
  })

  it('has a change on disk when its answer is there', async () => {
    const path = await scene()
    const pool = await openEmbeddedPool({ path })
    await (await logIn(pool))('network.create', network('mine'))
    const meanwhile = await openEmbeddedPool({ path })
    expect(await (await logIn(meanwhile))('network.get_by_name_label', 'mine')).toHaveLength(1)
    await meanwhile.close()
    await pool.close()
  })

  it('neither waits nor writes when a command only reads', async () => {
    const path = await scene()
    await (await openEmbeddedPool({ path })).close()
    const before = await stat(path)
    const lock = await acquireLock(path)
    const pool = await openEmbeddedPool({ path, wait: 50 })
    const call = await logIn(pool)
    expect(await call('PIF.get_all_records_where', 'true')).toBeInstanceOf(Map)
    expect(await call('pool.get_all')).toHaveLength(1)
    await call('session.logout')
    await pool.close()
    await lock.release()
    expect(await stat(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
    expect(await readdir(join(path, '..'))).toEqual(['pool.json'])
  })

  it('says who keeps it when its turn does not come, and can still be read and closed', async () => {
    const path = await scene()
    const pool = await openEmbeddedPool({ path, wait: 50 })
    const call = await logIn(pool)
    const lock = await acquireLock(path)
    await expect(call('network.create', network('mine'))).rejects.toThrow(/still in use by process \d+ after 0\.05 s/)
    expect(await call('network.get_by_name_label', 'mine')).toEqual([])
    await lock.release()
    await call('network.create', network('mine'))
    await pool.close()
  })

  it('gives up waiting for its turn when it is closed', async () => {
    const path = await scene()
    const pool = await openEmbeddedPool({ path })
    const call = await logIn(pool)
    const lock = await acquireLock(path)
    const change = call('network.create', network('mine'))
    const given = expect(change).rejects.toThrow(/aborted/)
    await pool.close()
    await given
    await lock.release()
    expect(await readdir(join(path, '..'))).toEqual(['pool.json'])
  })

  it('is written whole where somebody removed its file meanwhile', async () => {
    const path = await scene()
    const pool = await openEmbeddedPool({ path })
    const call = await logIn(pool)
    await rm(path)
    await call('network.create', network('mine'))
    expect(JSON.parse(await readFile(path, 'utf8')).objects.host).toBeDefined()
    await pool.close()
    expect(await readFile(path, 'utf8')).toContain('"mine"')
  })

  it('works on what others left when its turn comes, in the session that it has', async () => {
    const path = await scene()
    const early = await openEmbeddedPool({ path })
    const call = await logIn(early)
    const other = await openEmbeddedPool({ path })
    const theirs = await (await logIn(other))('network.create', network('theirs'))
    await other.close()
    await call('network.create', network('ours'))
    expect(await call('network.get_by_name_label', 'theirs')).toEqual([theirs])
    await early.close()
    const last = await openEmbeddedPool({ path })
    const look = await logIn(last)
    expect(await look('network.get_by_name_label', 'theirs')).toHaveLength(1)
    expect(await look('network.get_by_name_label', 'ours')).toHaveLength(1)
    await last.close()
  })

  it('keeps a change that was asked for by the other name of a message', async () => {
    const path = await scene()
    const pool = await openEmbeddedPool({ path })
    await (await logIn(pool))('network_create', network('mine'))
    await pool.close()
    expect(await readFile(path, 'utf8')).toContain('"mine"')
  })

  it('loses nothing when many in one process change it at once', async () => {
    const path = await scene()
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const pool = await openEmbeddedPool({ path })
        const call = await logIn(pool)
        await call('network.create', network(`n${i}`))
        await pool.close()
      }),
    )
    const text = await readFile(path, 'utf8')
    for (let i = 0; i < 20; i++) expect(text).toContain(`"n${i}"`)
    expect(await readdir(join(path, '..'))).toEqual(['pool.json'])
  })

  it('loses nothing when many processes change it at once', async () => {
    const path = await scene()
    const program = fileURLToPath(new URL('embedded-program.ts', import.meta.url))
    const names = Array.from({ length: 8 }, (_, i) => `n${i}`)
    const statuses = await Promise.all(
      names.map(async name => {
        const child = spawn(process.execPath, ['--import', 'tsx', program, path, name], { stdio: 'inherit' })
        return (await once(child, 'exit'))[0]
      }),
    )
    expect(statuses).toEqual(names.map(() => 0))
    const { objects } = JSON.parse(await readFile(path, 'utf8'))
    const labels = Object.values<{ name_label: string }>(objects.network).map(record => record.name_label)
    expect(labels).toEqual(expect.arrayContaining(names))
    expect(Object.keys(objects.tunnel)).toHaveLength(names.length)
    expect(await readdir(join(path, '..'))).toEqual(['pool.json'])
  })

  it.each([
    ['{"format":"xe-tunnel-snapshot/1","objects":{"PIF":{', 'the file is truncated'],
    ['PK\u0003\u0004', 'this is not JSON (line 1, column 1: '],
    ['{"format":"something else"}', 'the format is "something else", not xe-tunnel-snapshot/1'],
  ])('is never replaced by another where its file cannot be loaded: %#', async (text, message) => {
    const path = join(await newFolder(), 'pool.json')
    await writeFile(path, text)
    const opened = openEmbeddedPool({ path })
    await expect(opened).rejects.toThrow(FakeHostError)
    await expect(opened).rejects.toThrow(`${path}: ${message}`)
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('says so where its path is a folder, or leads through a file', async () => {
    const folder = await newFolder()
    await expect(openEmbeddedPool({ path: folder })).rejects.toThrow(`${folder}: illegal operation on a directory`)
    await writeFile(join(folder, 'file'), '')
    const path = join(folder, 'file', 'pool.json')
    await expect(openEmbeddedPool({ path })).rejects.toThrow(`${path}: `)
  })
})
