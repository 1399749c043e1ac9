import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, coordinator, type Messages, type Pool, poolRef } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import {
  attachNetwork,
  checkNoTrunks,
  checkUsableForManagement,
  introduceTunnel,
  introduceVlan,
  layerOf,
  pifsOn,
  setManagementNetwork,
  sriovBelowVlan,
} from '../network/index.ts'
import { onHostOf } from './on-host-of.ts'

type NetworkMessages = Pick<
  Messages<'host'>,
  'management_reconfigure' | 'management_disable' | 'sync_vlans' | 'sync_tunnels' | 'sync_pif_currently_attached'
>

/** The messages of class host that are about its networks. */
export const hostNetworks: NetworkMessages = {
  management_reconfigure: reconfigureManagement,

  /** The PIF stays up (docs/spec/networking-semantics.md 11.5). */
  management_disable(context) {
    const { pool, host } = context
    checkNoHa(pool)
    if (host !== coordinator(pool)) throw new Failure('SLAVE_REQUIRES_MANAGEMENT_INTERFACE')
    setManagementNetwork(context, undefined)
  },

  sync_vlans: ({ pool }, host) => syncVlans(pool, host),

  sync_tunnels: ({ pool }, host) => syncTunnels(pool, host),

  sync_pif_currently_attached: ({ pool: { db } }, host, bridges) => syncAttached(db, host, bridges),
}

/** docs/spec/networking-semantics.md 11.4 */
export async function reconfigureManagement(context: Context, pif: Ref<'PIF'>): Promise<void> {
  const { db } = context.pool
  const local = onHostOf(context, pif)
  checkNoHa(context.pool)
  if (db.get('PIF', pif, 'managed')) checkUsableForManagement(db, pif)
  if (db.get('PIF', pif, 'management')) return
  const network = db.get('PIF', pif, 'network')
  await attachNetwork(local, network, { management: true })
  setManagementNetwork(local, network)
}

function checkNoHa(pool: Pool): void {
  if (pool.db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
}

/** What the coordinator has and the host lacks is recorded, not plugged (docs/spec/networking-semantics.md 12.1). */
export function syncVlans(pool: Pool, host: Ref<'host'>): void {
  const { db } = pool
  const local = new Set(vlansOf(db, host).map(vlan => Object.values(vlan).join()))
  for (const vlan of vlansOf(db, coordinator(pool))) {
    if (local.has(Object.values(vlan).join())) continue
    const [tagged, ...more] = pifsOn(db, vlan.base, host)
    if (tagged === undefined || more.length > 0) continue
    checkNoTrunks(db, vlan.network)
    introduceVlan(pool, { tagged, tag: vlan.tag, network: vlan.network })
  }
}

/** docs/spec/networking-semantics.md 12.2 */
export function syncTunnels(pool: Pool, host: Ref<'host'>): void {
  const { db, networks } = pool
  for (const access of [...networks.pifs.tunnelDevices.accessPifs(coordinator(pool))]) {
    const network = db.get('PIF', access, 'network')
    if (pifsOn(db, network, host).some(pif => layerOf(db, pif).kind === 'tunnel')) continue
    const [tunnel = NULL_REF] = db.linked('PIF', access, 'tunnel_access_PIF_of')
    const base = db.get('PIF', db.get('tunnel', tunnel, 'transport_PIF'), 'network')
    const [transport, ...more] = pifsOn(db, base, host)
    if (transport === undefined || more.length > 0) continue
    introduceTunnel(pool, { transport, network, host, protocol: db.get('tunnel', tunnel, 'protocol') })
  }
}

/** docs/spec/networking-semantics.md 12.3 */
export function syncAttached(db: Database, host: Ref<'host'>, bridges: readonly string[]): void {
  const present = new Set(bridges)
  for (const pif of db.get('host', host, 'PIFs')) {
    const layer = layerOf(db, pif)
    if (layer.kind === 'sriov' || sriovBelowVlan(db, layer)) continue
    const network = db.get('PIF', pif, 'network')
    const attached = db.exists('network', network) && present.has(db.get('network', network, 'bridge'))
    db.set('PIF', pif, 'currently_attached', attached)
  }
}

interface HostVlan {
  /** The network of the tagged PIF. */
  readonly base: Ref<'network'>
  readonly network: Ref<'network'>
  readonly tag: number
}

function vlansOf(db: Database, host: Ref<'host'>): HostVlan[] {
  return db.get('host', host, 'PIFs').flatMap(pif => {
    const vlan = db.get('PIF', pif, 'VLAN_master_of')
    if (!db.exists('VLAN', vlan)) return []
    const tagged = db.get('VLAN', vlan, 'tagged_PIF')
    if (!db.exists('PIF', tagged)) return []
    const network = db.get('PIF', pif, 'network')
    return [{ base: db.get('PIF', tagged, 'network'), network, tag: db.get('PIF', pif, 'VLAN') }]
  })
}
