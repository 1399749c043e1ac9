import type { Ref } from '../datamodel/index.ts'
import { TransportError, TrustError, XapiError } from './errors.ts'
import type { Transport } from './transport/transport.ts'

/** Who logs in, or the session that somebody else has opened and will close. */
export type Credentials =
  | {
      readonly username: string
      readonly password: string
      /** The API version that the client is written for; hosts ignore it. Default `2.23`. */
      readonly version?: string | undefined
      /** What a host counts sessions by (docs/spec/protocol-semantics.md 2.4). Default `xe-tunnel`. */
      readonly originator?: string | undefined
      /** Ends the login, or any call of the session, when it fires; a session that was opened is closed all the same. */
      readonly signal?: AbortSignal | undefined
    }
  | { readonly sessionRef: Ref<'session'>; readonly signal?: AbortSignal | undefined }

/** How long a call may still take to leave nothing behind once the user wants to stop, in milliseconds. */
export const graceMs = 2000

/**
 * Logs in, or gives the session that is there already. A signal that fires meanwhile does not cut the call at once: the host
 * may have opened the session already, and only its answer tells which one to close.
 */
export async function enter(
  transport: Transport,
  credentials: Credentials,
  signal: AbortSignal | undefined,
): Promise<Ref<'session'>> {
  if ('sessionRef' in credentials) return credentials.sessionRef
  const { username, password, version = '2.23', originator = 'xe-tunnel' } = credentials
  signal?.throwIfAborted()
  const cut = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const startGrace = () => {
    timer = setTimeout(() => cut.abort(signal?.reason), graceMs)
  }
  signal?.addEventListener('abort', startGrace, { once: true })
  try {
    const options = { signal: cut.signal }
    const ref = await transport.call('session.login_with_password', [username, password, version, originator], options)
    if (typeof ref !== 'string') throw new TransportError('protocol', 'the host answered a login without a session')
    if (signal?.aborted) await leave(async () => void (await transport.call('session.logout', [ref], options)))
    signal?.throwIfAborted()
    return ref
  } catch (error) {
    throw signal?.aborted ? signal.reason : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', startGrace)
  }
}

/** Closes a session for good measure: that it cannot be closed must not hide what was done in it. */
export async function leave(logout: () => Promise<void>): Promise<void> {
  try {
    await logout()
  } catch (error) {
    if (!(error instanceof XapiError || error instanceof TransportError || error instanceof TrustError)) throw error
  }
}
