import { appendFile, copyFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Ref } from '../../../src/datamodel/index.ts'
import { Database, writeSnapshot } from '../../../src/fake-host/database/index.ts'
import { createFakePool } from '../../../src/fake-host/pool.ts'
import { Random } from '../../../src/fake-host/random.ts'
import { Keeper } from '../../../src/fake-host/state/keeper.ts'
import { readState } from '../../../src/fake-host/state/saved.ts'
import { newFolder } from '../folder.ts'

/** A pool that is being kept. */
async function keep(path: string) {
  const saved = await readState(path)
  const { pool } = saved ? createFakePool({ seed: saved.seed, database: db => saved.fill(db) }) : createFakePool()
  return { ...pool, keeper: await Keeper.start(path, pool, saved) }
}

/** Gives the path of what a kill at this moment would leave, elsewhere. */
async function kill({ keeper }: { readonly keeper: Keeper }, path: string): Promise<string> {
  const elsewhere = await scene()
  await copyFile(path, elsewhere.path)
  await copyFile(`${path}.journal`, elsewhere.journal).catch(() => {}) // there is not always one
  await keeper.close()
  return elsewhere.path
}

/** What is on disk, as one text. */
async function onDisk(path: string): Promise<string> {
  const saved = await readState(path)
  if (!saved) return ''
  const random = new Random(saved.seed ?? 0)
  const db = new Database(random)
  saved.fill(db)
  return writeSnapshot(db, random.seed)
}

async function scene() {
  const folder = await newFolder()
  const path = join(folder, 'pool.json')
  return { folder, path, journal: `${path}.journal` }
}

const addNetwork = (db: Database, name: string) => db.create('network', { name_label: name, bridge: name })

