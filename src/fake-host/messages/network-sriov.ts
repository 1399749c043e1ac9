import type { Ref } from '../../datamodel/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import {
  checkCarriesSriov,
  checkFreeOnHost,
  checkManagedNetwork,
  checkManagedPif,
  checkNoVlans,
  checkTakesSriov,
  freeFunctions,
  introduceSriov,
  plug,
  unplug,
} from '../network/index.ts'
import { checkLicensed } from './licence.ts'
import { onHostOf } from './on-host-of.ts'

export const networkSriov: Messages<'network_sriov'> = {
  create: createSriov,

  async destroy(context, self) {
    const { db } = context.pool
    const local = onHostOf(context, db.get('network_sriov', self, 'physical_PIF'))
    const logical = db.get('network_sriov', self, 'logical_PIF')
    checkNoVlans(db, logical)
    await unplug(local, logical)
    db.destroy('PIF', logical)
    db.destroy('network_sriov', self)
  },

  get_remaining_capacity: ({ pool: { db } }, self) => freeFunctions(db, self).length,
}

/** What was written stays when the plug fails (docs/spec/networking-semantics.md 7). */
export async function createSriov(
  context: Context,
  pif: Ref<'PIF'>,
  network: Ref<'network'>,
): Promise<Ref<'network_sriov'>> {
  const { pool } = context
  const { db } = pool
  const local = onHostOf(context, pif)
  checkLicensed(pool, 'Network_sriov')
  checkManagedNetwork(db, network)
  checkManagedPif(db, pif)
  checkCarriesSriov(db, pif)
  checkFreeOnHost(db, network, local.host)
  checkTakesSriov(db, network, pif)
  const created = introduceSriov(pool, { physical: pif, network })
  await plug(local, created.logicalPif)
  return created.sriov
}
