import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { Failure } from '../dispatch/failure.ts'
import { DaemonError, type NetworkDaemon } from './daemon.ts'
import { type Layer, layerOf, pifsOn, sriovBelowVlan } from './topology.ts'

type SriovLayer = Layer & { kind: 'sriov' }

/**
 * These hosts enable SR-IOV without a reboot, unless a loaded record says how it came about (docs/spec/networking-semantics.md 7).
 * Throws NETWORK_SRIOV_ENABLE_FAILED [pif; text].
 */
export async function enableSriov(db: Database, daemon: NetworkDaemon, { pif, sriov }: SriovLayer): Promise<void> {
  try {
    await daemon['Sriov.enable'](physicalDevice(db, sriov))
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error
    db.set('PIF', pif, 'currently_attached', false)
    throw new Failure('NETWORK_SRIOV_ENABLE_FAILED', pif, error.message)
  }
  if (db.get('network_sriov', sriov, 'configuration_mode') === 'unknown') {
    db.set('network_sriov', sriov, 'configuration_mode', 'sysfs')
  }
  db.set('network_sriov', sriov, 'requires_reboot', false)
  db.set('PIF', pif, 'currently_attached', true)
}

/** Throws NETWORK_SRIOV_DISABLE_FAILED [pif; text]. */
export async function disableSriov(db: Database, daemon: NetworkDaemon, { pif, sriov }: SriovLayer): Promise<void> {
  if (needsDisabling(db, sriov)) {
    try {
      await daemon['Sriov.disable'](physicalDevice(db, sriov))
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error
      throw new Failure('NETWORK_SRIOV_DISABLE_FAILED', pif, error.message)
    }
  }
  db.set('PIF', pif, 'currently_attached', false)
  db.set('network_sriov', sriov, 'requires_reboot', false)
}

/**
 * Whether the device is to be told when SR-IOV on it ends (docs/spec/networking-semantics.md 7). A setting of modprobe is for all
 * devices of a driver: the last one that uses it ends it.
 */
export function needsDisabling(db: Database, sriov: Ref<'network_sriov'>): boolean {
  if (!isUsed(db, sriov)) return false
  const mode = db.get('network_sriov', sriov, 'configuration_mode')
  if (mode !== 'modprobe') return mode === 'sysfs'
  const host = hostOf(db, sriov)
  const driver = driverOf(db, sriov)
  return !db
    .refs('network_sriov')
    .filter(other => other !== sriov && db.get('network_sriov', other, 'configuration_mode') === 'modprobe')
    .some(other => hostOf(db, other) === host && driverOf(db, other) === driver && isUsed(db, other))
}

const isUsed = (db: Database, sriov: Ref<'network_sriov'>): boolean =>
  db.get('network_sriov', sriov, 'requires_reboot') ||
  db.get('PIF', db.get('network_sriov', sriov, 'logical_PIF'), 'currently_attached')

const physicalDevice = (db: Database, sriov: Ref<'network_sriov'>): string =>
  db.get('PIF', db.get('network_sriov', sriov, 'physical_PIF'), 'device')

const hostOf = (db: Database, sriov: Ref<'network_sriov'>): Ref<'host'> =>
  db.get('PIF', db.get('network_sriov', sriov, 'physical_PIF'), 'host')

function driverOf(db: Database, sriov: Ref<'network_sriov'>): string {
  const pci = db.get('PIF', db.get('network_sriov', sriov, 'physical_PIF'), 'PCI')
  return db.exists('PCI', pci) ? db.get('PCI', pci, 'driver_name') : ''
}

/** The virtual functions of the NIC that no VM has or is about to get. */
export function freeFunctions(db: Database, sriov: Ref<'network_sriov'>): Ref<'PCI'>[] {
  const pci = db.get('PIF', db.get('network_sriov', sriov, 'physical_PIF'), 'PCI')
  if (!db.exists('PCI', pci)) return []
  return db
    .get('PCI', pci, 'virtual_functions')
    .filter(
      vf =>
        db.get('PCI', vf, 'attached_VMs').length === 0 &&
        !db.exists('VM', db.get('PCI', vf, 'scheduled_to_be_attached_to')),
    )
}

/** What gives a host's guests on an SR-IOV network, or on a VLAN of one, their virtual functions. */
export function sriovsOn(db: Database, network: Ref<'network'>, host: Ref<'host'>): Ref<'network_sriov'>[] {
  return pifsOn(db, network, host).flatMap(pif => {
    const layer = layerOf(db, pif)
    const own = layer.kind === 'sriov' ? layer : sriovBelowVlan(db, layer)
    return own ? [own.sriov] : []
  })
}
