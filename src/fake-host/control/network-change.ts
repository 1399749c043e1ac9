import type { Pool } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'
import { hostNamed } from '../host-named.ts'
import { DAEMON_CALLS, type FailureRule } from '../network/index.ts'

/** How the networking daemon is to behave from now on. */
export interface NetworkChange {
  /** How long each of its calls takes, in milliseconds. */
  readonly delay_ms?: number | undefined
  /** The call that fails; null: none does. */
  readonly fail?: FailureRule | null | undefined
  /** Of one host, by name, uuid or reference; of all unless given. */
  readonly host?: string | undefined
}

/** Throws FakeHostError. */
export function disturbNetwork({ db, networks }: Pool, { delay_ms, fail, host }: NetworkChange): void {
  if (fail && !DAEMON_CALLS.some(call => call === fail.call)) {
    throw new FakeHostError(
      `the networking daemon has no call ${JSON.stringify(fail.call)}, but ${DAEMON_CALLS.join(', ')}`,
    )
  }
  const change = {
    ...(delay_ms !== undefined && { delay_ms }),
    ...(fail !== undefined && { fail: fail ?? undefined }),
  }
  networks.disturb(change, host === undefined ? undefined : hostNamed(db, host))
}
