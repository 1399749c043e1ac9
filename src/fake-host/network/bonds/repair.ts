import { NULL_REF } from '../../../datamodel/index.ts'
import type { Context } from '../../dispatch/context.ts'
import { localVifs } from '../placement.ts'
import { tolerating } from '../tolerating.ts'
import { moveTunnel, moveVifs, moveVlan } from './move.ts'

/**
 * What a toolstack that starts does to the bonds of its host: members forget a bond that is gone, and what stands on members moves
 * to the master (docs/spec/networking-semantics.md 13.4, step 5). What cannot be moved stays.
 */
export async function repairBonds(context: Context): Promise<void> {
  const { pool, host } = context
  const { db } = pool
  for (const pif of db.get('host', host, 'PIFs')) {
    if (!db.exists('PIF', pif)) continue // it was an untagged or access PIF that has moved
    const bond = db.get('PIF', pif, 'bond_slave_of')
    if (bond === NULL_REF) continue
    if (!db.exists('Bond', bond)) {
      db.set('PIF', pif, 'bond_slave_of', NULL_REF)
      continue
    }
    const master = db.get('Bond', bond, 'master')
    for (const vlan of db.get('PIF', pif, 'VLAN_slave_of')) await tolerating(() => moveVlan(context, vlan, master))
    for (const tunnel of db.get('PIF', pif, 'tunnel_transport_PIF_of')) {
      await tolerating(() => moveTunnel(context, tunnel, master))
    }
    await tolerating(async () => {
      const vifs = localVifs(pool, host, [db.get('PIF', pif, 'network')])
      await moveVifs(context, vifs, db.get('PIF', master, 'network'))
    })
  }
}
