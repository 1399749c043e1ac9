import type { Credentials } from './credentials.ts'
import { openingAt, type Places } from './opening.ts'
import { openingOver, openSession, type Session } from './session.ts'
import type { Transport } from './transport/transport.ts'

/** How to reach a host or one of several, or a transport that somebody else has made and will close; and who logs in. */
export type Settings = (Places | { readonly transport: Transport }) & Credentials

/**
 * Opens a session, at the first host that answers where there are several, and at the coordinator where a host says that it
 * is not the one. End it with `logout` or `await using`, which also lets go of the connections, unless the transport was
 * given. Throws XapiError where the host refuses the login (SESSION_AUTHENTICATION_FAILED, ...), TransportError where no
 * host can be reached, TrustError where a certificate is not trusted: no other host is tried then.
 */
export async function connect(settings: Settings): Promise<Session> {
  return openSession(
    settings,
    'transport' in settings ? openingOver(settings.transport, settings) : openingAt(settings, settings),
  )
}

/** Opens a session, runs `work` in it and ends it, whatever comes of the work. Returns or throws what the work does. */
export async function withSession<T>(settings: Settings, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await connect(settings)
  try {
    return await work(session)
  } finally {
    await session[Symbol.asyncDispose]()
  }
}
