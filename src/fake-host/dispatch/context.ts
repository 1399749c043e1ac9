import type { Message, Ref, XenApi } from '../../datamodel/index.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/index.ts'
import type { ChangeLog } from '../events/log.ts'
import type { EventQueue } from '../events/queue.ts'
import type { Networks } from '../network/index.ts'
import type { Random } from '../random.ts'
import { Failure } from './failure.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** All that the bodies of messages work on: one pool, without any global state. */
export interface Pool {
  readonly db: Database
  readonly random: Random
  readonly clock: Clock
  /** The networking daemon of each host. */
  readonly networks: Networks
  /** Who may log in over TCP as local root. */
  readonly credentials: Credentials
  /** What changed lately, for event.from. */
  readonly log: ChangeLog
  /** What is queued for event.next. */
  readonly queue: EventQueue
  /** Fires when the pool is no longer needed: whatever waits, ends. */
  readonly ending: AbortSignal
}

/** One call on its way through the body of a message. */
export interface Context {
  readonly pool: Pool
  readonly message: Message
  /** The session of the caller; undefined for messages that take none. */
  readonly session: Ref<'session'> | undefined
  readonly origin: 'tcp' | 'unix' | 'memory'
  /** The host that executes the body. */
  readonly host: Ref<'host'>
  /** The task that the call is, where it is one. */
  readonly task: Ref<'task'> | undefined
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal | undefined
}

/** The body of a message: its parameters are complete and of the right types. */
export type Body<C extends keyof XenApi, M extends keyof XenApi[C]> = XenApi[C][M] extends (
  ...parameters: infer P
) => Promise<infer R>
  ? (context: Context, ...parameters: Required<P>) => R | Promise<R>
  : never

/** The bodies of one class's messages. */
export type Messages<C extends keyof XenApi> = { readonly [M in keyof XenApi[C]]?: Body<C, M> }

/** The only pool record. */
export function poolRef(pool: Pool): Ref<'pool'> {
  const ref = pool.db.refs('pool')[0]
  if (ref === undefined) throw new Error('the database has no pool')
  return ref
}

export const coordinator = (pool: Pool): Ref<'host'> => pool.db.get('pool', poolRef(pool), 'master')

/** Whether calls can be forwarded to a host: to the coordinator always, to others while their metrics say that they are live. */
export function isLive(pool: Pool, host: Ref<'host'>): boolean {
  const { db } = pool
  if (host === coordinator(pool)) return true
  const metrics = db.exists('host', host) ? db.get('host', host, 'metrics') : ''
  return db.exists('host_metrics', metrics) && db.get('host_metrics', metrics, 'live')
}

/**
 * The context of the host that a call is forwarded to (docs/spec/networking-semantics.md 0.3).
 * Throws HOST_OFFLINE [host] unless the host is the coordinator or its metrics say that it is live.
 */
export function onHost(context: Context, host: Ref<'host'>): Context {
  if (!isLive(context.pool, host)) throw new Failure('HOST_OFFLINE', host)
  const { db } = context.pool
  const { task } = context
  if (task !== undefined && db.exists('task', task)) db.set('task', task, 'resident_on', host)
  return { ...context, host }
}
