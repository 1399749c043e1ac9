import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Pool } from '../dispatch/context.ts'
import type { Place, Switches } from './links.ts'
import { nameOf, Obstacle } from './underlay.ts'

/** Where a VIF's device is, and the network that it is on. */
export interface GuestPlace extends Place {
  readonly network: Ref<'network'>
}

/** Finds the port of a VIF; an Obstacle where it has none, or lets nothing through. */
export async function guestPlace(pool: Pool, switches: Switches, vif: Ref<'VIF'>): Promise<GuestPlace | Obstacle> {
  const { db } = pool
  const vm = db.get('VIF', vif, 'VM')
  const name = `VIF ${db.get('VIF', vif, 'device')} of ${db.exists('VM', vm) ? db.get('VM', vm, 'name_label') : vm}`
  const host = db.exists('VM', vm) ? db.get('VM', vm, 'resident_on') : undefined
  if (host === undefined || !db.exists('host', host)) return new Obstacle(`${name} is on no host: its VM does not run`)
  if (!db.get('VIF', vif, 'currently_attached')) return new Obstacle(`${name} is not plugged`)
  const network = db.get('VIF', vif, 'network')
  const locking = lockingOf(db, vif)
  if (locking === 'disabled') return new Obstacle(`${name} is disabled by its locking mode`)
  const allowed = [...db.get('VIF', vif, 'ipv4_allowed'), ...db.get('VIF', vif, 'ipv6_allowed')]
  if (locking === 'locked' && allowed.length === 0) return new Obstacle(`${name} is locked and may use no address`)
  const device = `vif${db.get('VM', vm, 'domid')}.${db.get('VIF', vif, 'device')}`
  for (const bridge of await switches(host)) {
    const port = bridge.ports.find(other => other.name === device)
    if (port) return { host, bridge, port, network }
  }
  return new Obstacle(`${name} has no port: no bridge of ${nameOf(pool, host)} has ${device}`)
}

/** The locking mode that counts: that of the VIF, or of its network where the VIF leaves it to that. */
function lockingOf(db: Database, vif: Ref<'VIF'>): string {
  const own = db.get('VIF', vif, 'locking_mode')
  return own === 'network_default' ? db.get('network', db.get('VIF', vif, 'network'), 'default_locking_mode') : own
}
