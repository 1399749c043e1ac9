import type { Message, Ref, XenApi } from '../../datamodel/index.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/index.ts'
import type { ChangeLog } from '../events/log.ts'
import type { EventQueue } from '../events/queue.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { Reach } from '../neighbours/index.ts'
import type { Networks, Queues } from '../network/index.ts'
import type { Random } from '../random.ts'
import type { StatusOwner } from '../roles/status-owner.ts'
import type { Users } from '../users/users.ts'
import { Failure } from './failure.ts'

/** All that the bodies of messages work on: one pool, without any global state. */
export interface Pool {
  readonly db: Database
  readonly random: Random
  readonly clock: Clock
  /** Its hosts as single machines. */
  readonly hosts: Hosts
  /** The networking daemon of each host. */
  readonly networks: Networks
  /** What is done to the domain of a VM and to its ports: one thing after the other, by the VM's reference. */
  readonly domains: Queues
  /** Other pools, by their address. */
  readonly reach: Reach
  /** Who may log in over TCP. */
  readonly users: Users
  /** The only one who may write the status of tunnels, where there is one (docs/spec/tunnelling-design.md T7). */
  readonly statusOwner: StatusOwner | undefined
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
  /** The caller's session where only this host knows it: it may do everything here, and is in no database. */
  readonly localSession?: string | undefined
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

export const coordinator = ({ hosts }: Pool): Ref<'host'> => hosts.coordinator()

/** Whether calls can be forwarded to a host: to the coordinator always, to others while their metrics say that they are live. */
export function isLive(pool: Pool, host: Ref<'host'>): boolean {
  const { db } = pool
  if (host === coordinator(pool)) return true
  const metrics = db.exists('host', host) ? db.get('host', host, 'metrics') : ''
  return db.exists('host_metrics', metrics) && db.get('host_metrics', metrics, 'live')
}

/**
 * The context of the host that a call is forwarded to (docs/spec/networking-semantics.md 0.3).
 * Throws HOST_OFFLINE [host] unless the host is the coordinator or its metrics say that it is live, CANNOT_CONTACT_HOST [host]
 * where they say so and it does not run.
 */
export function onHost(context: Context, host: Ref<'host'>): Context {
  if (!isLive(context.pool, host)) throw new Failure('HOST_OFFLINE', host)
  if (!context.pool.hosts.isRunning(host)) throw new Failure('CANNOT_CONTACT_HOST', host)
  const { db } = context.pool
  const { task } = context
  if (task !== undefined && db.exists('task', task)) db.set('task', task, 'resident_on', host)
  return { ...context, host }
}
