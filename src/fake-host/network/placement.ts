import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { isLive, type Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { freeFunctions, sriovsOn } from './sriov.ts'
import { isSriovNetwork, pifsOn } from './topology.ts'

/** Where guests find their networks (docs/spec/networking-semantics.md 9.4). */

/** Throws HOST_CANNOT_ATTACH_NETWORK [host; network] unless guests of the host can use the network. */
export function checkAttachable(db: Database, network: Ref<'network'>, host: Ref<'host'>): void {
  if (!isAttachable(db, network, host)) throw new Failure('HOST_CANNOT_ATTACH_NETWORK', host, network)
}

/**
 * Whether a VM can have its networks on a host, or those that its VIFs are about to get. Throws VM_REQUIRES_NETWORK [vm; network], then
 * HOST_CANNOT_ATTACH_NETWORK [host; network], then NETWORK_SRIOV_INSUFFICIENT_CAPACITY [network].
 */
export function checkSeesNetworks(
  db: Database,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
  wanted: readonly Ref<'network'>[] = db.get('VM', vm, 'VIFs').map(vif => db.get('VIF', vif, 'network')),
): void {
  const networks = [...new Set(wanted)]
  const missing = networks.find(network => !isVisible(db, network, host))
  if (missing !== undefined) throw new Failure('VM_REQUIRES_NETWORK', vm, missing)
  for (const network of networks) checkAttachable(db, network, host)
  for (const network of networks) {
    if (!isSriovNetwork(db, network)) continue
    const capacity = sriovsOn(db, network, host).reduce((sum, sriov) => sum + freeFunctions(db, sriov).length, 0)
    if (capacity < wanted.filter(other => other === network).length) {
      throw new Failure('NETWORK_SRIOV_INSUFFICIENT_CAPACITY', network)
    }
  }
}

/** The VIFs on some networks that follow a host's bond: of guests that run there, or are nowhere and could start nowhere else. */
export function localVifs(pool: Pool, host: Ref<'host'>, networks: readonly Ref<'network'>[]): Ref<'VIF'>[] {
  const { db } = pool
  const isLocal = (vm: Ref<'VM'>): boolean => {
    if (!db.exists('VM', vm)) return false
    const resident = db.get('VM', vm, 'resident_on')
    if (db.exists('host', resident)) return resident === host
    return db.refs('host').every(other => other === host || !canStartOn(pool, vm, other))
  }
  return networks
    .flatMap(network => db.get('network', network, 'VIFs'))
    .filter(vif => isLocal(db.get('VIF', vif, 'VM')))
}

function canStartOn(pool: Pool, vm: Ref<'VM'>, host: Ref<'host'>): boolean {
  const { db } = pool
  if (!db.get('host', host, 'enabled') || !isLive(pool, host)) return false
  return db.get('VM', vm, 'VIFs').every(vif => isAttachable(db, db.get('VIF', vif, 'network'), host))
}

function isAttachable(db: Database, network: Ref<'network'>, host: Ref<'host'>): boolean {
  if (!isVisible(db, network, host)) return false
  return !pifsOn(db, network, host).some(pif => db.exists('Bond', db.get('PIF', pif, 'bond_slave_of')))
}

/** A network with PIFs is where its PIFs are. One without is where the running guests on it are, if there are any. */
function isVisible(db: Database, network: Ref<'network'>, host: Ref<'host'>): boolean {
  if (!db.exists('network', network)) return false
  if (db.linked('network', network, 'PIFs').size > 0) return pifsOn(db, network, host).length > 0
  const isShared = db.get('network', network, 'other_config').get('assume_network_is_shared') === 'true'
  if (isShared || !db.get('network', network, 'managed')) return true
  const running = db
    .get('network', network, 'VIFs')
    .map(vif => db.get('VIF', vif, 'VM'))
    .filter(vm => db.exists('VM', vm) && db.get('VM', vm, 'power_state') === 'Running')
  return running.length === 0 || running.some(vm => db.get('VM', vm, 'resident_on') === host)
}
