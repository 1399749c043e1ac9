import type { Database } from '../database/index.ts'
import type { Context } from '../dispatch/context.ts'
import type { Failure } from '../dispatch/failure.ts'

const HOUR_MS = 3_600_000

/**
 * Takes the turn of an operation on an object when nothing is in its way any more. Other operations on the object are waited for;
 * any other obstacle is thrown. Throws OTHER_OPERATION_IN_PROGRESS when nobody waits any more, or after two hours.
 * @param obstacle what is in the way as things are now
 * @param take marks the object, before anybody else can
 */
export async function takeTurn(
  context: Context,
  cls: 'VIF' | 'VM',
  obstacle: () => Failure | undefined,
  take: () => void,
): Promise<void> {
  const { pool, signal } = context
  let giveUp: AbortSignal | undefined
  for (let failure = obstacle(); failure !== undefined; failure = obstacle()) {
    if (failure.description[0] !== 'OTHER_OPERATION_IN_PROGRESS') throw failure
    giveUp ??= AbortSignal.any([pool.ending, AbortSignal.timeout(2 * HOUR_MS), signal ?? pool.ending])
    if (giveUp.aborted) throw failure
    await changeOf(pool.db, cls, giveUp)
  }
  take()
}

function changeOf(db: Database, cls: 'VIF' | 'VM', giveUp: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      forget()
      giveUp.removeEventListener('abort', done)
      resolve()
    }
    const forget = db.onChange(change => {
      if (change.class === cls) done()
    })
    giveUp.addEventListener('abort', done)
  })
}
