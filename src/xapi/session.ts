import type { Ref, Value, XenApi } from '../datamodel/index.ts'
import { xenApi } from './api.ts'
import { TransportError, TrustError, XapiError } from './errors.ts'
import { within } from './transport/deadline.ts'
import type { CallOptions, Transport } from './transport/transport.ts'

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

/**
 * A session on a host, and every message of every class as a function of its own: `session.tunnel.create(pif, network)`.
 * All of it throws XapiError where the host answers with a failure, TransportError or TrustError where it does not answer.
 */
export interface Session extends XenApi, AsyncDisposable {
  readonly ref: Ref<'session'>
  /** Calls a message with wire values, the session put first, and returns the wire value of the answer. */
  call(method: string, ...parameters: readonly Value[]): Promise<Value>
  /** Like `call`, with options for this call alone. */
  callWith(options: CallOptions, method: string, ...parameters: readonly Value[]): Promise<Value>
  /**
   * Ends the session, once, however often it is called. A session that the host no longer knows has ended already. A
   * session opened by somebody else stays open.
   */
  logout(options?: CallOptions): Promise<void>
}

/** How long a call may still take to leave nothing behind once the user wants to stop, in milliseconds. */
const graceMs = 2000

/** Opens a session over a transport, which stays the caller's to close. */
export async function login(transport: Transport, credentials: Credentials): Promise<Session> {
  return openSession(transport, credentials, async () => {})
}

/** As `login`; `release` runs after the session has ended. */
export async function openSession(
  transport: Transport,
  credentials: Credentials,
  release: () => Promise<void>,
): Promise<Session> {
  const { signal } = credentials
  const isOurs = !('sessionRef' in credentials)
  const ref = isOurs ? await requestSession(transport, credentials) : credentials.sessionRef

  const callWith: Session['callWith'] = (options, method, ...parameters) =>
    within({ signals: [signal, options.signal] }, cut => transport.call(method, [ref, ...parameters], { signal: cut }))
  const api = xenApi((method, parameters, takesSession) =>
    takesSession ? callWith({}, method, ...parameters) : transport.call(method, parameters, { signal }),
  )
  async function end(options: CallOptions): Promise<void> {
    try {
      if (isOurs) await transport.call('session.logout', [ref], options)
    } catch (error) {
      if (!(error instanceof XapiError && error.code === 'SESSION_INVALID')) throw error
    } finally {
      await release()
    }
  }
  let ending: Promise<void> | undefined
  const session: Session = {
    ...api,
    ref,
    call: (method, ...parameters) => callWith({}, method, ...parameters),
    callWith,
    logout: (options = {}) => {
      ending ??= end(options)
      return ending
    },
    [Symbol.asyncDispose]: () =>
      leave(() => session.logout(signal?.aborted ? { signal: AbortSignal.timeout(graceMs) } : {})),
  }
  return session
}

/**
 * Logs in. A signal that fires meanwhile does not cut the call at once: the host may have opened the session already, and
 * only its answer tells which one to close.
 */
async function requestSession(
  transport: Transport,
  credentials: Exclude<Credentials, { sessionRef: unknown }>,
): Promise<Ref<'session'>> {
  const { username, password, version = '2.23', originator = 'xe-tunnel', signal } = credentials
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
async function leave(logout: () => Promise<void>): Promise<void> {
  try {
    await logout()
  } catch (error) {
    if (!(error instanceof XapiError || error instanceof TransportError || error instanceof TrustError)) throw error
  }
}
