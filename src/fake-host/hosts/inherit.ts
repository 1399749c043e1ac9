import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, coordinator } from '../dispatch/context.ts'
import { createBond, destroyBond } from '../messages/bond.ts'
import { createSriov } from '../messages/network-sriov.ts'
import { layerOf, pifsOn, tolerating } from '../network/index.ts'

/**
 * What a member takes over from its coordinator with each start, besides VLANs and tunnels: NICs are matched by their position
 * (docs/spec/networking-semantics.md 13.2, steps 1 and 2).
 */

/** Bonds are made as by a call, partial ones too. One with other members is made anew. */
export async function inheritBonds(context: Context): Promise<void> {
  const { db } = context.pool
  for (const master of db.get('host', coordinator(context.pool), 'PIFs')) {
    for (const bond of db.get('PIF', master, 'bond_master_of')) await tolerating(() => inheritBond(context, bond))
  }
}

async function inheritBond(context: Context, model: Ref<'Bond'>): Promise<void> {
  const { pool, host } = context
  const { db } = pool
  const master = db.get('Bond', model, 'master')
  const network = db.get('PIF', master, 'network')
  const slaves = db.get('Bond', model, 'slaves')
  const macSource = slaves.find(pif => db.get('PIF', pif, 'MAC') === db.get('PIF', master, 'MAC'))
  const ordered = [...slaves].sort((a, b) => Number(b === macSource) - Number(a === macSource))
  const members = ordered.flatMap(pif => nicAt(db, host, positionOf(db, pif)) ?? [])
  if (members.length === 0) return
  const [present] = pifsOn(db, network, host)
  if (present !== undefined) {
    const layer = layerOf(db, present)
    if (layer.kind !== 'bond' || isSameSet(db.get('Bond', layer.bond, 'slaves'), members)) return
    await destroyBond(context, layer.bond)
  }
  await createBond(context, network, members, '', db.get('Bond', model, 'mode'), db.get('Bond', model, 'properties'))
}

export async function inheritSriovs(context: Context): Promise<void> {
  const { pool, host } = context
  const { db } = pool
  for (const physical of db.get('host', coordinator(pool), 'PIFs')) {
    for (const model of db.get('PIF', physical, 'sriov_physical_PIF_of')) {
      const network = db.get('PIF', db.get('network_sriov', model, 'logical_PIF'), 'network')
      const nic = nicAt(db, host, positionOf(db, physical))
      if (nic === undefined || pifsOn(db, network, host).length > 0) continue
      await tolerating(() => createSriov(context, nic, network))
    }
  }
}

/** The N of a NIC whose bridge is `xenbrN` (docs/spec/networking-semantics.md 2.2). */
function positionOf(db: Database, pif: Ref<'PIF'>): string | undefined {
  const network = db.get('PIF', pif, 'network')
  return db.exists('network', network) ? /^xenbr(\d+)$/.exec(db.get('network', network, 'bridge'))?.[1] : undefined
}

const nicAt = (db: Database, host: Ref<'host'>, position: string | undefined): Ref<'PIF'> | undefined =>
  position === undefined
    ? undefined
    : db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'physical') && positionOf(db, pif) === position)

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(item => b.includes(item))
