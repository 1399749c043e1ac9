import type { Ref } from '../../datamodel/index.ts'
import { type Context, coordinator, type Messages, type Pool, poolRef } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import {
  attachNetwork,
  checkUsableForManagement,
  dom0NetworkingChanged,
  setManagementNetwork,
} from '../network/index.ts'
import { onHostOf } from './on-host-of.ts'

type ManagementMessages = Pick<
  Messages<'host'>,
  'management_reconfigure' | 'management_disable' | 'local_management_reconfigure' | 'signal_networking_change'
>

/** The messages about a host's management interface. */
export const hostManagement: ManagementMessages = {
  management_reconfigure: reconfigureManagement,

  /** The PIF stays up (docs/spec/networking-semantics.md 11.5). */
  management_disable(context) {
    const { pool, host } = context
    checkNoHa(pool)
    if (host !== coordinator(pool)) throw new Failure('SLAVE_REQUIRES_MANAGEMENT_INTERFACE')
    setManagementNetwork(context, undefined)
  },

  /** For a host that has lost its coordinator. The interface is told by its bridge. */
  local_management_reconfigure(context, bridge) {
    const { pool, host } = context
    if (!pool.hosts.emergency(host)) throw new Failure('NOT_IN_EMERGENCY_MODE')
    const network = pool.db.refs('network').find(ref => pool.db.get('network', ref, 'bridge') === bridge)
    setManagementNetwork(context, network)
  },

  signal_networking_change: context => dom0NetworkingChanged(context),
}

/** docs/spec/networking-semantics.md 11.4 */
export async function reconfigureManagement(context: Context, pif: Ref<'PIF'>): Promise<void> {
  const { db } = context.pool
  const local = onHostOf(context, pif)
  checkNoHa(context.pool)
  if (db.get('PIF', pif, 'managed')) checkUsableForManagement(db, pif)
  if (db.get('PIF', pif, 'management')) return
  const network = db.get('PIF', pif, 'network')
  await attachNetwork(local, network, { management: true })
  setManagementNetwork(local, network)
}

function checkNoHa(pool: Pool): void {
  if (pool.db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
}
