import type { Ref } from '../../datamodel/index.ts'
import { TransportError, XapiError } from '../errors.ts'
import type { Watched } from './watching.ts'

/** What helps, after a while: to go on from where the watch was, to fetch everything anew, to open the session anew. */
export type Remedy = 'resume' | 'refetch' | 'login'

/** The host has forgotten what the watch has not seen, does not know its own token any more, or is starting. */
const forgotten = new Set(['EVENTS_LOST', 'EVENT_FROM_TOKEN_PARSE_FAILURE', 'HOST_STILL_BOOTING'])

/** What helps against the failure of a call in the session `ref`. Throws the failure where nothing does. */
export function remedyFor(error: unknown, ref: Ref<'session'>, { session, signal, renew, follows }: Watched): Remedy {
  if (signal?.aborted) throw error
  if (error instanceof XapiError) {
    if (error.code === 'SESSION_INVALID' && renew) return 'login'
    if (error.code === 'HOST_IS_SLAVE' && renew && follows) return 'login'
    if (forgotten.has(error.code)) return 'refetch'
  }
  if (error instanceof TransportError && error.kind !== 'unsendable') {
    const isClosed = error.kind === 'cancelled' && session.ref === ref // not by a session that moved to another host
    if (!isClosed) return 'resume'
  }
  throw error
}
