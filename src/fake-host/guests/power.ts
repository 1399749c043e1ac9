import type { Ref } from '../../datamodel/index.ts'
import { type Context, coordinator, onHost } from '../dispatch/context.ts'
import { createDomain, disconnect, noteBoot, noteDomainType, removeDomain, settle, unsettle } from './domains.ts'

/** A VM's way between its power states. Whoever calls these has made sure that the VM allows it. */

/**
 * Boots a halted VM on a host. All its VIFs and disks are plugged. Where it fails, the VM is halted as it was.
 * Throws what bringing its networks to the host throws (docs/spec/networking-semantics.md 9.3).
 */
export async function boot(
  context: Context,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
  state: 'Running' | 'Paused',
): Promise<void> {
  const { pool } = context
  const { db } = pool
  const local = onHost(context, host)
  db.set('VM', vm, 'scheduled_to_be_resident_on', host)
  for (const vif of db.get('VM', vm, 'VIFs')) db.set('VIF', vif, 'currently_attached', true)
  for (const vbd of db.get('VM', vm, 'VBDs')) db.set('VBD', vbd, 'currently_attached', true)
  try {
    settle(local, vm, await createDomain(local, vm))
  } catch (error) {
    unsettle(pool, vm, 'Halted')
    throw error
  }
  noteBoot(pool, vm)
  if (db.get('VM', vm, 'ha_restart_priority') === 'restart') db.set('VM', vm, 'ha_always_run', true)
  db.set('VM', vm, 'power_state', state)
}

/** Wakes a suspended VM on a host, with the VIFs that it had. Where it fails, the VM sleeps on. */
export async function wake(
  context: Context,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
  state: 'Running' | 'Paused',
): Promise<void> {
  const { db } = context.pool
  const local = onHost(context, host)
  db.set('VM', vm, 'scheduled_to_be_resident_on', host)
  try {
    settle(local, vm, await createDomain(local, vm))
  } catch (error) {
    unsettle(context.pool, vm, 'Suspended')
    throw error
  }
  noteDomainType(db, vm)
  db.set('VM', vm, 'power_state', state)
}

/** Ends the domain of a VM. A suspended VM that is to be halted has none, and needs no host for it. */
export async function end(context: Context, vm: Ref<'VM'>, state: 'Halted' | 'Suspended'): Promise<void> {
  const { pool } = context
  const { db } = pool
  const local = db.get('VM', vm, 'power_state') === 'Suspended' ? undefined : onHostOfVm(context, vm)
  const domid = db.get('VM', vm, 'domid')
  unsettle(pool, vm, state)
  if (state === 'Halted') db.set('VM', vm, 'ha_always_run', false)
  if (local) await removeDomain(local, vm, domid)
}

/** Ends the domain of a VM and makes another on the same host. A VM that was paused runs afterwards. */
export async function reboot(context: Context, vm: Ref<'VM'>): Promise<void> {
  const { pool } = context
  const { db } = pool
  const local = onHostOfVm(context, vm)
  const former = db.get('VM', vm, 'domid')
  await disconnect(local, vm, former)
  try {
    settle(local, vm, await createDomain(local, vm))
  } catch (error) {
    unsettle(pool, vm, 'Halted')
    throw error
  }
  noteBoot(pool, vm)
  db.set('VM', vm, 'power_state', 'Running')
}

/** The context of the host that a VM runs on, else that of the coordinator. Throws HOST_OFFLINE [host], CANNOT_CONTACT_HOST [host]. */
export function onHostOfVm(context: Context, vm: Ref<'VM'>): Context {
  const { db } = context.pool
  const resident = db.get('VM', vm, 'resident_on')
  return onHost(context, db.exists('host', resident) ? resident : coordinator(context.pool))
}
