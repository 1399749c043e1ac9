import { type Messages, onHost } from '../dispatch/context.ts'
import { designate, emergencyTransition, recoverMembers, resetMaster } from '../hosts/transition.ts'

type CoordinatorMessages = Pick<
  Messages<'pool'>,
  'designate_new_master' | 'emergency_transition_to_master' | 'emergency_reset_master' | 'recover_slaves'
>

/** The messages of class pool about which host is its coordinator. */
export const poolCoordinator: CoordinatorMessages = {
  designate_new_master: (context, host) => designate(onHost(context, host).pool, host),

  emergency_transition_to_master: ({ pool, host }) => emergencyTransition(pool, host),

  emergency_reset_master: ({ pool, host }, address) => resetMaster(pool, host, address),

  recover_slaves: ({ pool }) => recoverMembers(pool),
}
