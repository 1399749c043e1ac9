import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { nicKey, pifsOn } from '../network/index.ts'
import { deadEnd, nameOf, Obstacle } from './underlay.ts'

/** A network card of a host. */
export interface Nic {
  readonly host: Ref<'host'>
  readonly device: string
}

/**
 * The cards that hear what a card sends: those of other hosts whose PIFs are on the same network, which is how an administrator says
 * that they are plugged into the same switch (docs/decisions/wires.md). What keeps some of them from hearing goes to `report`.
 */
export function heardBy(pool: Pool, { host, device }: Nic, report: (obstacle: Obstacle) => void): Nic[] {
  const { db, networks } = pool
  const { conditions } = networks
  if (conditions.pulled.has(nicKey(host, device))) {
    report(new Obstacle(`${device} of ${nameOf(pool, host)} has no cable`))
    return []
  }
  const own = nicPif(pool, { host, device })
  if (own === undefined) return []
  return pifsOn(db, db.get('PIF', own, 'network')).flatMap(pif => {
    const [other, otherDevice] = [db.get('PIF', pif, 'host'), db.get('PIF', pif, 'device')]
    if (other === host || !db.get('PIF', pif, 'physical')) return []
    const obstacle = deadEnd(pool, other) ?? cut(pool, { host, device }, { host: other, device: otherDevice })
    if (!obstacle) return [{ host: other, device: otherDevice }]
    report(obstacle)
    return []
  })
}

function cut(pool: Pool, from: Nic, to: Nic): Obstacle | undefined {
  const { conditions } = pool.networks
  if (conditions.areParted(from.host, to.host)) {
    return new Obstacle(`the wires between ${nameOf(pool, from.host)} and ${nameOf(pool, to.host)} are cut`)
  }
  if (conditions.pulled.has(nicKey(to.host, to.device))) {
    return new Obstacle(`${to.device} of ${nameOf(pool, to.host)} has no cable`)
  }
  return undefined
}

/** The physical PIF of a card; undefined where it is no card, or has none. */
export const nicPif = ({ db }: Pool, { host, device }: Nic): Ref<'PIF'> | undefined =>
  db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'physical') && db.get('PIF', pif, 'device') === device)
