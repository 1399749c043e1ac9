import type { Answer, Call } from './dispatch/call.ts'
import { FakeHostError } from './error.ts'
import { createFakePool, type FakePool, type PoolOptions } from './pool.ts'
import { acquireLock, Keeper, readState, settle } from './state/index.ts'

/** A pool as it starts. */
export interface StartedPool {
  readonly fake: FakePool
  /** What is odd about its file, one line each. */
  readonly warnings: readonly string[]
}

/** A pool whose changes stay. */
export interface KeptPool extends StartedPool {
  /** Makes a call; what it changed is on disk when its answer is there. */
  dispatch(call: Call): Promise<Answer>
  /** Fulfilled when all changes so far are on disk. Throws FakeHostError where they cannot be written. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** A pool that ends with this process. */
export const inMemory = (started: StartedPool): KeptPool => ({
  ...started,
  dispatch: started.fake.dispatch,
  settled: async () => {},
  close: async () => {},
})

/**
 * Opens the pool in a file for as long as a server runs; nobody else may change it meanwhile. Throws FakeHostError.
 * @param begin gives the pool to begin with where there is no such file yet
 */
export async function openKeptPool(
  { path: given, lenient, ...options }: PoolOptions & { readonly path: string; readonly lenient?: boolean | undefined },
  begin: () => Promise<StartedPool>,
): Promise<KeptPool> {
  const path = await settle(given)
  const lock = await acquireLock(path, { purpose: 'server' })
  try {
    const saved = await readState(path, { lenient })
    const started = saved
      ? {
          fake: createFakePool({ ...options, seed: saved.seed, database: db => saved.fill(db) }),
          warnings: saved.warnings,
        }
      : await begin()
    const keeper = await Keeper.start(path, started.fake.pool, saved)
    return {
      ...started,
      dispatch: call => dispatchAndKeep(started.fake, keeper, call),
      settled: () => keeper.settled(),
      async close() {
        try {
          await keeper.close()
        } finally {
          await lock.release()
        }
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function dispatchAndKeep(fake: FakePool, keeper: Keeper, call: Call): Promise<Answer> {
  const answer = await fake.dispatch(call)
  try {
    await keeper.settled()
    return answer
  } catch (error) {
    if (!(error instanceof FakeHostError)) throw error
    return { ok: false, error: ['INTERNAL_ERROR', error.message] }
  }
}
