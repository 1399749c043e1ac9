import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { coordinator, type Messages, onHost, type Pool } from '../dispatch/context.ts'
import { checkNoTrunks, introduceTunnel, introduceVlan, layerOf, pifsOn, sriovBelowVlan } from '../network/index.ts'

type NetworkMessages = Pick<
  Messages<'host'>,
  'sync_vlans' | 'sync_tunnels' | 'sync_pif_currently_attached' | 'reset_networking' | 'refresh_pack_info'
>

/** The messages of class host that compare its networks with others, or with what its daemon knows. */
export const hostNetworks: NetworkMessages = {
  sync_vlans: ({ pool }, host) => syncVlans(pool, host),

  sync_tunnels: ({ pool }, host) => syncTunnels(pool, host),

  sync_pif_currently_attached: ({ pool: { db } }, host, bridges) => syncAttached(db, host, bridges),

  /** Rows alone: networks and bridges stay (docs/spec/networking-semantics.md 11.5). */
  reset_networking({ pool: { db } }, host) {
    const pifs = db.get('host', host, 'PIFs')
    const sriovs = pifs.flatMap(pif => [
      ...db.get('PIF', pif, 'sriov_physical_PIF_of'),
      ...db.get('PIF', pif, 'sriov_logical_PIF_of'),
    ])
    const owners = pifs.filter(
      pif => db.get('PIF', pif, 'physical') || db.linked('PIF', pif, 'bond_master_of').size > 0,
    )
    const metrics = owners.map(pif => db.get('PIF', pif, 'metrics'))
    for (const bond of pifs.flatMap(pif => db.get('PIF', pif, 'bond_master_of'))) db.destroy('Bond', bond)
    for (const vlan of db.refs('VLAN'))
      if (pifs.includes(db.get('VLAN', vlan, 'untagged_PIF'))) db.destroy('VLAN', vlan)
    for (const tunnel of pifs.flatMap(pif => db.get('PIF', pif, 'tunnel_access_PIF_of'))) db.destroy('tunnel', tunnel)
    for (const ref of new Set(metrics)) if (db.exists('PIF_metrics', ref)) db.destroy('PIF_metrics', ref)
    for (const pif of pifs) db.destroy('PIF', pif)
    for (const sriov of new Set(sriovs)) if (db.exists('network_sriov', sriov)) db.destroy('network_sriov', sriov)
  },

  refresh_pack_info: (context, host) => writeBackend(onHost(context, host).pool, host),
}

/** The record of a host tells the back end of its daemon (docs/spec/networking-semantics.md 16). */
export function writeBackend({ db, networks }: Pool, host: Ref<'host'>): void {
  const software = db.get('host', host, 'software_version')
  db.set('host', host, 'software_version', new Map([...software, ['network_backend', networks.of(host).backend.kind]]))
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
