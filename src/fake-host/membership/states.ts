import { datamodel, NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database, Stored } from '../database/index.ts'
import { coordinator, type Pool, poolRef } from '../dispatch/context.ts'
import { ELSEWHERE } from '../hosts/hosts.ts'
import { newPoolSecret } from '../hosts/pool-secret.ts'
import { ensureControlDomain } from './control-domain.ts'

/** The coordinator of a pool that is served elsewhere. */
export interface RemoteCoordinator {
  readonly uuid: string
  readonly name_label: string
  readonly address: string
  /** What the hosts of that pool know each other by. */
  readonly secret: string
}

/**
 * A host is a member of a pool that is served elsewhere: it forgets its own pool but for itself and its cards, and knows where its
 * coordinator is. Its sessions and tasks are gone.
 */
export function becomeMember(pool: Pool, host: Ref<'host'>, remote: RemoteCoordinator): void {
  const { db, hosts } = pool
  const { uuid, name_label, address, secret } = remote
  const other_config = new Map([[ELSEWHERE, 'true']])
  const master = db.create('host', { name_label, hostname: name_label, address, enabled: true, other_config }, { uuid })
  db.set('pool', poolRef(pool), 'master', master)
  const kept = new Set([host, master, poolRef(pool), db.get('host', host, 'metrics'), ...cardsOf(db, host)])
  for (const { name, inDatabase } of datamodel().classes.values()) {
    if (!inDatabase) continue
    const cls = name as Stored // it is in the database
    for (const ref of db.refs(cls)) if (!kept.has(ref)) db.destroy(cls, ref)
  }
  hosts.secret = secret
  hosts.of(host).sessions.clear()
  pool.networks.forget(host)
}

/** A host that was a member elsewhere boots as the coordinator of a pool of its own, with the cards that it came with. */
export async function standAlone(pool: Pool, host: Ref<'host'>): Promise<void> {
  const { db, hosts } = pool
  const former = coordinator(pool)
  db.set('pool', poolRef(pool), 'master', host)
  db.destroy('host', former)
  for (const pif of db.get('host', host, 'PIFs')) db.set('PIF', pif, 'currently_attached', false)
  ensureControlDomain(db, host)
  hosts.secret = newPoolSecret()
  pool.networks.forget(host)
  await hosts.power.cycle(host)
}

/** The physical PIFs of a host with what belongs to them. */
function cardsOf(db: Database, host: Ref<'host'>): readonly string[] {
  const physical = db.get('host', host, 'PIFs').filter(pif => db.get('PIF', pif, 'physical'))
  return physical.flatMap(pif => [
    pif,
    ...(['network', 'metrics', 'PCI'] as const).map(field => db.get('PIF', pif, field)).filter(ref => ref !== NULL_REF),
  ])
}
