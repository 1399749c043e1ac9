import type { ClassName } from '../../datamodel/index.ts'
import { type Batch, readBatch, tokenBefore } from './batch.ts'
import type { Change, WatchOptions } from './change.ts'
import { Collection } from './collection.ts'
import { pause } from './pause.ts'
import { remedyFor } from './remedy.ts'
import type { Watched } from './watching.ts'

/** What a host may take to deliver the answer to a call that waited, in milliseconds. */
const deliveryMs = 30_000
const longestPauseMs = 30_000

/** The changes of a watch, until `ends` fires. Throws what cannot be overcome by waiting. */
export async function* readChanges<C extends ClassName>(
  classes: readonly C[],
  options: WatchOptions,
  watched: Watched,
  ends: AbortSignal,
): AsyncGenerator<Change<C>, void> {
  const { timeoutSeconds = 30, retryMs = 500, longestRetryMs = longestPauseMs, existing = true } = options
  if (!(timeoutSeconds > 0)) throw new TypeError('a watch needs a time-out above 0')
  const { session } = watched
  const collection = new Collection(classes)
  const rest = (attempt: number) =>
    pause(Math.min(retryMs * 2 ** (attempt - 1), longestRetryMs), AbortSignal.any([ends, watched.signal ?? ends]))

  async function ask(token: string, seconds: number): Promise<Batch> {
    const limits = { signal: ends, timeoutMs: seconds > 0 ? seconds * 1000 + deliveryMs : undefined }
    return readBatch(await session.callWith(limits, 'event.from', classes, token, seconds))
  }
  /** Whether the host still knows the last change that it told: one that went back in time would wait for ever. */
  async function isOfHost(token: string): Promise<boolean> {
    const before = tokenBefore(token)
    return before === undefined || (await ask(before, 0)).events.length > 0
  }

  /** Up to where the host has told; empty where it has to tell all, and the difference to the collection is what counts. */
  let token = ''
  let isProven = true
  /** The session that the token was given in: another one may be on a host that has restarted since. */
  let { ref } = session
  let isLost = false
  let isFirst = true
  let patience = timeoutSeconds
  let failures = 0
  let misses = 0

  while (!ends.aborted) {
    let batch: Batch
    try {
      if (isLost) await watched.renew?.(ref)
      isLost = false
      if (session.ref !== ref) token = ''
      ref = session.ref
      if (!isProven && !(await isOfHost(token))) token = ''
      isProven = true
      batch = await ask(token, token === '' ? 0 : patience)
    } catch (error) {
      if (ends.aborted) return
      const remedy = remedyFor(error, ref, watched)
      options.onInterruption?.(error)
      failures += 1
      isProven = false
      isLost ||= remedy === 'login' || (failures > 1 && watched.roams())
      if (remedy === 'refetch') token = ''
      await rest(failures)
      continue
    }
    failures = 0

    const changes = token === '' ? collection.replace(batch) : collection.update(batch)
    token = batch.token
    for (const change of isFirst && !existing ? [] : changes) {
      yield change as Change<C> // the collection keeps no other classes
      if (ends.aborted) return
    }
    if (isFirst || changes.length > 0) options.onCurrent?.()
    isFirst = false

    const isIdle = batch.events.length === 0
    const agrees = collection.agrees(batch)
    // What a host counts may run ahead of what it tells: only one that has nothing more to tell has lost something.
    patience = agrees ? timeoutSeconds : 0
    if (isIdle) isProven = false
    if (agrees) misses = 0
    else if (isIdle) {
      token = ''
      misses += 1
      await rest(misses)
    }
  }
}
