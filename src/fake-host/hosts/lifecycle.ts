import type { Ref } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import { coordinator, type Pool } from '../dispatch/context.ts'
import { forgetGuests } from '../guests/index.ts'
import { bootNetworks, followCoordinator } from './boot.ts'
import type { Power } from './hosts.ts'

export interface StopOptions {
  /** The coordinator has not noticed yet: the host still counts as live, and what is asked of it fails at the attempt. */
  readonly unnoticed?: boolean | undefined
  /** Calls that are under way may still be answered. */
  readonly answering?: boolean | undefined
}

/**
 * A host loses its power. Its records stay as they are (docs/spec/networking-semantics.md 13.5), but for its metrics, which say
 * that it is not live. With the coordinator all sessions and tasks are gone, as they are kept nowhere.
 */
export function powerOff(pool: Pool, host: Ref<'host'>, { unnoticed = false }: StopOptions = {}): void {
  const state = pool.hosts.of(host)
  state.state = 'stopped'
  state.proposed = undefined
  state.sessions.clear()
  if (host === coordinator(pool)) forgetWork(pool)
  else if (!unnoticed) setLive(pool, host, false)
  pool.networks.conditions.changed()
}

/**
 * A host boots. A member follows the coordinator that the pool has by now, and comes no further without one; members that waited
 * for this one go on then. What the records say to run there is halted: it went with the power.
 */
export async function powerOn(pool: Pool, host: Ref<'host'>): Promise<void> {
  const state = pool.hosts.of(host)
  state.state = 'booting'
  state.stray = undefined
  await pool.networks.reboot(host)
  forgetGuests(pool, host)
  if (host === coordinator(pool) || pool.hosts.isRunning(coordinator(pool))) await finishBoot(pool, host)
  if (host === coordinator(pool)) await finishBoots(pool)
}

/** What hosts that wait for a coordinator do when there is one. */
export async function finishBoots(pool: Pool): Promise<void> {
  for (const host of pool.db.refs('host')) {
    const { state, stray } = pool.hosts.of(host)
    if (state === 'booting' && stray === undefined) await finishBoot(pool, host)
  }
}

async function finishBoot(pool: Pool, host: Ref<'host'>): Promise<void> {
  await bootNetworks(pool, host)
  const state = pool.hosts.of(host)
  state.state = 'running'
  setLive(pool, host, true)
  if (state.autoEnable) pool.db.set('host', host, 'enabled', true)
  await followCoordinator(pool, host)
  pool.networks.conditions.changed()
}

/**
 * The toolstack of a host starts anew while the host goes on: bridges and guests are as they were, so that what was attached is
 * attached without an event about it (docs/spec/networking-semantics.md 13.4, last paragraph). What only the toolstack knew is
 * gone: sessions, tasks, promises, the count of bridges.
 */
export async function restartToolstack(pool: Pool, host: Ref<'host'>): Promise<void> {
  const state = pool.hosts.of(host)
  const leads = host === coordinator(pool)
  state.proposed = undefined
  state.sessions.clear()
  if (leads) forgetWork(pool)
  pool.networks.restartToolstack(host, leads)
  state.state = 'booting'
  if (leads || pool.hosts.isRunning(coordinator(pool))) await finishBoot(pool, host)
  if (leads) await finishBoots(pool)
}

/** How machines are switched that are reached through calls in this process alone. */
export const directPower = (pool: Pool): Power => ({
  off: async host => powerOff(pool, host),
  on: host => powerOn(pool, host),
  async cycle(host) {
    powerOff(pool, host)
    await powerOn(pool, host)
  },
})

/** All that the coordinator keeps nowhere. */
function forgetWork(pool: Pool): void {
  forgetSessions(pool)
  for (const task of pool.db.refs('task')) pool.db.destroy('task', task)
}

/** What the metrics of a host say about it. */
export function setLive({ db, clock }: Pool, host: Ref<'host'>, live: boolean): void {
  const metrics = db.get('host', host, 'metrics')
  if (!db.exists('host_metrics', metrics) || db.get('host_metrics', metrics, 'live') === live) return
  db.set('host_metrics', metrics, 'live', live)
  if (live) db.set('host_metrics', metrics, 'last_updated', xenDate(clock()))
}

export function forgetSessions({ db }: Pool): void {
  for (const session of db.refs('session')) db.destroy('session', session)
}
