import type { ClassName, Ref, Value, XenApi } from '../datamodel/index.ts'
import { xenApi } from './api.ts'
import { type Credentials, enter, graceMs, leave } from './credentials.ts'
import { XapiError } from './errors.ts'
import { within } from './transport/deadline.ts'
import type { CallOptions, Transport } from './transport/transport.ts'
import type { Change, WatchOptions } from './watch/change.ts'
import { watching } from './watch/watching.ts'

/**
 * A session on a host, and every message of every class as a function of its own: `session.tunnel.create(pif, network)`.
 * All of it throws XapiError where the host answers with a failure, TransportError or TrustError where it does not answer.
 */
export interface Session extends XenApi, AsyncDisposable {
  /** The session's reference; another one after a watch had to log in anew. */
  readonly ref: Ref<'session'>
  /** Calls a message with wire values, the session put first, and returns the wire value of the answer. */
  call(method: string, ...parameters: readonly Value[]): Promise<Value>
  /** Like `call`, with options for this call alone. */
  callWith(options: CallOptions, method: string, ...parameters: readonly Value[]): Promise<Value>
  /**
   * The objects of some classes and their changes, as they come, by event.from (docs/spec/protocol-semantics.md 5.2). Each
   * object counts once, however its host was reached: over a lost connection, a forgotten session (where the session knows a
   * password), lost events or a restart of the host the watch goes on, with the difference between what it has told and what
   * is. Changes in quick succession may come as one. Ends with the loop that reads it, with the option `signal` and with the
   * session; throws what cannot be overcome by waiting, such as SESSION_AUTHENTICATION_FAILED or RBAC_PERMISSION_DENIED, and
   * TypeError on a class that has no events.
   */
  watch<C extends ClassName>(classes: readonly C[], options?: WatchOptions): AsyncIterable<Change<C>>
  /**
   * Ends the session, once, however often it is called. A session that the host no longer knows has ended already. A
   * session opened by somebody else stays open.
   */
  logout(options?: CallOptions): Promise<void>
}

/** A session that has been opened, and the wire to the host that has it. */
export interface Opened {
  readonly transport: Transport
  readonly ref: Ref<'session'>
}

/** How to open a session, and open it anew where the host has forgotten it. */
export interface Opening {
  open(signal: AbortSignal | undefined): Promise<Opened>
  /** Whether it is opened on the coordinator that another host names. */
  readonly follows: boolean
  /** Whether several hosts are known to open it on. */
  readonly roams: () => boolean
  /** Lets go of a transport that `open` gave. */
  release(transport: Transport): Promise<void>
}

/** Opens a session over a transport, which stays the caller's to close. */
export async function login(transport: Transport, credentials: Credentials): Promise<Session> {
  return openSession(credentials, openingOver(transport, credentials))
}

export function openingOver(transport: Transport, credentials: Credentials): Opening {
  return {
    open: async signal => ({ transport, ref: await enter(transport, credentials, signal) }),
    follows: false,
    roams: () => false,
    release: async () => {},
  }
}

/** Opens a session. What `opening` opened is released after the session has ended. */
export async function openSession(credentials: Credentials, opening: Opening): Promise<Session> {
  const { signal } = credentials
  const isOurs = !('sessionRef' in credentials)
  let current = await opening.open(signal)
  const ended = new AbortController()
  let renewing: Promise<void> | undefined

  const callWith: Session['callWith'] = ({ timeoutMs, ...options }, method, ...parameters) => {
    const { transport, ref } = current
    return within({ signals: [signal, options.signal] }, cut =>
      transport.call(method, [ref, ...parameters], { signal: cut, timeoutMs }),
    )
  }
  const api = xenApi((method, parameters, takesSession) =>
    takesSession ? callWith({}, method, ...parameters) : current.transport.call(method, parameters, { signal }),
  )

  async function replace(): Promise<void> {
    const former = current
    current = await opening.open(AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]))
    if (former.transport === current.transport) return
    await opening.release(former.transport)
    await leave(async () => void (await current.transport.call('session.logout', [former.ref])))
  }
  /** Opens the session anew, once for all who found the same reference wanting. */
  async function renew(stale: Ref<'session'>): Promise<void> {
    if (current.ref !== stale) return
    renewing ??= replace().finally(() => {
      renewing = undefined
    })
    await renewing
  }

  async function end(options: CallOptions): Promise<void> {
    ended.abort()
    await renewing?.catch(() => {}) // whoever asked for it is told
    try {
      if (isOurs) await current.transport.call('session.logout', [current.ref], options)
    } catch (error) {
      if (!(error instanceof XapiError && error.code === 'SESSION_INVALID')) throw error
    } finally {
      await opening.release(current.transport)
    }
  }
  let ending: Promise<void> | undefined
  const session: Session = {
    ...api,
    get ref() {
      return current.ref
    },
    call: (method, ...parameters) => callWith({}, method, ...parameters),
    callWith,
    watch: (classes, options = {}) =>
      watching(classes, options, {
        session,
        signal,
        ended: ended.signal,
        renew: isOurs ? renew : undefined,
        follows: opening.follows,
        roams: opening.roams,
      }),
    logout: (options = {}) => {
      ending ??= end(options)
      return ending
    },
    [Symbol.asyncDispose]: () =>
      leave(() => session.logout(signal?.aborted ? { signal: AbortSignal.timeout(graceMs) } : {})),
  }
  return session
}
