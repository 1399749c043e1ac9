import { NULL_REF, type Ref } from '../../../datamodel/index.ts'
import type { Database } from '../../database/index.ts'
import { Failure } from '../../dispatch/failure.ts'
import { firstPifOn, isSriovNetwork, layerBelow, layerOf, sriovBelowVlan } from '../topology.ts'

/** What may stand on which PIF (docs/spec/networking-semantics.md 2.3, the rules below the table). */

/** tunnel-on-PIF rule */
export function checkCarriesTunnel(db: Database, transport: Ref<'PIF'>): void {
  const layer = layerOf(db, transport)
  if (layer.kind === 'physical' && db.get('PIF', transport, 'bond_slave_of') !== NULL_REF) {
    throw new Failure('CANNOT_ADD_TUNNEL_TO_BOND_SLAVE', transport)
  }
  if (layer.kind === 'tunnel') throw new Failure('IS_TUNNEL_ACCESS_PIF', transport)
  if (layer.kind === 'sriov') throw new Failure('CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL', transport)
  if (sriovBelowVlan(db, layer)) throw new Failure('CANNOT_ADD_TUNNEL_TO_VLAN_ON_SRIOV_LOGICAL', transport)
}

/** VLAN-on-PIF rule */
export function checkCarriesVlan(db: Database, tagged: Ref<'PIF'>): void {
  const { kind } = layerOf(db, tagged)
  if (kind === 'physical' && db.get('PIF', tagged, 'bond_slave_of') !== NULL_REF) {
    throw new Failure('CANNOT_ADD_VLAN_TO_BOND_SLAVE', tagged)
  }
  if (kind === 'VLAN') throw new Failure('PIF_IS_VLAN', tagged)
  if (kind === 'tunnel') throw new Failure('IS_TUNNEL_ACCESS_PIF', tagged)
}

/** Whether the network takes a VLAN on this PIF: both or neither on SR-IOV (docs/spec/networking-semantics.md 5.1, 5a-5c). */
export function checkTakesVlan(db: Database, network: Ref<'network'>, tagged: Ref<'PIF'>): void {
  const below = layerOf(db, tagged)
  if (below.kind !== 'sriov') {
    if (isSriovNetwork(db, network)) throw new Failure('NETWORK_INCOMPATIBLE_WITH_VLAN_ON_BRIDGE', network)
    return
  }
  const first = firstPifOn(db, network)
  if (first === undefined) return
  const other = sriovBelowVlan(db, layerOf(db, first))
  if (!other) throw new Failure('NETWORK_INCOMPATIBLE_WITH_VLAN_ON_SRIOV', network)
  const devices = [below, other].map(layer => deviceType(db, layerBelow(db, layer)?.pif ?? NULL_REF))
  if (devices[0] !== devices[1]) throw new Failure('NETWORK_HAS_INCOMPATIBLE_VLAN_ON_SRIOV_PIFS', tagged, network)
}

/** SR-IOV rule */
export function checkCarriesSriov(db: Database, pif: Ref<'PIF'>): void {
  if (layerOf(db, pif).kind !== 'physical') throw new Failure('PIF_IS_NOT_PHYSICAL', pif)
  if (db.linked('PIF', pif, 'sriov_physical_PIF_of').size > 0) throw new Failure('NETWORK_SRIOV_ALREADY_ENABLED', pif)
  if (!db.get('PIF', pif, 'capabilities').includes('sriov')) throw new Failure('PIF_IS_NOT_SRIOV_CAPABLE', pif)
}

/** Whether the network takes SR-IOV on this PIF: only beside SR-IOV on NICs of the same type (docs/spec/networking-semantics.md 7). */
export function checkTakesSriov(db: Database, network: Ref<'network'>, pif: Ref<'PIF'>): void {
  const first = firstPifOn(db, network)
  if (first === undefined) return
  const other = layerOf(db, first)
  if (other.kind !== 'sriov') throw new Failure('NETWORK_INCOMPATIBLE_WITH_SRIOV', network)
  if (deviceType(db, layerBelow(db, other)?.pif ?? NULL_REF) !== deviceType(db, pif)) {
    throw new Failure('NETWORK_HAS_INCOMPATIBLE_SRIOV_PIFS', pif, network)
  }
}

/** Vendor and device of the NIC's PCI record; PIFs that have none are all alike. */
function deviceType(db: Database, pif: Ref<'PIF'>): string {
  const pci = db.get('PIF', pif, 'PCI')
  return db.exists('PCI', pci) ? `${db.get('PCI', pci, 'vendor_id')} ${db.get('PCI', pci, 'device_id')}` : ''
}
