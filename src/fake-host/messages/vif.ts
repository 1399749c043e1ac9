import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { Failure, internalError } from '../dispatch/failure.ts'
import {
  attachNetwork,
  attachNetworks,
  checkAttachable,
  checkNoVlanPif,
  detachNetworks,
  isSriovNetwork,
} from '../network/index.ts'
import { createVif } from './vif-create.ts'
import { asOperation } from './vif-operations.ts'
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
    const local = onHostOfVif(context, self)
    await asOperation(local, self, 'plug', () => plugVif(local, self))
  },

  unplug: unplugVif,

  unplug_force: unplugVif,

  /** docs/spec/networking-semantics.md 9.2 */
  async move(context, self, network) {
    const local = onHostOfVif(context, self)
    const { db } = local.pool
    const isSuspended = db.get('VM', db.get('VIF', self, 'VM'), 'power_state') === 'Suspended'
    const isActive = db.get('VIF', self, 'currently_attached') && !isSuspended
    if (isActive) checkAttachable(db, network, local.host)
    if (db.get('VIF', self, 'trunks').length > 0) checkNoVlanPif(db, network)
    db.set('VIF', self, 'network', network)
    if (!isActive) return
    await attachNetwork(local, network)
    if (isSriovNetwork(db, network)) throw internalError('a plugged VIF cannot move to an SR-IOV network')
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
  const { db } = context.pool
  const vm = db.get('VIF', vif, 'VM')
  if (db.get('VM', vm, 'resident_on') !== context.host) throw internalError(`VM ${vm} is not on this host`)
  db.set('VIF', vif, 'currently_attached', true)
  const all = db.get('VM', vm, 'VIFs')
  try {
    await attachNetworks(context, all)
  } catch (error) {
    await detachNetworks(context, all).catch(() => undefined) // the first failure is the one to tell
    throw error
  }
  db.set('VIF', vif, 'MTU', requestedMtu(db, vif))
}

/** docs/spec/networking-semantics.md 9.3, last paragraph */
function requestedMtu(db: Database, vif: Ref<'VIF'>): number {
  const own = db.get('VIF', vif, 'other_config').get('mtu')
  if (own !== undefined && /^\d+$/.test(own)) return Number(own)
  return db.get('network', db.get('VIF', vif, 'network'), 'MTU')
}

async function unplugVif(context: Context, vif: Ref<'VIF'>): Promise<void> {
  const local = onHostOfVif(context, vif)
  await asOperation(local, vif, 'unplug', async () => {
    local.pool.db.set('VIF', vif, 'currently_attached', false)
    await detachNetworks(local, [vif])
  })
}
