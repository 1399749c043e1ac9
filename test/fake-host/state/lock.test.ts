import { readdir, readlink, symlink, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeHostError } from '../../../src/fake-host/error.ts'
import { acquireLock } from '../../../src/fake-host/state/lock.ts'
import type { Processes } from '../../../src/fake-host/state/processes.ts'
import { newFolder } from '../folder.ts'

/** Processes of which these numbers run, each with the time when it began. */
const running = (pid: number, births: Readonly<Record<number, string>>): Processes => ({
  pid,
  birth: other => births[other],
})

/** The lock of another process. */
const owner = (pid: number, birth: string, machine = hostname(), purpose = 'command') =>
  `${pid}:${birth}:c0ffee:${purpose}:${machine}`

async function scene() {
  const folder = await newFolder()
  const path = join(folder, 'pool.json')
  return { folder, path, link: `${path}.lock` }
}

describe('acquireLock', () => {
  it('keeps others out until it is released, and leaves nothing behind', async () => {
    const { folder, path } = await scene()
    const order: string[] = []
    const first = await acquireLock(path)
    const second = acquireLock(path).then(lock => {
      order.push('second in')
      return lock
    })
    await expect(acquireLock(path, { wait: 50 })).rejects.toThrow(FakeHostError)
    order.push('first out')
    await first.release()
    await (await second).release()
    expect(order).toEqual(['first out', 'second in'])
    expect(await readdir(folder)).toEqual([])
  })

  it('lets many through one at a time', async () => {
    const { path } = await scene()
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        const lock = await acquireLock(path)
        most = Math.max(most, ++inside)
        await Promise.resolve()
        inside--
        await lock.release()
      }),
    )
    expect(most).toBe(1)
  })

  it('takes away the lock of a process that has ended', async () => {
    const { folder, path, link } = await scene()
    await symlink(owner(41, '100'), link)
    const lock = await acquireLock(path, { processes: running(7, { 7: '900' }) })
    expect(await readlink(link)).toMatch(/^7:900:/)
    await lock.release()
    expect(await readdir(folder)).toEqual([])
  })

  it('takes away the lock of a process whose number another process has now', async () => {
    const { path, link } = await scene()
    await symlink(owner(41, '100'), link)
    const lock = await acquireLock(path, { processes: running(7, { 7: '900', 41: '800' }) })
    expect(await readlink(link)).toMatch(/^7:/)
    await lock.release()
  })

  it.each([
    ['runs', owner(41, '100')],
    ['runs, where the system tells no more of it', owner(41, '')],
    ['is on another machine, where nobody here can look', owner(40, '100', 'elsewhere')],
  ])('waits for a process that %s, and names it in the end', async (_, target) => {
    const { path, link } = await scene()
    await symlink(target, link)
    await expect(acquireLock(path, { wait: 60, processes: running(7, { 7: '900', 41: '100' }) })).rejects.toThrow(
      `${path}: still in use by process ${target.slice(0, 2)} after 0.06 s (if that is no xe-tunnel, remove ${link})`,
    )
    expect(await readlink(link)).toBe(target)
  })

  it('does not wait for a server, which never lets go', async () => {
    const { path, link } = await scene()
    await symlink(owner(41, '100', hostname(), 'server'), link)
    await expect(acquireLock(path, { processes: running(7, { 7: '900', 41: '100' }) })).rejects.toThrow(
      `${path}: process 41 serves this pool; use the address that it printed`,
    )
  })

  it('lets one in when many find a lock whose owner has ended', async () => {
    const { folder, path, link } = await scene()
    await symlink(owner(41, '100'), link)
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const lock = await acquireLock(path)
        most = Math.max(most, ++inside)
        await new Promise(setImmediate)
        inside--
        await lock.release()
      }),
    )
    expect(most).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  it('also gets past somebody who died while taking such a lock away', async () => {
    const { folder, path, link } = await scene()
    await symlink(owner(41, '100'), link)
    await symlink(owner(42, '100').replace('c0ffee', 'beef'), `${link}.c0ffee.lock`)
    await (await acquireLock(path, { processes: running(7, { 7: '900' }) })).release()
    expect(await readdir(folder)).toEqual([])
  })

  it('says what is in its way where the lock is something else', async () => {
    const { path, link } = await scene()
    await writeFile(link, '')
    await expect(acquireLock(path)).rejects.toThrow(`${link}: this is not a lock (invalid argument); remove it`)
  })

  it('does not remove a lock that is no longer its own', async () => {
    const { path, link } = await scene()
    const lock = await acquireLock(path)
    await unlink(link)
    await symlink(owner(41, '100'), link)
    await lock.release()
    expect(await readlink(link)).toBe(owner(41, '100'))
  })
})
