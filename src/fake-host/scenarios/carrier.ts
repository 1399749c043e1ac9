import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { nicKey } from '../network/index.ts'

/** Writes what a host sees of a cable that comes or goes: the carrier of the card, and of the bond it is in (docs/spec/networking-semantics.md 17.7). */
export function carrier({ db, networks }: Pool, pif: Ref<'PIF'>, present: boolean): void {
  const write = (of: Ref<'PIF'>, value: boolean): void => {
    const metrics = db.get('PIF', of, 'metrics')
    if (db.exists('PIF_metrics', metrics)) db.set('PIF_metrics', metrics, 'carrier', value)
  }
  write(pif, present)
  const bond = db.get('PIF', pif, 'bond_slave_of')
  if (!db.exists('Bond', bond)) return
  const { pulled } = networks.conditions
  const links = db
    .get('Bond', bond, 'slaves')
    .filter(slave => !pulled.has(nicKey(db.get('PIF', slave, 'host'), db.get('PIF', slave, 'device'))))
  db.set('Bond', bond, 'links_up', links.length)
  write(db.get('Bond', bond, 'master'), links.length > 0)
}
