import type { Ref } from '../../datamodel/index.ts'
import type { Context } from '../dispatch/context.ts'
import { bringUp } from './bring-up.ts'
import { dom0NetworkingChanged } from './dom0.ts'
import { pifsOn } from './topology.ts'

/**
 * The PIFs of a host that are on the management network become its management interface, and no others; none where there is no
 * such network (docs/spec/networking-semantics.md 11.3).
 */
export function setManagementNetwork(context: Context, network: Ref<'network'> | undefined): void {
  const {
    pool: { db, networks },
    host,
  } = context
  const local = network === undefined ? [] : pifsOn(db, network, host)
  for (const pif of new Set([...networks.pifs.addressed(host), ...local])) {
    db.set('PIF', pif, 'management', db.get('PIF', pif, 'network') === network)
  }
  dom0NetworkingChanged(context)
}

/** Brings up a PIF of the executing host as its management interface. */
export async function bringUpAsManagement(context: Context, pif: Ref<'PIF'>): Promise<void> {
  await bringUp(context, pif, { management: true })
  setManagementNetwork(context, context.pool.db.get('PIF', pif, 'network'))
}
