import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { Failure } from '../dispatch/failure.ts'
import { freeFunctions, isSriovNetwork, sriovsOn } from '../network/index.ts'

/** Virtual functions of NICs, which VIFs on SR-IOV networks have instead of ports (docs/spec/networking-semantics.md 7). */

export const hasSriovVif = (db: Database, vm: Ref<'VM'>): boolean =>
  db.get('VM', vm, 'VIFs').some(vif => isOnSriov(db, vif))

/**
 * Gives each plugged VIF of a VM on an SR-IOV network a free function of the host's NIC, instead of what it had.
 * Throws NETWORK_SRIOV_INSUFFICIENT_CAPACITY [network]; then no VIF has one.
 */
export function takeFunctions(db: Database, vm: Ref<'VM'>, host: Ref<'host'>): void {
  releaseFunctions(db, vm)
  for (const vif of db.get('VM', vm, 'VIFs')) {
    if (!db.get('VIF', vif, 'currently_attached') || !isOnSriov(db, vif)) continue
    const network = db.get('VIF', vif, 'network')
    const [free] = sriovsOn(db, network, host).flatMap(sriov => freeFunctions(db, sriov))
    if (free === undefined) {
      releaseFunctions(db, vm)
      throw new Failure('NETWORK_SRIOV_INSUFFICIENT_CAPACITY', network)
    }
    db.set('PCI', free, 'attached_VMs', [vm])
    db.set('VIF', vif, 'reserved_pci', free)
  }
}

export function releaseFunctions(db: Database, vm: Ref<'VM'>): void {
  for (const vif of db.get('VM', vm, 'VIFs')) {
    const taken = db.get('VIF', vif, 'reserved_pci')
    if (db.exists('PCI', taken)) db.set('PCI', taken, 'attached_VMs', [])
    db.set('VIF', vif, 'reserved_pci', NULL_REF)
  }
}

function isOnSriov(db: Database, vif: Ref<'VIF'>): boolean {
  const network = db.get('VIF', vif, 'network')
  return db.exists('network', network) && isSriovNetwork(db, network)
}
