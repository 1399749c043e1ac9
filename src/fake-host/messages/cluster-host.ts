import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, type Messages, onHost } from '../dispatch/context.ts'
import { Failure, internalError } from '../dispatch/failure.ts'
import { checkClusterable, pifsOn, plug } from '../network/index.ts'

/** What a host does for a cluster (docs/spec/networking-semantics.md 14.2). */
export const clusterHost: Messages<'Cluster_host'> = {
  create: (context, cluster, host, pif) => joinCluster(onHost(context, host), cluster, pif),

  enable(context, self) {
    const { db } = context.pool
    onHost(context, db.get('Cluster_host', self, 'host'))
    checkClusterable(db, db.get('Cluster_host', self, 'PIF'))
    db.set('Cluster_host', self, 'enabled', true)
    countMembers(db, db.get('Cluster_host', self, 'cluster'))
  },

  disable(context, self) {
    const { db } = context.pool
    onHost(context, db.get('Cluster_host', self, 'host'))
    checkStackUnused(db, self)
    db.set('Cluster_host', self, 'enabled', false)
    countMembers(db, db.get('Cluster_host', self, 'cluster'))
  },

  destroy(context, self) {
    const { db } = context.pool
    onHost(context, db.get('Cluster_host', self, 'host'))
    checkCanLeave(db, self)
    const cluster = db.get('Cluster_host', self, 'cluster')
    if (db.get('Cluster', cluster, 'cluster_hosts').length === 1) throw new Failure('CLUSTER_HOST_IS_LAST', self)
    leaveCluster(db, self)
  },

  force_destroy(context, self) {
    const { db } = context.pool
    onHost(context, db.get('Cluster_host', self, 'host'))
    checkStackUnused(db, self)
    leaveCluster(db, self)
  },
}

/** Adds the executing host to a cluster; the PIF is plugged, and stays so, before it is looked at. */
export async function joinCluster(
  context: Context,
  cluster: Ref<'Cluster'>,
  pif: Ref<'PIF'>,
): Promise<Ref<'Cluster_host'>> {
  const { pool, host } = context
  const { db } = pool
  if (clusterHostOf(db, host) !== undefined) throw internalError(`${host} is in a cluster`)
  if (db.get('PIF', pif, 'host') !== host) throw new Failure('PIF_NOT_ATTACHED_TO_HOST', pif, host)
  db.set('PIF', pif, 'disallow_unplug', true)
  await plug(context, pif)
  checkClusterable(db, pif)
  return addMember(db, { cluster, host, PIF: pif })
}

/** A host that starts joins a cluster of its pool by itself, where the cluster wants that and the host has one PIF for it. */
export async function joinClustersOfPool(context: Context): Promise<void> {
  const { pool, host } = context
  const { db } = pool
  for (const cluster of db.refs('Cluster')) {
    if (!db.get('Cluster', cluster, 'pool_auto_join') || clusterHostOf(db, host) !== undefined) continue
    const network = clusterNetwork(db, cluster)
    const [pif, ...more] = network === undefined ? [] : pifsOn(db, network, host)
    if (pif !== undefined && more.length === 0) await joinCluster(context, cluster, pif)
  }
}

export function addMember(
  db: Database,
  member: { cluster: Ref<'Cluster'>; host: Ref<'host'>; PIF: Ref<'PIF'> },
): Ref<'Cluster_host'> {
  const ref = db.create('Cluster_host', { ...member, enabled: true, joined: true, live: true })
  countMembers(db, member.cluster)
  return ref
}

export function leaveCluster(db: Database, self: Ref<'Cluster_host'>): void {
  const cluster = db.get('Cluster_host', self, 'cluster')
  db.destroy('Cluster_host', self)
  if (db.exists('Cluster', cluster)) countMembers(db, cluster)
}

export const clusterHostOf = (db: Database, host: Ref<'host'>): Ref<'Cluster_host'> | undefined =>
  db.refs('Cluster_host').find(ref => db.get('Cluster_host', ref, 'host') === host)

/** The network that the members of a cluster see each other on. */
export function clusterNetwork(db: Database, cluster: Ref<'Cluster'>): Ref<'network'> | undefined {
  const pifs = db.get('Cluster', cluster, 'cluster_hosts').map(ref => db.get('Cluster_host', ref, 'PIF'))
  const [pif] = pifs.filter(ref => db.exists('PIF', ref))
  return pif === undefined ? undefined : db.get('PIF', pif, 'network')
}

export function checkCanLeave(db: Database, self: Ref<'Cluster_host'>): void {
  if (!db.get('Cluster_host', self, 'enabled')) throw new Failure('CLUSTERING_DISABLED', self)
  checkStackUnused(db, self)
}

/** Throws CLUSTER_STACK_IN_USE [stack] while a storage repository that needs it is plugged into the host. */
export function checkStackUnused(db: Database, self: Ref<'Cluster_host'>): void {
  const host = db.get('Cluster_host', self, 'host')
  const cluster = db.get('Cluster_host', self, 'cluster')
  const isUser = (pbd: Ref<'PBD'>): boolean => {
    const sr = db.exists('PBD', pbd) ? db.get('PBD', pbd, 'SR') : NULL_REF
    return db.exists('SR', sr) && db.get('SR', sr, 'type') === 'gfs2' && db.get('PBD', pbd, 'currently_attached')
  }
  if (db.exists('host', host) && db.get('host', host, 'PBDs').some(isUser)) {
    throw new Failure('CLUSTER_STACK_IN_USE', db.get('Cluster', cluster, 'cluster_stack'))
  }
}

function countMembers(db: Database, cluster: Ref<'Cluster'>): void {
  const members = db.get('Cluster', cluster, 'cluster_hosts')
  const enabled = members.filter(ref => db.get('Cluster_host', ref, 'enabled'))
  const quorum = Math.floor(members.length / 2) + 1
  db.set('Cluster', cluster, 'expected_hosts', members.length)
  db.set('Cluster', cluster, 'live_hosts', enabled.length)
  db.set('Cluster', cluster, 'quorum', quorum)
  db.set('Cluster', cluster, 'is_quorate', enabled.length >= quorum)
}
