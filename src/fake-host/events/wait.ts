import { setTimeout as sleep } from 'node:timers/promises'
import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'

const DAY_MS = 86_400_000

export interface Wait<T> {
  readonly pool: Pool
  readonly session: Ref<'session'>
  /** How long until the first look; changes of that time come together. In milliseconds. */
  readonly settle: number
  /** How long to wait altogether, in milliseconds; a day unless told. */
  readonly limit?: number
  /** Ends the wait when nobody is there any more to be answered. */
  readonly signal: AbortSignal | undefined
  /** What there is to be had; undefined where there is nothing yet. */
  look(): T | undefined
}

/**
 * Waits until there is something, looking again only after something in the database has changed. Undefined where the time is
 * up. Throws SESSION_INVALID [session] where the session ends meanwhile.
 */
export async function waitFor<T>({
  pool,
  session,
  settle,
  limit = DAY_MS,
  signal,
  look,
}: Wait<T>): Promise<T | undefined> {
  const ending = AbortSignal.any([pool.ending, ...(signal ? [signal] : [])])
  const deadline = performance.now() + Math.min(limit, DAY_MS)
  const left = () => deadline - performance.now()
  if (settle > 0) await pause(Math.min(settle, left()), ending)
  for (let again = 3; ; again = Math.min(again * 2, 50)) {
    if (!pool.db.exists('session', session)) throw new Failure('SESSION_INVALID', session)
    const found = look()
    if (found !== undefined || left() <= 0) return found
    await change(pool, left(), ending)
    await pause(Math.min(again, left()), ending)
  }
}

async function change(pool: Pool, limit: number, ending: AbortSignal): Promise<void> {
  const woken = new AbortController()
  const forget = pool.log.onNext(() => woken.abort())
  try {
    await pause(limit, AbortSignal.any([ending, woken.signal]))
  } finally {
    forget()
  }
  ending.throwIfAborted()
}

/** Sleeps so many milliseconds, or until the signal fires. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal }).catch(() => {})
}
