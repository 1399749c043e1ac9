import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { internalError } from '../dispatch/failure.ts'

/** A PIF by what it is, with the object that makes it so (docs/spec/networking-semantics.md 2.1). */
export type Layer =
  | { readonly kind: 'tunnel'; readonly pif: Ref<'PIF'>; readonly tunnel: Ref<'tunnel'> }
  | { readonly kind: 'VLAN'; readonly pif: Ref<'PIF'>; readonly vlan: Ref<'VLAN'> }
  | { readonly kind: 'sriov'; readonly pif: Ref<'PIF'>; readonly sriov: Ref<'network_sriov'> }
  | { readonly kind: 'bond'; readonly pif: Ref<'PIF'>; readonly bond: Ref<'Bond'> }
  | { readonly kind: 'physical'; readonly pif: Ref<'PIF'> }

/** What a PIF is. `tunnel`, `sriov` and `VLAN` stand for the tunnel access, SR-IOV logical and untagged PIF. */
export function layerOf(db: Database, pif: Ref<'PIF'>): Layer {
  const [tunnel] = db.linked('PIF', pif, 'tunnel_access_PIF_of')
  if (tunnel !== undefined) return { kind: 'tunnel', pif, tunnel }
  const vlan = db.get('PIF', pif, 'VLAN_master_of')
  if (vlan !== NULL_REF) return { kind: 'VLAN', pif, vlan }
  const [sriov] = db.linked('PIF', pif, 'sriov_logical_PIF_of')
  if (sriov !== undefined) return { kind: 'sriov', pif, sriov }
  const [bond] = db.linked('PIF', pif, 'bond_master_of')
  if (bond !== undefined) return { kind: 'bond', pif, bond }
  if (db.get('PIF', pif, 'physical')) return { kind: 'physical', pif }
  throw internalError(`PIF ${db.get('PIF', pif, 'uuid')} is of no known type`)
}

/** What a PIF stands on: the next layer of its topology (docs/spec/networking-semantics.md 2.2). */
export function layerBelow(db: Database, layer: Layer): Layer | undefined {
  switch (layer.kind) {
    case 'tunnel':
      return layerOf(db, db.get('tunnel', layer.tunnel, 'transport_PIF'))
    case 'VLAN':
      return layerOf(db, db.get('VLAN', layer.vlan, 'tagged_PIF'))
    case 'sriov':
      return layerOf(db, db.get('network_sriov', layer.sriov, 'physical_PIF'))
    default:
      return undefined
  }
}

/** The SR-IOV logical PIF that a VLAN stands on, if it stands on one. */
export function sriovBelowVlan(db: Database, layer: Layer): (Layer & { kind: 'sriov' }) | undefined {
  const below = layer.kind === 'VLAN' ? layerBelow(db, layer) : undefined
  return below?.kind === 'sriov' ? below : undefined
}

/** The PIFs of a network: all, or those of one host. In no meaningful order. */
export function pifsOn(db: Database, network: Ref<'network'>, host?: Ref<'host'>): Ref<'PIF'>[] {
  const pifs = [...db.linked('network', network, 'PIFs')]
  return host === undefined ? pifs : pifs.filter(pif => db.get('PIF', pif, 'host') === host)
}

/** A network's first PIF, which is the one linked last. */
export const firstPifOn = (db: Database, network: Ref<'network'>): Ref<'PIF'> | undefined =>
  db.get('network', network, 'PIFs')[0]

/** Whether a network is SR-IOV based: only its first PIF is looked at (docs/spec/networking-semantics.md 2.3, note 2). */
export function isSriovNetwork(db: Database, network: Ref<'network'>): boolean {
  const first = firstPifOn(db, network)
  if (first === undefined) return false
  const layer = layerOf(db, first)
  return layer.kind === 'sriov' || sriovBelowVlan(db, layer) !== undefined
}
