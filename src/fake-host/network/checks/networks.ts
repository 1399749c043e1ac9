import type { Ref } from '../../../datamodel/index.ts'
import type { Database } from '../../database/index.ts'
import { Failure } from '../../dispatch/failure.ts'
import { isSriovNetwork, pifsOn } from '../topology.ts'

/** The checks on networks of docs/spec/networking-semantics.md 2.3. Each returns when it passes. */

export function checkManagedNetwork(db: Database, network: Ref<'network'>): void {
  if (!db.get('network', network, 'managed')) throw new Failure('NETWORK_UNMANAGED', network)
}

/** no-other-local-pif */
export function checkFreeOnHost(db: Database, network: Ref<'network'>, host: Ref<'host'>): void {
  const [pif] = pifsOn(db, network, host)
  if (pif !== undefined) throw new Failure('NETWORK_ALREADY_CONNECTED', host, pif)
}

/** network-ok-for-tunnel */
export function checkTakesTunnels(db: Database, network: Ref<'network'>): void {
  if (isSriovNetwork(db, network)) throw new Failure('NETWORK_INCOMPATIBLE_WITH_TUNNEL', network)
}

/** network-ok-for-bond */
export function checkTakesBonds(db: Database, network: Ref<'network'>): void {
  if (isSriovNetwork(db, network)) throw new Failure('NETWORK_INCOMPATIBLE_WITH_BOND', network)
}

/** no-vlan-pif */
export function checkNoVlanPif(db: Database, network: Ref<'network'>): void {
  if (pifsOn(db, network).some(pif => db.get('PIF', pif, 'VLAN') !== -1)) {
    throw new Failure('NETWORK_INCOMPATIBLE_WITH_TRUNKS', network)
  }
}

/** no-trunked-vif */
export function checkNoTrunks(db: Database, network: Ref<'network'>): void {
  for (const vif of db.linked('network', network, 'VIFs')) {
    if (db.get('VIF', vif, 'trunks').length > 0) throw new Failure('NETWORK_INCOMPATIBLE_WITH_TRUNKS', network)
  }
}

/** no-vifs-in-use: no VIF on the network is plugged, or being plugged, into a VM of the host. */
export function checkNoVifsInUse(db: Database, network: Ref<'network'>, host: Ref<'host'>): void {
  for (const vif of db.get('network', network, 'VIFs')) {
    if (isInUse(db, vif, host)) throw new Failure('VIF_IN_USE', network, vif)
  }
}

function isInUse(db: Database, vif: Ref<'VIF'>, host: Ref<'host'>): boolean {
  const vm = db.get('VIF', vif, 'VM')
  if (!db.exists('VM', vm)) return false
  const resident = db.get('VM', vm, 'resident_on') === host
  if ([...db.get('VIF', vif, 'current_operations').values()].includes('attach')) {
    if (resident || db.get('VM', vm, 'scheduled_to_be_resident_on') === host) return true
  }
  const powered = ['Running', 'Paused'].includes(db.get('VM', vm, 'power_state'))
  return db.get('VIF', vif, 'currently_attached') && resident && powered
}
