import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { Failure } from '../dispatch/failure.ts'
import { primaryAddress } from '../network/index.ts'
import type { Joining } from './checks.ts'

/**
 * Whether a host can become a member of the cluster of a pool that takes in new hosts by itself
 * (docs/spec/networking-semantics.md 13.1, 4 and 5).
 */
export function checkClusterNetwork({ pool: { db }, host, other }: Joining): void {
  for (const cluster of other.refs('Cluster')) {
    if (!other.get('Cluster', cluster, 'pool_auto_join')) continue
    for (const pif of pifsOf(other, cluster)) {
      const tag = other.get('PIF', pif, 'VLAN')
      if (tag > 0 && !other.get('PIF', pif, 'management')) {
        throw new Failure('POOL_JOINING_POOL_CANNOT_ENABLE_CLUSTERING_ON_VLAN_NETWORK', String(tag))
      }
    }
    const bridges = new Set(pifsOf(other, cluster).map(pif => bridgeOf(other, pif)))
    const own = db
      .get('host', host, 'PIFs')
      .filter(pif => bridges.has(bridgeOf(db, pif)) && primaryAddress(db, pif) !== '')
    if (own.length !== 1) throw new Failure('POOL_JOINING_HOST_MUST_HAVE_ONLY_ONE_IP_ON_CLUSTERING_NETWORK')
  }
}

const pifsOf = (db: Database, cluster: Ref<'Cluster'>): Ref<'PIF'>[] =>
  db
    .get('Cluster', cluster, 'cluster_hosts')
    .map(member => db.get('Cluster_host', member, 'PIF'))
    .filter(pif => db.exists('PIF', pif))

function bridgeOf(db: Database, pif: Ref<'PIF'>): string {
  const network = db.get('PIF', pif, 'network')
  return db.exists('network', network) ? db.get('network', network, 'bridge') : ''
}
