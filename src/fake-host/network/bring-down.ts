import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context } from '../dispatch/context.ts'
import type { NetworkDaemon } from './daemon.ts'
import { bridgeOf } from './layout.ts'
import { disableSriov } from './sriov.ts'
import { type Layer, layerBelow, layerOf } from './topology.ts'
import { translatingFailures } from './translate.ts'

/**
 * Brings down a PIF of the executing host (docs/spec/networking-semantics.md 10.1, 10.5).
 * Throws PIF_CONFIGURATION_ERROR [pif; text], NETWORK_SRIOV_DISABLE_FAILED [pif; text].
 */
export async function bringDown(context: Context, pif: Ref<'PIF'>): Promise<void> {
  const {
    pool: { db, networks },
    host,
  } = context
  await networks.of(host).run(async daemon => {
    const layer = layerOf(db, pif)
    if (layer.kind === 'sriov') return disableSriov(db, daemon, layer)
    const below = layerBelow(db, layer)
    if (below?.kind === 'sriov') db.set('PIF', pif, 'currently_attached', false)
    else await translatingFailures(pif, () => bringDownBridge(context, daemon, layer, below))
  })
}

async function bringDownBridge(
  { pool: { db, networks }, host }: Context,
  daemon: NetworkDaemon,
  layer: Layer,
  below: Layer | undefined,
): Promise<void> {
  const { pif } = layer
  const bridge = bridgeOf(db, pif)
  if (layer.kind === 'VLAN' && below && !db.get('PIF', below.pif, 'currently_attached')) {
    await daemon['Bridge.destroy'](bridgeOf(db, below.pif), false)
  }
  await daemon['Bridge.destroy'](bridge, false)
  await daemon['Interface.set_persistent'](bridge, false)
  db.set('PIF', pif, 'currently_attached', false)
  if (layer.kind !== 'tunnel' || !isVxlan(db, layer.tunnel)) return
  if (!hasAttachedVxlan(db, networks.pifs.tunnelDevices.accessPifs(host))) await daemon.FIREWALL('vxlan', false)
}

const isVxlan = (db: Database, tunnel: Ref<'tunnel'>): boolean => db.get('tunnel', tunnel, 'protocol') === 'vxlan'

function hasAttachedVxlan(db: Database, accessPifs: ReadonlySet<Ref<'PIF'>>): boolean {
  for (const pif of accessPifs) {
    if (!db.get('PIF', pif, 'currently_attached')) continue
    for (const tunnel of db.linked('PIF', pif, 'tunnel_access_PIF_of')) if (isVxlan(db, tunnel)) return true
  }
  return false
}
