import type { ClusterOperation, Rows } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Body, Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import {
  bringDown,
  checkNoClustering,
  checkNoProtection,
  checkNoSriov,
  checkNoTrunks,
  checkNoTunnels,
  checkNotInBond,
  checkNotManagement,
  checkNotSlaveManagement,
  checkNoVlans,
  introducePif,
  plug,
  unplug,
} from '../network/index.ts'
import { onHostOf } from './on-host-of.ts'
import { pifAddresses } from './pif-addresses.ts'
import { pifNics } from './pif-nics.ts'
import { setProperty } from './pif-property.ts'
import { createVlanByDevice, destroyVlan } from './vlan.ts'

/** The parameters are named after the fields that they fill (docs/spec/networking-semantics.md 4.8). */
const introduce: Body<'PIF', 'pool_introduce'> = ({ pool, message }, ...parameters) => {
  const [device, network, , , , VLAN] = parameters
  if (VLAN !== -1) checkNoTrunks(pool.db, network)
  const fields: Partial<Rows['PIF']> = Object.fromEntries(
    message.parameters.map(({ name }, i) => [name, parameters[i]]),
  )
  return introducePif(pool, { ...fields, device })
}

export const pif: Messages<'PIF'> = {
  ...pifAddresses,
  ...pifNics,

  plug: (context, self) => plug(onHostOf(context, self), self),

  unplug: (context, self) => unplug(onHostOf(context, self), self),

  /** docs/spec/networking-semantics.md 4.4 */
  async forget(context, self) {
    const { db } = context.pool
    const local = onHostOf(context, self)
    checkNotManagement(db, self)
    checkNotInBond(db, self)
    checkNoVlans(db, self)
    checkNoTunnels(db, self)
    checkNotSlaveManagement(local, self)
    checkNoProtection(local, self)
    checkNoSriov(db, self)
    checkNoClustering(db, self)
    if (db.get('PIF', self, 'managed')) await bringDown(local, self)
    const metrics = db.get('PIF', self, 'metrics')
    if (db.exists('PIF_metrics', metrics)) db.destroy('PIF_metrics', metrics)
    db.destroy('PIF', self)
  },

  async destroy(context, self) {
    const { db } = context.pool
    const local = onHostOf(context, self)
    if (db.get('PIF', self, 'VLAN') < 0) throw new Failure('PIF_IS_PHYSICAL')
    await destroyVlan(local, db.get('PIF', self, 'VLAN_master_of'))
  },

  pool_introduce: introduce,

  db_introduce: introduce,

  db_forget({ pool: { db } }, self) {
    db.destroy('PIF', self)
  },

  create_VLAN: createVlanByDevice,

  async set_property(context, self, name, value) {
    await setProperty(onHostOf(context, self), self, name, value)
  },

  /** docs/spec/networking-semantics.md 4.13 */
  set_disallow_unplug({ pool: { db } }, self, value) {
    if (db.get('PIF', self, 'disallow_unplug') === value) return
    if (!value) {
      checkNoClustering(db, self)
      checkNoClusterGrowing(db)
    }
    db.set('PIF', self, 'disallow_unplug', value)
  },
}

/** A cluster that is being enabled or joined relies on its PIFs, whichever these are. */
function checkNoClusterGrowing(db: Database): void {
  const growing: readonly ClusterOperation[] = ['enable', 'add']
  for (const cluster of db.refs('Cluster')) {
    for (const [task, operation] of db.get('Cluster', cluster, 'current_operations')) {
      if (growing.includes(operation))
        throw new Failure('OTHER_OPERATION_IN_PROGRESS', 'Cluster', cluster, operation, task)
    }
  }
}
