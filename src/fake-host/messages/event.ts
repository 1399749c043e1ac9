import type { EventRecord, Ref, Value } from '../../datamodel/index.ts'
import type { Stored } from '../database/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { eventsSince, refCounts } from '../events/from.ts'
import { subscription } from '../events/subscription.ts'
import { parseToken, printToken } from '../events/token.ts'
import { waitFor } from '../events/wait.ts'

/** How long changes are gathered before the first look, in milliseconds (docs/spec/protocol-semantics.md 5.2, 5.4). */
const SETTLE = { from: 50, next: 200 }

const caller = ({ session }: Context): Ref<'session'> => {
  if (session === undefined) throw new Error('events are for sessions')
  return session
}

/** Events are Maps: the record in them is of any class, which no type says. */
const asEvents = (events: readonly ReadonlyMap<string, Value>[]): readonly EventRecord[] =>
  events as readonly unknown[] as readonly EventRecord[] // written by the type that resultType makes

export const event: Messages<'event'> = {
  async from(context, classes, token, timeout) {
    const { pool, signal } = context
    const { db, log } = pool
    const wanted = subscription(classes)
    const start = parseToken(token)
    const limit = timeout >= 0 && Number.isFinite(timeout) ? timeout * 1000 : undefined
    const tasksOnly = classes.every(entry => /^task(\/|$)/i.test(entry))
    const batch = await waitFor({
      pool,
      session: caller(context),
      settle: tasksOnly || limit === 0 ? 0 : SETTLE.from,
      ...(limit !== undefined && { limit }),
      signal,
      look() {
        const found = eventsSince(db, log, wanted, start)
        return found.events.length > 0 ? found : undefined
      },
    })
    return {
      events: asEvents(batch?.events ?? []),
      valid_ref_counts: refCounts(db),
      token: batch?.token ?? printToken({ ...start, messages: start.messages > 0n ? start.messages : 0n }),
    }
  },

  async next(context) {
    const { pool, signal } = context
    const session = caller(context)
    const taken = await waitFor({
      pool,
      session,
      settle: SETTLE.next,
      signal,
      look() {
        const events = pool.queue.take(session)
        return events.length > 0 ? events : undefined
      },
    })
    return asEvents(taken ?? [])
  },

  register(context, classes) {
    context.pool.queue.register(caller(context), classes)
  },

  unregister(context, classes) {
    context.pool.queue.unregister(caller(context), classes)
  },

  get_current_id: ({ pool }) => pool.queue.nextId,

  /** Touches an object, and gives a token that is older than the touch (docs/spec/protocol-semantics.md 5.3). */
  inject({ pool: { db } }, cls, ref) {
    if (db.classOf(ref) !== cls) throw new Failure('HANDLE_INVALID', cls, ref)
    const token = printToken({ generation: BigInt(db.generation - 1), messages: 0n })
    db.inject(cls as Stored, ref) // the class that the reference belongs to
    return token
  },
}
