import type { Ref } from '../../../datamodel/index.ts'
import type { Database } from '../../database/index.ts'
import { type Pool, poolRef } from '../../dispatch/context.ts'
import { Failure } from '../../dispatch/failure.ts'
import { isSriovNetwork, type Layer, layerBelow, layerOf, pifsOn } from '../topology.ts'

/** What HA asks of networks, so that a guest that it protects can start on any host (docs/spec/networking-semantics.md 14.3). */

/** Throws HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED [network] unless every enabled host has the network, where HA protects the VM. */
export function checkHaReachesNetwork(pool: Pool, vm: Ref<'VM'>, network: Ref<'network'>): void {
  const { db } = pool
  if (!isConstrained(pool) || !isProtected(db, vm)) return
  const enabled = db.refs('host').filter(host => db.get('host', host, 'enabled'))
  if (!enabled.every(host => hasUsablePif(db, network, host))) {
    throw new Failure('HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED', network)
  }
}

/** The same of the networks that a host which is to be enabled has on PIFs that cannot be plugged. */
export function checkHaLetsEnable(pool: Pool, host: Ref<'host'>): void {
  const { db } = pool
  if (!isConstrained(pool)) return
  for (const pif of db.get('host', host, 'PIFs')) {
    const network = db.get('PIF', pif, 'network')
    if (isPluggable(db, pif) || !db.exists('network', network) || hasUsablePif(db, network, host)) continue
    const vms = db.get('network', network, 'VIFs').map(vif => db.get('VIF', vif, 'VM'))
    if (vms.some(vm => db.exists('VM', vm) && isProtected(db, vm))) {
      throw new Failure('HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED', network)
    }
  }
}

/**
 * Whether a VM can start on any enabled host. Throws HA_CONSTRAINT_VIOLATION_SR_NOT_SHARED [SR], VM_HAS_SRIOV_VIF [vm],
 * HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED [network].
 */
export function checkAgile({ db }: Pool, vm: Ref<'VM'>): void {
  for (const vbd of db.get('VM', vm, 'VBDs')) {
    const vdi = db.get('VBD', vbd, 'VDI')
    const sr = db.exists('VDI', vdi) ? db.get('VDI', vdi, 'SR') : ''
    if (db.exists('SR', sr) && !db.get('SR', sr, 'shared'))
      throw new Failure('HA_CONSTRAINT_VIOLATION_SR_NOT_SHARED', sr)
  }
  const enabled = db.refs('host').filter(host => db.get('host', host, 'enabled'))
  for (const vif of db.get('VM', vm, 'VIFs')) {
    const network = db.get('VIF', vif, 'network')
    if (isSriovNetwork(db, network)) throw new Failure('VM_HAS_SRIOV_VIF', vm)
    if (!enabled.every(host => hasUsablePif(db, network, host))) {
      throw new Failure('HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED', network)
    }
  }
}

function isConstrained(pool: Pool): boolean {
  const own = poolRef(pool)
  return pool.db.get('pool', own, 'ha_enabled') && !pool.db.get('pool', own, 'ha_allow_overcommit')
}

const isProtected = (db: Database, vm: Ref<'VM'>): boolean =>
  db.get('VM', vm, 'ha_always_run') && db.get('VM', vm, 'ha_restart_priority') === 'restart'

const hasUsablePif = (db: Database, network: Ref<'network'>, host: Ref<'host'>): boolean =>
  pifsOn(db, network, host).some(pif => !isSlave(db, pif) && !waitsForReboot(db, pif))

const isSlave = (db: Database, pif: Ref<'PIF'>): boolean => db.exists('Bond', db.get('PIF', pif, 'bond_slave_of'))

/** Whether what a PIF stands on in the end is no bond slave (docs/spec/networking-semantics.md 2.2). */
function isPluggable(db: Database, pif: Ref<'PIF'>): boolean {
  let layer: Layer | undefined = layerOf(db, pif)
  while (layer && layer.kind !== 'physical') layer = layerBelow(db, layer)
  return layer === undefined || !isSlave(db, layer.pif)
}

/** SR-IOV that a boot alone can bring up. */
function waitsForReboot(db: Database, pif: Ref<'PIF'>): boolean {
  const layer = layerOf(db, pif)
  return layer.kind === 'sriov' && db.get('network_sriov', layer.sriov, 'requires_reboot')
}
