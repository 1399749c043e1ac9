import { NULL_REF, type Ref } from '../../../datamodel/index.ts'
import type { Database } from '../../database/index.ts'
import { type Context, coordinator, poolRef } from '../../dispatch/context.ts'
import { Failure } from '../../dispatch/failure.ts'
import { layerOf } from '../topology.ts'

/** The checks on PIFs of docs/spec/networking-semantics.md 2.3. Each returns when it passes. */

export function checkManagedPif(db: Database, pif: Ref<'PIF'>): void {
  if (!db.get('PIF', pif, 'managed')) throw new Failure('PIF_UNMANAGED', pif)
}

export function checkNotBondSlave(db: Database, pif: Ref<'PIF'>): void {
  if (db.get('PIF', pif, 'bond_slave_of') !== NULL_REF) throw new Failure('CANNOT_PLUG_BOND_SLAVE', pif)
}

/** usable-for-management, with the PIF's own primary address type */
export function checkUsableForManagement(db: Database, pif: Ref<'PIF'>): void {
  checkNotBondSlave(db, pif)
  if (db.get('PIF', pif, 'primary_address_type') === 'IPv4') {
    if (db.get('PIF', pif, 'ip_configuration_mode') === 'None') {
      throw new Failure('PIF_HAS_NO_NETWORK_CONFIGURATION', pif)
    }
  } else if (db.get('PIF', pif, 'ipv6_configuration_mode') === 'None') {
    throw new Failure('PIF_HAS_NO_V6_NETWORK_CONFIGURATION', pif)
  }
}

export function checkNotInBond(db: Database, pif: Ref<'PIF'>): void {
  const slave = db.exists('Bond', db.get('PIF', pif, 'bond_slave_of'))
  if (slave || db.linked('PIF', pif, 'bond_master_of').size > 0) throw new Failure('PIF_ALREADY_BONDED', pif)
}

export function checkNoVlans(db: Database, pif: Ref<'PIF'>): void {
  if (db.linked('PIF', pif, 'VLAN_slave_of').size > 0 || db.get('PIF', pif, 'VLAN') !== -1) {
    throw new Failure('PIF_VLAN_STILL_EXISTS', pif)
  }
}

export function checkNoTunnels(db: Database, pif: Ref<'PIF'>): void {
  const tunnels =
    db.linked('PIF', pif, 'tunnel_transport_PIF_of').size + db.linked('PIF', pif, 'tunnel_access_PIF_of').size
  if (tunnels > 0) throw new Failure('PIF_TUNNEL_STILL_EXISTS', pif)
}

export function checkNoSriov(db: Database, pif: Ref<'PIF'>): void {
  const { kind } = layerOf(db, pif)
  if (kind === 'sriov') throw new Failure('CANNOT_FORGET_SRIOV_LOGICAL', pif)
  if (kind === 'physical' && db.linked('PIF', pif, 'sriov_physical_PIF_of').size > 0) {
    throw new Failure('PIF_SRIOV_STILL_EXISTS', pif)
  }
}

export function checkNotManagement(db: Database, pif: Ref<'PIF'>): void {
  if (db.get('PIF', pif, 'management')) throw new Failure('PIF_IS_MANAGEMENT_INTERFACE', pif)
}

/** not-slave-management: what is refused on the attached management PIF of a pool member. */
export function checkNotSlaveManagement({ pool, host }: Context, pif: Ref<'PIF'>): void {
  if (host === coordinator(pool) || !pool.db.get('PIF', pif, 'currently_attached')) return
  checkNotManagement(pool.db, pif)
}

/** no-protection: what HA and the redo log refuse on an attached PIF. */
export function checkNoProtection({ pool }: Context, pif: Ref<'PIF'>): void {
  if (!pool.db.get('PIF', pif, 'currently_attached')) return
  if (pool.db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
  if (pool.db.get('pool', poolRef(pool), 'redo_log_enabled')) throw new Failure('REDO_LOG_IS_ENABLED')
}

export function checkNoClustering(db: Database, pif: Ref<'PIF'>): void {
  const clusterHost = db.refs('Cluster_host').find(ref => db.get('Cluster_host', ref, 'PIF') === pif)
  if (clusterHost !== undefined && db.get('Cluster_host', clusterHost, 'enabled')) {
    throw new Failure('CLUSTERING_ENABLED', clusterHost)
  }
}

/** What a cluster needs of a PIF (docs/spec/networking-semantics.md 14.2). */
export function checkClusterable(db: Database, pif: Ref<'PIF'>): void {
  if (!db.get('PIF', pif, 'disallow_unplug')) throw new Failure('PIF_ALLOWS_UNPLUG', pif)
  if (!db.get('PIF', pif, 'currently_attached')) throw new Failure('REQUIRED_PIF_IS_UNPLUGGED', pif)
  if (db.get('PIF', pif, 'IP') === '') throw new Failure('PIF_HAS_NO_NETWORK_CONFIGURATION', pif)
}

export function checkUnplugAllowed(db: Database, pif: Ref<'PIF'>): void {
  if (db.get('PIF', pif, 'disallow_unplug')) throw new Failure('PIF_DOES_NOT_ALLOW_UNPLUG', pif)
}

/**
 * fcoe-free. Which disks a NIC leads to only its hardware knows; here every attached FCoE SR of the host counts as using
 * every NIC that is capable of it.
 */
export function checkNoFcoeSr({ pool: { db }, host }: Context, pif: Ref<'PIF'>): void {
  if (!db.get('PIF', pif, 'capabilities').includes('fcoe')) return
  for (const pbd of db.get('host', host, 'PBDs')) {
    const sr = db.get('PBD', pbd, 'SR')
    const inUse = db.get('PBD', pbd, 'currently_attached') && db.exists('SR', sr)
    if (inUse && db.get('SR', sr, 'type') === 'lvmofcoe') throw new Failure('PIF_HAS_FCOE_SR_IN_USE', pif, sr)
  }
}
