import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { clusterHostOf, leaveCluster } from '../messages/cluster-host.ts'
import { Unintelligible, Unreachable } from '../neighbours/index.ts'
import { ensureControlDomain } from './control-domain.ts'

/** How hosts come into a pool and leave it, on the side of the pool. */

/** A host that has joined starts as a member. From now on it is this process that plays it; its old one is a door that leads here. */
export async function welcome(pool: Pool, host: Ref<'host'>, address: string): Promise<void> {
  const { db, hosts, networks } = pool
  const state = hosts.of(host)
  state.state = 'stopped'
  state.joinedFrom = address
  if (/:\d+$/.test(address)) state.servedAt = address
  db.set('host', host, 'address', address)
  ensureControlDomain(db, host)
  networks.forget(host) // its cards are those that it has told of by now
  await hosts.power.on(host)
}

/**
 * A host leaves the pool: its storage is unplugged, its cluster goes on without it, and it is off. Where it came from another process,
 * that plays it again (docs/spec/networking-semantics.md 13.3).
 */
export async function removeHost(pool: Pool, host: Ref<'host'>): Promise<void> {
  const { db, hosts, networks } = pool
  const { joinedFrom } = hosts.of(host)
  for (const pbd of db.get('host', host, 'PBDs')) db.set('PBD', pbd, 'currently_attached', false)
  const member = clusterHostOf(db, host)
  if (member !== undefined) leaveCluster(db, member)
  await hosts.power.off(host)
  for (const vm of db.get('host', host, 'resident_VMs')) {
    if (db.get('VM', vm, 'is_control_domain')) db.destroy('VM', vm)
    else db.set('VM', vm, 'resident_on', NULL_REF)
  }
  db.destroy('host', host)
  hosts.forget(host)
  networks.forget(host)
  if (joinedFrom !== undefined) await dismiss(pool, joinedFrom, host)
}

/** Tells a host that it is on its own. One that does not answer finds out by itself, sooner or later. */
async function dismiss(pool: Pool, address: string, host: Ref<'host'>): Promise<void> {
  const neighbour = pool.reach(address)
  try {
    const session = String(await neighbour.call('session.slave_local_login', pool.hosts.secret))
    await neighbour.call('pool.eject', session, host)
  } catch (error) {
    const isTheirs = error instanceof Failure || error instanceof Unreachable || error instanceof Unintelligible
    if (!isTheirs) throw error
  }
}
