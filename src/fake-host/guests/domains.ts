import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import { xenDate } from '../clock.ts'
import type { Database } from '../database/index.ts'
import type { Context, Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import {
  attachNetworks,
  connectVif,
  detachNetworks,
  deviceOfVif,
  disconnectDevice,
  tolerating,
} from '../network/index.ts'
import { releaseFunctions, takeFunctions } from './functions.ts'
import { updateVmOperations } from './vm-operations.ts'

/** Domains: what a VM is on a host while it has one, and the ports of its VIFs (docs/spec/networking-semantics.md 9.3). */

/** The number of a host's next domain; numbers are not used again until the host boots. */
function nextDomid({ db, hosts }: Pool, host: Ref<'host'>): number {
  const state = hosts.of(host)
  const taken = db.get('host', host, 'resident_VMs').map(vm => db.get('VM', vm, 'domid'))
  state.lastDomid = Math.max(state.lastDomid, ...taken) + 1
  return state.lastDomid
}

/**
 * Makes a domain for a VM on the executing host: the networks of its VIFs, plugged or not, come to the host, and those that are
 * plugged get a port each, or a function of a NIC. Where that fails, nothing of it stays. Returns the domain's number; the VM's record
 * is not touched.
 */
export async function createDomain(context: Context, vm: Ref<'VM'>): Promise<number> {
  const { db } = context.pool
  const domid = nextDomid(context.pool, context.host)
  const vifs = db.get('VM', vm, 'VIFs')
  takeFunctions(db, vm, context.host)
  try {
    await attachNetworks(context, vifs)
    for (const vif of plugged(db, vm)) await connectVif(context, vif, domid)
  } catch (error) {
    releaseFunctions(db, vm)
    await removeDomain(context, vm, domid)
    throw error
  }
  return domid
}

/** A domain is gone from the executing host: so are its ports, and the networks that it alone needed. Failures change nothing of that. */
export async function removeDomain(context: Context, vm: Ref<'VM'>, domid: number): Promise<void> {
  await disconnect(context, vm, domid)
  await tolerating(() => detachNetworks(context, context.pool.db.get('VM', vm, 'VIFs')))
}

/** Takes the ports of a domain off their bridges, as far as that can be done: the domain does not come back for them. */
export async function disconnect(context: Context, vm: Ref<'VM'>, domid: number): Promise<void> {
  const { db } = context.pool
  for (const vif of db.get('VM', vm, 'VIFs')) {
    await tolerating(() => disconnectDevice(context, deviceOfVif(db, vif, domid)))
  }
}

const plugged = (db: Database, vm: Ref<'VM'>): Ref<'VIF'>[] =>
  db.get('VM', vm, 'VIFs').filter(vif => db.get('VIF', vif, 'currently_attached'))

/** The VM has this domain on the executing host now. */
export function settle({ pool: { db }, host }: Context, vm: Ref<'VM'>, domid: number): void {
  db.set('VM', vm, 'resident_on', host)
  db.set('VM', vm, 'scheduled_to_be_resident_on', NULL_REF)
  db.set('VM', vm, 'domid', domid)
}

/** The VM has no domain any more. What is plugged into a suspended one stays so; what was in a halted one is not. */
export function unsettle({ db }: Pool, vm: Ref<'VM'>, state: 'Halted' | 'Suspended'): void {
  db.set('VM', vm, 'domid', -1)
  db.set('VM', vm, 'resident_on', NULL_REF)
  db.set('VM', vm, 'scheduled_to_be_resident_on', NULL_REF)
  releaseFunctions(db, vm)
  const { guest, metrics } = metricsOf(db, vm)
  if (guest !== undefined) db.destroy('VM_guest_metrics', guest)
  db.set('VM', vm, 'guest_metrics', NULL_REF)
  if (metrics !== undefined) db.set('VM_metrics', metrics, 'current_domain_type', 'unspecified')
  if (state === 'Halted') {
    for (const vif of db.get('VM', vm, 'VIFs')) {
      db.set('VIF', vif, 'currently_attached', false)
      db.set('VIF', vif, 'reserved', false)
      db.set('VIF', vif, 'current_operations', new Map())
    }
    for (const vbd of db.get('VM', vm, 'VBDs')) db.set('VBD', vbd, 'currently_attached', false)
  }
  db.set('VM', vm, 'power_state', state)
}

/** What the metrics of a VM say when it has been booted. */
export function noteBoot({ db, clock }: Pool, vm: Ref<'VM'>): void {
  const now = xenDate(clock())
  const metrics = metricsOf(db, vm).metrics ?? db.create('VM_metrics', {})
  db.set('VM', vm, 'metrics', metrics)
  db.set('VM_metrics', metrics, 'start_time', now)
  db.set('VM_metrics', metrics, 'last_updated', now)
  db.set('VM_metrics', metrics, 'VCPUs_number', db.get('VM', vm, 'VCPUs_at_startup'))
  noteDomainType(db, vm)
}

/** What the metrics of a VM say of its domain while there is one. */
export function noteDomainType(db: Database, vm: Ref<'VM'>): void {
  const { metrics } = metricsOf(db, vm)
  if (metrics === undefined) return
  db.set('VM_metrics', metrics, 'current_domain_type', db.get('VM', vm, 'domain_type'))
  db.set('VM_metrics', metrics, 'hvm', db.get('VM', vm, 'domain_type') === 'hvm')
}

function metricsOf(
  db: Database,
  vm: Ref<'VM'>,
): { readonly metrics: Ref<'VM_metrics'> | undefined; readonly guest: Ref<'VM_guest_metrics'> | undefined } {
  const [metrics, guest] = [db.get('VM', vm, 'metrics'), db.get('VM', vm, 'guest_metrics')]
  return {
    metrics: db.exists('VM_metrics', metrics) ? metrics : undefined,
    guest: db.exists('VM_guest_metrics', guest) ? guest : undefined,
  }
}

/** A host has lost its power, and the VMs that ran there with it; its control domain is there again. */
export function forgetGuests(pool: Pool, host: Ref<'host'>): void {
  const { db, hosts } = pool
  hosts.of(host).lastDomid = 0
  for (const vm of db.get('host', host, 'resident_VMs')) {
    if (db.get('VM', vm, 'is_control_domain')) continue
    unsettle(pool, vm, 'Halted')
    updateVmOperations(db, vm)
  }
}

/**
 * Takes a VM for halted that has no domain, whatever its record says. Throws DOMAIN_EXISTS [vm; domid] where it has one on a host
 * that runs.
 */
export function resetPowerState(pool: Pool, vm: Ref<'VM'>): void {
  const { db, hosts } = pool
  const [host, state] = [db.get('VM', vm, 'resident_on'), db.get('VM', vm, 'power_state')]
  const mayRun = (state === 'Running' || state === 'Paused') && db.exists('host', host)
  if (mayRun && hosts.isRunning(host)) throw new Failure('DOMAIN_EXISTS', vm, String(db.get('VM', vm, 'domid')))
  unsettle(pool, vm, 'Halted')
}
