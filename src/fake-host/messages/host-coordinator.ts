import type { Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { abort, commit, propose } from '../hosts/transition.ts'

type CoordinatorMessages = Pick<
  Messages<'host'>,
  'propose_new_master' | 'commit_new_master' | 'abort_new_master' | 'is_in_emergency_mode' | 'local_assert_healthy'
>

/** What a host says of itself and its coordinator, and what candidates for that ask of it. */
export const hostCoordinator: CoordinatorMessages = {
  propose_new_master: ({ pool, host }, address) => propose(pool, host, address),

  commit_new_master: ({ pool, host }, address) => commit(pool, host, address),

  abort_new_master: ({ pool, host }, address) => abort(pool, host, address),

  is_in_emergency_mode: ({ pool, host }) => pool.hosts.emergency(host) !== undefined,

  local_assert_healthy({ pool, host }) {
    const emergency = pool.hosts.emergency(host)
    if (emergency) throw new Failure(...emergency)
  },
}
