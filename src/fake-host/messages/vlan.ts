import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, type Messages, onHost } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import {
  checkCarriesVlan,
  checkFreeOnHost,
  checkManagedNetwork,
  checkManagedPif,
  checkNoProtection,
  checkNoTrunks,
  checkNotInBond,
  checkNotSlaveManagement,
  checkTag,
  checkTakesVlan,
  introduceVlan,
  plug,
  unplug,
} from '../network/index.ts'
import { onHostOf } from './on-host-of.ts'

export const vlan: Messages<'VLAN'> = {
  create: createVlan,

  destroy: destroyVlan,

  /** docs/spec/networking-semantics.md 5.3 */
  pool_introduce({ pool: { db } }, tagged_PIF, untagged_PIF, tag, other_config) {
    const vlan = db.create('VLAN', { tagged_PIF, untagged_PIF, tag, other_config })
    db.set('PIF', untagged_PIF, 'VLAN_master_of', vlan)
    const metrics = db.get('PIF', tagged_PIF, 'metrics')
    const former = db.get('PIF', untagged_PIF, 'metrics')
    if (former !== metrics) {
      db.set('PIF', untagged_PIF, 'metrics', metrics)
      if (db.exists('PIF_metrics', former)) db.destroy('PIF_metrics', former)
    }
    return vlan
  },
}

/** What was written stays when the plug fails (docs/spec/networking-semantics.md 5.1). */
export async function createVlan(
  context: Context,
  tagged: Ref<'PIF'>,
  tag: number,
  network: Ref<'network'>,
): Promise<Ref<'VLAN'>> {
  const { pool } = context
  const { db } = pool
  const local = onHostOf(context, tagged)
  // One check asks the daemon: two calls at once must not both find the tag free.
  const created = await pool.networks.of(local.host).run(async daemon => {
    checkManagedNetwork(db, network)
    checkFreeOnHost(db, network, local.host)
    checkManagedPif(db, tagged)
    checkCarriesVlan(db, tagged)
    checkTakesVlan(db, network, tagged)
    checkTag(tag)
    const device = db.get('PIF', tagged, 'device')
    if (hasVlan(db, tagged, tag)) throw new Failure('PIF_VLAN_EXISTS', device)
    if (await daemon['Interface.has_vlan'](device, tag)) throw new Failure('VLAN_IN_USE', device, String(tag))
    checkNoTrunks(db, network)
    return introduceVlan(pool, { tagged, tag, network })
  })
  await plug(local, created.untaggedPif)
  return created.vlan
}

/** Deprecated: the NIC is told by its name (docs/spec/networking-semantics.md 4.10). Returns the untagged PIF. */
export async function createVlanByDevice(
  context: Context,
  device: string,
  network: Ref<'network'>,
  host: Ref<'host'>,
  tag: number,
): Promise<Ref<'PIF'>> {
  const { db } = context.pool
  const local = onHost(context, host)
  const tagged = db
    .get('host', host, 'PIFs')
    .find(pif => db.get('PIF', pif, 'device') === device && db.get('PIF', pif, 'VLAN') === -1)
  if (tagged === undefined) throw new Failure('INVALID_VALUE', 'device', device)
  return db.get('VLAN', await createVlan(local, tagged, tag, network), 'untagged_PIF')
}

/** docs/spec/networking-semantics.md 5.2 */
export async function destroyVlan(context: Context, self: Ref<'VLAN'>): Promise<void> {
  const { db } = context.pool
  const local = onHostOf(context, db.get('VLAN', self, 'tagged_PIF'))
  const untagged = db.get('VLAN', self, 'untagged_PIF')
  if (!db.exists('PIF', untagged)) {
    db.destroy('VLAN', self)
    return
  }
  checkNotInBond(db, untagged)
  checkNotSlaveManagement(local, untagged)
  checkNoProtection(local, untagged)
  if (db.get('PIF', untagged, 'VLAN') < 0) throw new Failure('PIF_IS_PHYSICAL')
  await unplug(local, untagged)
  const vlan = db.get('PIF', untagged, 'VLAN_master_of')
  if (db.exists('VLAN', vlan)) db.destroy('VLAN', vlan)
  db.destroy('PIF', untagged)
}

function hasVlan(db: Database, tagged: Ref<'PIF'>, tag: number): boolean {
  for (const vlan of db.linked('PIF', tagged, 'VLAN_slave_of')) if (db.get('VLAN', vlan, 'tag') === tag) return true
  return false
}
