import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { Failure, internalError } from '../dispatch/failure.ts'
import { asVifOperation } from '../guests/index.ts'
import {
  attachNetworks,
  checkAttachable,
  checkNoVlanPif,
  connectVif,
  detachNetworks,
  deviceOfVif,
  disconnectDevice,
  moveVif,
  tolerating,
} from '../network/index.ts'
import { createVif } from './vif-create.ts'
import { onHostOfVif, vifSettings } from './vif-settings.ts'

export const vif: Messages<'VIF'> = {
  ...vifSettings,

  create: createVif,

  destroy({ pool: { db } }, self) {
    const vm = db.get('VIF', self, 'VM')
    const isRunning = db.exists('VM', vm) && db.get('VM', vm, 'domid') !== -1
    if (isRunning && db.get('VIF', self, 'currently_attached')) {
      throw new Failure('OPERATION_NOT_ALLOWED', 'a running VM is using the VIF')
    }
    destroyVif(db, self)
  },

  async plug(context, self) {
    await asVifOperation(context, self, 'plug', () => plugVif(onHostOfVif(context, self), self))
  },

  unplug: unplugVif,

  unplug_force: unplugVif,

  /** docs/spec/networking-semantics.md 9.2 */
  async move(context, self, network) {
    const { db, domains } = context.pool
    const vm = db.get('VIF', self, 'VM')
    await domains.run(vm, async () => {
      const local = onHostOfVif(context, self)
      const isActive = db.get('VIF', self, 'currently_attached') && db.get('VM', vm, 'power_state') !== 'Suspended'
      if (isActive) checkAttachable(db, network, local.host)
      if (db.get('VIF', self, 'trunks').length > 0) checkNoVlanPif(db, network)
      await moveVif(local, self, network)
    })
  },
}

/** The record and its metrics, without checks. */
export function destroyVif(db: Database, vif: Ref<'VIF'>): void {
  const metrics = db.get('VIF', vif, 'metrics')
  if (db.exists('VIF_metrics', metrics)) db.destroy('VIF_metrics', metrics)
  db.destroy('VIF', vif)
}

/** Counts as plugged from the start, also where it fails (docs/spec/networking-semantics.md 9.2). */
async function plugVif(context: Context, vif: Ref<'VIF'>): Promise<void> {
  const { db, networks } = context.pool
  const vm = db.get('VIF', vif, 'VM')
  await networks.of(context.host).run(async () => undefined) // what was there before is there first
  if (db.get('VM', vm, 'resident_on') !== context.host) throw internalError(`VM ${vm} is not on this host`)
  db.set('VIF', vif, 'currently_attached', true)
  const all = db.get('VM', vm, 'VIFs')
  try {
    await attachNetworks(context, all)
    await connectVif(context, vif, db.get('VM', vm, 'domid'))
  } catch (error) {
    await tolerating(() => detachNetworks(context, all))
    throw error
  }
}

async function unplugVif(context: Context, vif: Ref<'VIF'>): Promise<void> {
  const { db } = context.pool
  await asVifOperation(context, vif, 'unplug', async () => {
    const local = onHostOfVif(context, vif)
    await disconnectDevice(local, deviceOfVif(db, vif, db.get('VM', db.get('VIF', vif, 'VM'), 'domid')))
    db.set('VIF', vif, 'currently_attached', false)
    await detachNetworks(local, [vif])
  })
}
