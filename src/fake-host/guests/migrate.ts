import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, onHost, type Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { detachNetworks, pifsOn, primaryAddress, tolerating } from '../network/index.ts'
import { createDomain, disconnect, settle } from './domains.ts'
import { checkCanBootHere } from './placement.ts'
import { onHostOfVm } from './power.ts'
import { asVmOperation } from './vm-operations.ts'

/**
 * Moves a running VM to another host of the pool, or within its host to another domain: the networks of its VIFs come to the
 * destination, its ports appear there, and only then those at the source go. Where it fails, the VM runs where it did.
 * Throws what `checkCanBootHere` throws, VM_BAD_POWER_STATE [vm; running; state] and whatever else stands in the way of an operation
 * on the VM, HOST_OFFLINE [host], CANNOT_CONTACT_HOST [host], and what attaching a network throws.
 */
export async function migrateVm(context: Context, vm: Ref<'VM'>, host: Ref<'host'>): Promise<void> {
  await asVmOperation(context, vm, 'pool_migrate', () => move(context, vm, host))
}

/**
 * As `migrateVm`, and some of its VIFs get other networks on the way. A VM that is not running only gets those.
 * Throws VIF_NOT_IN_MAP [vif] for a VIF of another VM as well.
 */
export async function sendVm(
  context: Context,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
  networks: ReadonlyMap<Ref<'VIF'>, Ref<'network'>>,
): Promise<void> {
  const { db } = context.pool
  await asVmOperation(context, vm, 'migrate_send', async () => {
    checkCanBeSent(context.pool, vm, host, networks)
    const former = new Map([...networks.keys()].map(vif => [vif, db.get('VIF', vif, 'network')]))
    const put = (all: typeof networks) => {
      for (const [vif, network] of all) db.set('VIF', vif, 'network', network)
    }
    put(networks)
    if (db.get('VM', vm, 'power_state') !== 'Running') return
    try {
      await move(context, vm, host, [...former.values()])
    } catch (error) {
      put(former)
      throw error
    }
  })
}

/** Whether `sendVm` could. */
export function checkCanBeSent(
  pool: Pool,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
  networks: ReadonlyMap<Ref<'VIF'>, Ref<'network'>>,
): void {
  const { db } = pool
  const vifs = db.get('VM', vm, 'VIFs')
  const stranger = [...networks.keys()].find(vif => !vifs.includes(vif))
  if (stranger !== undefined) throw new Failure('VIF_NOT_IN_MAP', stranger)
  const wanted = vifs.map(vif => networks.get(vif) ?? db.get('VIF', vif, 'network'))
  checkCanBootHere(pool, vm, host, wanted)
}

/** @param left networks that its VIFs were on until now */
async function move(
  context: Context,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
  left: readonly Ref<'network'>[] = [],
): Promise<void> {
  const { db } = context.pool
  checkCanBootHere(context.pool, vm, host)
  const there = onHost(context, host)
  const here = onHostOfVm(context, vm)
  const former = db.get('VM', vm, 'domid')
  db.set('VM', vm, 'scheduled_to_be_resident_on', host)
  try {
    settle(there, vm, await createDomain(there, vm))
  } catch (error) {
    db.set('VM', vm, 'scheduled_to_be_resident_on', NULL_REF)
    throw error
  }
  await disconnect(here, vm, former)
  const vifs = db.get('VM', vm, 'VIFs')
  const gone = here.host === there.host ? [] : vifs.map(vif => db.get('VIF', vif, 'network'))
  await tolerating(() => detachNetworks(here, vifs, [...gone, ...left]))
}

/**
 * Whether a host can take in VMs over a network that was chosen for it (docs/spec/networking-semantics.md 9.4, migration).
 * Throws PIF_NOT_PRESENT [host; network], REQUIRED_PIF_IS_UNPLUGGED [pif], INTERFACE_HAS_NO_IP [pif].
 */
export function checkMigrationNetwork(db: Database, host: Ref<'host'>, network: Ref<'network'>): void {
  const [pif] = pifsOn(db, network, host)
  if (pif === undefined) throw new Failure('PIF_NOT_PRESENT', host, network)
  if (!db.get('PIF', pif, 'currently_attached')) throw new Failure('REQUIRED_PIF_IS_UNPLUGGED', pif)
  if (primaryAddress(db, pif) === '') throw new Failure('INTERFACE_HAS_NO_IP', pif)
}
