import type { Ref } from '../../datamodel/index.ts'
import { type Context, coordinator, isLive, type Messages, onHost, poolRef } from '../dispatch/context.ts'
import { Failure, internalError } from '../dispatch/failure.ts'
import { joinPool, removeHost, standAlone, welcome } from '../membership/index.ts'

type MembershipMessages = Pick<Messages<'pool'>, 'join' | 'join_force' | 'eject' | 'hello' | 'initial_auth'>

/** The messages of class pool about which hosts are in it. */
export const poolMembership: MembershipMessages = {
  join: (context, address, username, password) => joinPool(context, { address, username, password }, false),

  join_force: (context, address, username, password) => joinPool(context, { address, username, password }, true),

  /** What refers to the host is left to the coordinator's tidying up (docs/spec/networking-semantics.md 13.3). */
  async eject(context, host) {
    const { pool } = context
    if (pool.hosts.isElsewhere(coordinator(pool))) return standAlone(pool, context.host)
    checkEjectable(context, host)
    await removeHost(onHost(context, host).pool, host)
  },

  /** What a member says when it has started. */
  async hello({ pool }, uuid, address) {
    const host = pool.db.refs('host').find(ref => pool.db.get('host', ref, 'uuid') === uuid)
    if (host === undefined) return 'unknown_host'
    if (!isLive(pool, host)) await welcome(pool, host, address)
    return 'ok'
  },

  initial_auth: ({ pool }) => pool.hosts.secret,
}

function checkEjectable({ pool }: Context, host: Ref<'host'>): void {
  const { db } = pool
  if (db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
  if (db.get('pool', poolRef(pool), 'other_config').get('rolling_upgrade_in_progress') === 'true') {
    throw new Failure('NOT_SUPPORTED_DURING_UPGRADE')
  }
  if (host === coordinator(pool)) throw internalError('the coordinator cannot be ejected from its pool')
  const guests = db.get('host', host, 'resident_VMs').filter(vm => !db.get('VM', vm, 'is_control_domain'))
  if (guests.some(vm => db.get('VM', vm, 'power_state') !== 'Halted')) {
    throw new Failure('OPERATION_NOT_ALLOWED', 'A VM runs on the host')
  }
}
