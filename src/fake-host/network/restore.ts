import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { Failure } from '../dispatch/failure.ts'
import { type Backend, DaemonError } from './daemon.ts'
import { bridgeDevice } from './device-settings.ts'
import { bridgeOf, layoutOf } from './layout.ts'
import { layerOf, sriovBelowVlan } from './topology.ts'

/**
 * Makes the bridges that a host has when its toolstack starts: those of its attached PIFs. What cannot be made, because a
 * record refers to nothing, is left out.
 * @param bridges which of them; all unless given
 */
export async function restoreBridges(
  db: Database,
  host: Ref<'host'>,
  backend: Backend,
  bridges?: ReadonlySet<string>,
): Promise<void> {
  const attached = db.get('host', host, 'PIFs').filter(pif => db.get('PIF', pif, 'currently_attached'))
  for (const pif of attached) {
    try {
      if (!bridges || bridges.has(bridgeOf(db, pif))) await restoreBridge(db, pif, backend)
    } catch (error) {
      if (!(error instanceof Failure || error instanceof DaemonError)) throw error
    }
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
