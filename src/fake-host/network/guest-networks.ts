import type { Ref } from '../../datamodel/index.ts'
import type { Context } from '../dispatch/context.ts'
import { attachNetwork } from './attach.ts'

/** Makes the networks of some VIFs available on the executing host, whether the VIFs are plugged or not. */
export async function attachNetworks(context: Context, vifs: readonly Ref<'VIF'>[]): Promise<void> {
  for (const vif of vifs) await attachNetwork(context, context.pool.db.get('VIF', vif, 'network'))
}

/**
 * Removes the executing host's internal bridges that nobody needs any more when some VIFs leave: those of networks that have no
 * PIF in the whole pool. A bridge that something is connected to stays (docs/spec/networking-semantics.md 8.6).
 * @param left the networks that they were on; where they are now unless told
 */
export async function detachNetworks(
  context: Context,
  leaving: readonly Ref<'VIF'>[],
  left: readonly Ref<'network'>[] = leaving.map(vif => context.pool.db.get('VIF', vif, 'network')),
): Promise<void> {
  const { db, networks } = context.pool
  const { run, backend } = networks.of(context.host)
  for (const network of new Set(left)) {
    if (!db.exists('network', network) || !db.get('network', network, 'managed')) continue
    if (db.linked('network', network, 'PIFs').size > 0) continue
    const others = db.get('network', network, 'VIFs').filter(vif => !leaving.includes(vif))
    if (others.some(vif => isPluggedHere(context, vif))) continue
    const name = db.get('network', network, 'bridge')
    await run(async daemon => {
      const bridge = (await backend.describe()).find(candidate => candidate.name === name)
      if (bridge && bridge.ports.length === 0) await daemon['Bridge.destroy'](name, false)
    })
  }
}

/** Whether a VIF is plugged into a VM that is on the host or on its way there. */
function isPluggedHere({ pool: { db }, host }: Context, vif: Ref<'VIF'>): boolean {
  const vm = db.get('VIF', vif, 'VM')
  if (!db.get('VIF', vif, 'currently_attached') || !db.exists('VM', vm)) return false
  return db.get('VM', vm, 'resident_on') === host || db.get('VM', vm, 'scheduled_to_be_resident_on') === host
}
