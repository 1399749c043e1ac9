import { NULL_REF, type Ref } from '../../../datamodel/index.ts'
import type { Database } from '../../database/index.ts'
import type { Context } from '../../dispatch/context.ts'
import { bringUp } from '../bring-up.ts'
import { introduceBond, type NewBond } from '../introduce.ts'
import { bringUpAsManagement } from '../management.ts'
import { localVifs } from '../placement.ts'
import { moveClustering, moveIpv4, moveTunnel, moveVifs, moveVlan } from './move.ts'

/**
 * Makes a bond of PIFs that have passed the checks, and moves what they carried to it. The bond is up afterwards, whatever its
 * members were (docs/spec/networking-semantics.md 6.3). What was done stays where a later step fails.
 */
export async function formBond(context: Context, bond: NewBond): Promise<Ref<'Bond'>> {
  const { pool, host } = context
  const { db } = pool
  const { members, network } = bond
  const vifs = localVifs(
    pool,
    host,
    members.map(pif => db.get('PIF', pif, 'network')),
  )
  const vlans = members.flatMap(pif => db.get('PIF', pif, 'VLAN_slave_of'))
  const tunnels = members.flatMap(pif => db.get('PIF', pif, 'tunnel_transport_PIF_of'))
  const managementOnVlan = vlans.some(vlan => isManagement(db, vlan))
  const { ref, master } = introduceBond(pool, host, bond)
  moveIpv4(db, bond.primary, master)
  setProgress(context, 0.2)
  if (members.some(pif => db.get('PIF', pif, 'management'))) await bringUpAsManagement(context, master)
  else if (!managementOnVlan) await bringUp(context, master)
  setProgress(context, 0.4)
  for (const vlan of vlans) await moveVlan(context, vlan, master)
  if (managementOnVlan) await bringUp(context, master)
  setProgress(context, 0.6)
  for (const tunnel of tunnels) await moveTunnel(context, tunnel, master)
  setProgress(context, 0.8)
  await moveVifs(context, vifs, network)
  setProgress(context, 0.9)
  if (members.some(pif => db.get('PIF', pif, 'disallow_unplug'))) {
    db.set('PIF', master, 'disallow_unplug', true)
    for (const pif of members) db.set('PIF', pif, 'disallow_unplug', false)
  }
  moveClustering(db, members, master)
  setProgress(context, 1)
  return ref
}

/** Ends a bond and gives what it carried to its primary slave (docs/spec/networking-semantics.md 6.4). */
export async function dissolveBond(context: Context, bond: Ref<'Bond'>): Promise<void> {
  const { pool, host } = context
  const { db } = pool
  const [master, primary] = [db.get('Bond', bond, 'master'), db.get('Bond', bond, 'primary_slave')]
  const members = db.get('Bond', bond, 'slaves')
  const vifs = localVifs(pool, host, [db.get('PIF', master, 'network')])
  const vlans = db.get('PIF', master, 'VLAN_slave_of')
  const tunnels = db.get('PIF', master, 'tunnel_transport_PIF_of')
  const managementOnVlan = vlans.some(vlan => isManagement(db, vlan))
  const attached = db.get('PIF', master, 'currently_attached')
  moveIpv4(db, master, primary)
  setProgress(context, 0.2)
  const bringUpAll = async (pifs: readonly Ref<'PIF'>[]) => {
    for (const pif of pifs) await bringUp(context, pif)
  }
  if (db.get('PIF', master, 'management')) {
    await bringUpAsManagement(context, primary)
    await bringUpAll(members.filter(pif => pif !== primary))
  } else if (attached && !managementOnVlan) await bringUpAll(members)
  setProgress(context, 0.4)
  for (const vlan of vlans) await moveVlan(context, vlan, primary)
  if (managementOnVlan) await bringUpAll(members)
  setProgress(context, 0.6)
  await moveVifs(context, vifs, db.get('PIF', primary, 'network'))
  setProgress(context, 0.8)
  for (const tunnel of tunnels) await moveTunnel(context, tunnel, primary)
  setProgress(context, 0.9)
  db.set('PIF', primary, 'disallow_unplug', db.get('PIF', master, 'disallow_unplug'))
  moveClustering(db, [master], primary)
  db.destroy('Bond', bond)
  db.destroy('PIF', master)
  for (const pif of members) db.set('PIF', pif, 'bond_slave_of', NULL_REF)
  setProgress(context, 1)
}

const isManagement = (db: Database, vlan: Ref<'VLAN'>): boolean =>
  db.get('PIF', db.get('VLAN', vlan, 'untagged_PIF'), 'management')

function setProgress({ pool: { db }, task }: Context, progress: number): void {
  if (task !== undefined && db.exists('task', task)) db.set('task', task, 'progress', progress)
}
