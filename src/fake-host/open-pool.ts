import { AdjustableClock } from './clock.ts'
import { loadObjects, readSnapshot } from './database/index.ts'
import { readPoolFile } from './dump/index.ts'
import { FakeHostError } from './error.ts'
import { type FaultRule, readFaults } from './faults/index.ts'
import { inMemory, type KeptPool, openKeptPool, type StartedPool } from './kept.ts'
import { createFakePool, type PoolOptions } from './pool.ts'
import { openTrace, type Trace } from './record/index.ts'
import { readUsers } from './users/read-users.ts'
import type { User } from './users/users.ts'

export interface PoolSource extends Omit<PoolOptions, 'database' | 'faults' | 'onAnswer' | 'users'> {
  /**
   * The pool to start from; never written. A snapshot, by its file or as the object that such a file holds, or the file of a pool
   * database that a host has dumped.
   */
  readonly snapshot?: string | object | undefined
  /** The file that the pool is kept in: loaded if it exists, and every change is there before its answer is given. */
  readonly state?: string | undefined
  /** Takes files of another release: what is unknown in them is left out, with a warning. */
  readonly lenient?: boolean | undefined
  /** Local root; root / pw unless told. */
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Who may log in beside it: users, or the file that holds them as a JSON array. */
  readonly users?: readonly User[] | string | undefined
  /** What goes wrong with calls from the start: rules, or the file that holds them as a JSON array. */
  readonly faults?: readonly FaultRule[] | string | undefined
  /** The file that gets a line for each call, without secrets. */
  readonly trace?: string | undefined
}

export interface OpenPool extends KeptPool {
  readonly clock: AdjustableClock
}

/** Opens a pool from whatever it is to begin with. Throws FakeHostError. */
export async function openPool(source: PoolSource): Promise<OpenPool> {
  const { username = 'root', password = 'pw', state, lenient, hosts, seed, backend, statusOwner, poolSecret } = source
  const { ovsdb, datapath } = source
  const clock = new AdjustableClock(source.clock ?? Date.now)
  const faults = await readFaults(source.faults ?? [])
  const users = [{ username, password }, ...(await readUsers(source.users ?? []))]
  const trace = source.trace === undefined ? undefined : await openTrace(source.trace)
  const onAnswer = trace?.onAnswer
  const options: PoolOptions = {
    hosts,
    seed,
    backend,
    clock: clock.now,
    users,
    statusOwner,
    poolSecret,
    ovsdb,
    datapath,
    faults,
    onAnswer,
  }
  const begin = () => beginPool(options, source)
  try {
    const kept =
      state === undefined ? inMemory(await begin()) : await openKeptPool({ ...options, path: state, lenient }, begin)
    return { ...kept, clock, close: () => close(kept, trace) }
  } catch (error) {
    await trace?.close()
    throw error
  }
}

async function close(kept: KeptPool, trace: Trace | undefined): Promise<void> {
  try {
    await kept.close()
  } finally {
    await trace?.close()
  }
}

/** A pool that no state file holds yet: that of a snapshot, or the default one. */
async function beginPool(options: PoolOptions, { snapshot: source, lenient }: PoolSource): Promise<StartedPool> {
  if (source === undefined) return { fake: createFakePool(options), warnings: [] }
  if (options.hosts !== undefined || options.backend !== undefined) {
    throw new FakeHostError('hosts and backend describe the default pool; a snapshot has its own')
  }
  const snapshot =
    typeof source === 'string'
      ? await readPoolFile(source, lenient)
      : await readSnapshot(JSON.stringify(source), { name: 'snapshot', lenient })
  const seed = options.seed ?? snapshot.seed
  return {
    fake: createFakePool({ ...options, seed, database: db => loadObjects(db, snapshot.objects) }),
    warnings: snapshot.warnings,
  }
}
