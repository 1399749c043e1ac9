import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { createInternalBridge } from './attach.ts'
import type { Backend } from './daemon.ts'
import { bridgeDevice } from './device-settings.ts'
import { portOfVif } from './guest-ports.ts'
import { bridgeOf, layoutOf } from './layout.ts'
import { tolerating } from './tolerating.ts'
import { isSriovNetwork, layerOf, pifsOn, sriovBelowVlan } from './topology.ts'

/**
 * Makes the bridges that a host has when its toolstack starts: those of its attached PIFs, and those that its guests are on, with
 * the guests' devices. What cannot be made, because a record refers to nothing, is left out.
 * @param bridges after a boot, when there are no guests: which bridges come back
 */
export async function restoreBridges(
  db: Database,
  host: Ref<'host'>,
  backend: Backend,
  bridges?: ReadonlySet<string>,
): Promise<void> {
  const attached = db.get('host', host, 'PIFs').filter(pif => db.get('PIF', pif, 'currently_attached'))
  for (const pif of attached) {
    await tolerating(async () => {
      if (!bridges || bridges.has(bridgeOf(db, pif))) await restoreBridge(db, pif, backend)
    })
  }
  if (bridges) return
  for (const vm of db.get('host', host, 'resident_VMs')) {
    for (const vif of db.get('VM', vm, 'VIFs')) await tolerating(() => restorePort(db, vif, host, backend))
  }
}

async function restoreBridge(db: Database, pif: Ref<'PIF'>, backend: Backend): Promise<void> {
  const layer = layerOf(db, pif)
  if (layer.kind === 'sriov' || sriovBelowVlan(db, layer)) return
  const layout = layoutOf(db, layer)
  await backend['Bridge.make_config'](layout.bridges)
  await backend['Interface.make_config'](layout.devices)
  await backend['Interface.make_config'](new Map([[bridgeOf(db, pif), bridgeDevice(db, pif)]]))
}

async function restorePort(db: Database, vif: Ref<'VIF'>, host: Ref<'host'>, backend: Backend): Promise<void> {
  const network = db.get('VIF', vif, 'network')
  if (!db.get('VIF', vif, 'currently_attached') || isSriovNetwork(db, network)) return
  const isInternal = pifsOn(db, network, host).length === 0 && db.get('network', network, 'managed')
  if (isInternal) await createInternalBridge(db, backend, network)
  await backend.addGuestPort(portOfVif(db, vif, db.get('VM', db.get('VIF', vif, 'VM'), 'domid')))
}
