import { datamodel, NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, coordinator, type Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { syncAttached, syncTunnels, syncVlans } from '../messages/host-networks.ts'
import { layerOf, plug } from '../network/index.ts'

/**
 * The networking part of the start of a toolstack after a boot, in the order of docs/spec/networking-semantics.md 13.4. A step that
 * fails keeps no other from being done.
 */
export async function bootNetworks(pool: Pool, host: Ref<'host'>): Promise<void> {
  const { db, networks } = pool
  const bridges = await networks.of(host).run(daemon => daemon['Bridge.get_all']())
  await tolerating(() => syncAttached(db, host, bridges))
  repairBonds(db, host)
  const message = datamodel().messages.get('PIF.plug')
  if (!message) throw new Error('the datamodel has no PIF.plug')
  const context: Context = {
    pool,
    message,
    session: undefined,
    origin: 'memory',
    host,
    task: undefined,
    signal: undefined,
  }
  for (const pif of db.get('host', host, 'PIFs')) {
    await tolerating(async () => {
      if (comesUp(db, pif)) await plug(context, pif)
    })
  }
  if (host === coordinator(pool)) return
  const follows = db.get('host', host, 'other_config').get('sync_vlans') !== 'nosync'
  if (follows) await tolerating(() => syncVlans(pool, host))
  await tolerating(() => syncTunnels(pool, host))
}

async function tolerating(step: () => void | Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
}

function repairBonds(db: Database, host: Ref<'host'>): void {
  for (const pif of db.get('host', host, 'PIFs')) {
    const bond = db.get('PIF', pif, 'bond_slave_of')
    if (bond !== NULL_REF && !db.exists('Bond', bond)) db.set('PIF', pif, 'bond_slave_of', NULL_REF)
  }
}

function comesUp(db: Database, pif: Ref<'PIF'>): boolean {
  const { kind } = layerOf(db, pif)
  if (kind === 'sriov') return true
  if (!db.get('PIF', pif, 'managed') || db.get('PIF', pif, 'bond_slave_of') !== NULL_REF) return false
  const isAddressed =
    db.get('PIF', pif, 'ip_configuration_mode') !== 'None' || db.get('PIF', pif, 'ipv6_configuration_mode') !== 'None'
  return kind === 'bond' || kind === 'physical' || isAddressed
}