describe('a kept pool', () => {
  it('is written when it is new, for its owner alone', async () => {
    const { folder, path } = await scene()
    const { db, random, keeper } = await keep(path)
    expect(await readFile(path, 'utf8')).toBe(writeSnapshot(db, random.seed))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await keeper.close()
    expect(await readdir(folder)).toEqual(['pool.json'])
  })

  it('has each change on disk once that has settled, without writing the whole again', async () => {
    const { path, journal } = await scene()
    const { db, random, keeper } = await keep(path)
    const before = await readFile(path, 'utf8')
    const network = addNetwork(db, 'n')
    db.set('network', network, 'MTU', 9000)
    db.destroy('VIF', db.refs('VIF')[0] as Ref<'VIF'>)
    await keeper.settled()
    expect(await readFile(path, 'utf8')).toBe(before)
    expect((await readFile(journal, 'utf8')).split('\n')).toHaveLength(3)
    expect(await onDisk(path)).toBe(writeSnapshot(db, random.seed))
    await keeper.close()
    expect(await readFile(path, 'utf8')).toBe(writeSnapshot(db, random.seed))
  })

  it('goes on with the randomness where it stopped', async () => {
    const { path } = await scene()
    const first = await keep(path)
    addNetwork(first.db, 'n')
    await first.keeper.settled()
    const expected = new Random(first.random.seed).uuid()
    await first.keeper.close()
    const second = await keep(path)
    expect(second.random.uuid()).toBe(expected)
    await second.keeper.close()
  })

  it('writes nothing for reads, sessions and equal writes', async () => {
    const { folder, path } = await scene()
    await (await keep(path)).keeper.close()
    const { mtimeMs } = await stat(path)
    const { db, keeper } = await keep(path)
    const session = db.create('session', { originator: 'test' })
    db.set('session', session, 'last_active', '20240102T03:04:05Z')
    db.set('network', db.refs('network')[0] as Ref<'network'>, 'MTU', 1500)
    db.destroy('session', session)
    await keeper.settled()
    expect(await readdir(folder)).toEqual(['pool.json'])
    await keeper.close()
    expect((await stat(path)).mtimeMs).toBe(mtimeMs)
  })

  it('puts changes that come while it writes together into the next write', async () => {
    const { path, journal } = await scene()
    const { db, keeper } = await keep(path)
    const writes = Array.from({ length: 100 }, (_, i) => {
      addNetwork(db, `n${i}`)
      return keeper.settled()
    })
    await Promise.all(writes)
    const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n')
    expect(lines.length).toBeLessThan(5)
    expect(await onDisk(path)).toContain('"n99"')
    await keeper.close()
  })

  it.each([1, 30, 5])('survives the loss of a last line that was not whole (%i bytes missing)', async missing => {
    const { path, journal } = await scene()
    const { db, random, keeper } = await keep(path)
    addNetwork(db, 'first')
    await keeper.settled()
    const expected = writeSnapshot(db, random.seed)
    addNetwork(db, 'second')
    await keeper.settled()
    await truncate(journal, (await stat(journal)).size - missing)
    const left = await kill({ keeper }, path)
    expect(await onDisk(left)).toBe(expected)
    const next = await keep(left)
    addNetwork(next.db, 'third')
    await next.keeper.settled()
    expect(await onDisk(left)).toBe(writeSnapshot(next.db, next.random.seed))
    await next.keeper.close()
  })

  it('takes what a killed process left in the journal into the snapshot when it starts', async () => {
    const { path } = await scene()
    const { db, random, keeper } = await keep(path)
    addNetwork(db, 'n')
    await keeper.settled()
    const left = await kill({ keeper }, path)
    const next = await keep(left)
    expect(await readFile(left, 'utf8')).toBe(writeSnapshot(db, random.seed))
    await next.keeper.close()
    expect(await readdir(dirname(left))).toEqual(['pool.json'])
  })

  it('folds the journal into the snapshot when it has grown long', async () => {
    const { path, journal } = await scene()
    const { db, random, keeper } = await keep(path)
    const network = addNetwork(db, 'n')
    const before = (await stat(path)).ino
    for (let i = 0; i < 12; i++) {
      db.set('network', network, 'name_description', String(i).repeat(100_000))
      await keeper.settled()
    }
    expect((await stat(path)).ino).not.toBe(before)
    expect((await stat(journal)).size).toBeLessThan(400_000)
    expect(await onDisk(path)).toBe(writeSnapshot(db, random.seed))
    await keeper.close()
  })

  it('is the same whatever the changes were, and wherever its process was killed', async () => {
    const step = fc.record({
      kind: fc.constantFrom('create', 'write', 'relate', 'destroy', 'settle', 'restart'),
      pick: fc.nat(1000),
      text: fc.string({ unit: 'binary', maxLength: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        let { path } = await scene()
        let kept = await keep(path)
        for (const { kind, pick, text } of steps) {
          const { db } = kept
          const networks = db.refs('network')
          const pifs = db.refs('PIF')
          const network = networks[pick % networks.length]
          const pif = pifs[pick % pifs.length]
          if (kind === 'create') db.create('PIF', { device: text, ...(network !== undefined && { network }) })
          if (kind === 'write' && network !== undefined)
            db.set('network', network, 'other_config', new Map([[text, text]]))
          if (kind === 'relate' && network !== undefined && pif !== undefined) db.set('PIF', pif, 'network', network)
          if (kind === 'destroy' && network !== undefined) db.destroy('network', network)
          if (kind === 'settle') await kept.keeper.settled()
          if (kind === 'restart') {
            await kept.keeper.settled()
            path = await kill(kept, path)
            kept = await keep(path)
          }
        }
        await kept.keeper.settled()
        const expected = writeSnapshot(kept.db, 0)
        expect((await onDisk(path)).replace(/"seed":\d+/, '"seed":0')).toBe(expected)
        await kept.keeper.close()
        expect((await onDisk(path)).replace(/"seed":\d+/, '"seed":0')).toBe(expected)
      }),
      { numRuns: 25 },
    )
  })
})

describe('a kept pool whose files were meddled with', () => {
  async function withJournal() {
    const where = await scene()
    const { db, keeper } = await keep(where.path)
    addNetwork(db, 'n')
    await keeper.settled()
    addNetwork(db, 'm')
    await keeper.settled()
    onTestFinished(() => keeper.close().catch(() => {})) // its files are not what it left
    return where
  }

  it('refuses a journal of another version of the file', async () => {
    const { path, journal } = await withJournal()
    await appendFile(path, '\n')
    await expect(readState(path)).rejects.toThrow(
      `${journal}: it holds changes to another version of ${path}; remove it to give them up`,
    )
  })

  it('refuses a journal without its file', async () => {
    const { path, journal } = await withJournal()
    await rm(path)
    await expect(readState(path)).rejects.toThrow(
      `${path}: no such file, but there is ${journal}; remove that too to begin anew`,
    )
  })

  it('refuses a journal that is damaged above its end', async () => {
    const { path, journal } = await withJournal()
    const lines = (await readFile(journal, 'utf8')).split('\n')
    lines[1] = '{"seed":1,"chan'
    await writeFile(journal, lines.join('\n'))
    await expect(readState(path)).rejects.toThrow(`${journal}: line 2 is damaged`)
  })

  it.each([
    ['["destroy","network","OpaqueRef:x"]', 'network OpaqueRef:x: a change of kind destroy does not fit'],
    ['["write","PIF","OpaqueRef:x","MTU",1]', 'PIF OpaqueRef:x: a change of kind write does not fit'],
    ['["create","dragon","OpaqueRef:x",{}]', 'a change: of no known class'],
    ['["create","PIF","OpaqueRef:x",{"wings":2}]', 'PIF OpaqueRef:x, field wings: this release has no such field'],
    ['5', 'a change: of no known class'],
  ])('refuses the change %s', async (change, message) => {
    const { path, journal } = await withJournal()
    await appendFile(journal, `{"seed":1,"changes":[${change}]}\n`)
    await expect(onDisk(path)).rejects.toThrow(`${journal}: ${message}`)
  })
})

describe('a disk that takes no more', () => {
  it('is told to whoever waits, and is tried again with the next change', async () => {
    const { path, journal } = await scene()
    const { db, random, keeper } = await keep(path)
    await mkdir(journal) // a file cannot be opened there
    addNetwork(db, 'first')
    await expect(keeper.settled()).rejects.toThrow(`${journal}: illegal operation on a directory`)
    await rm(journal, { recursive: true })
    addNetwork(db, 'second')
    await keeper.settled()
    expect(await onDisk(path)).toBe(writeSnapshot(db, random.seed))
    await keeper.close()
  })

  it('leaves the old file whole where the new one cannot be written', async () => {
    const { path } = await scene()
    const { db, keeper } = await keep(path)
    const before = await readFile(path, 'utf8')
    addNetwork(db, 'n')
    await mkdir(`${path}.tmp`)
    await expect(keeper.close()).rejects.toThrow(`${path}: illegal operation on a directory`)
    expect(await readFile(path, 'utf8')).toBe(before)
    expect(await onDisk(path)).toContain('"n"')
  })
})
