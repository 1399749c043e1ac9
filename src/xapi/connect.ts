import { type Credentials, openSession, type Session } from './session.ts'
import type { HttpSettings } from './transport/endpoint.ts'
import type { Transport } from './transport/transport.ts'

/** What to reach a host by: an endpoint, or a transport that somebody else has made and will close. */
export type Reach = HttpSettings | { readonly transport: Transport }

/** How to reach a host, and who logs in there. */
export type Settings = Reach & Credentials

/** Makes an XML-RPC transport. Its code is loaded here, so that a program which stays in its own process does without. */
export async function xmlRpcTransport(settings: HttpSettings): Promise<Transport> {
  const wire = await import('./transport/xmlrpc.ts')
  return wire.xmlRpcTransport(settings)
}

/** A transport to a host, without a session. Nothing is sent yet. */
export async function openTransport(settings: Reach): Promise<Transport> {
  return 'transport' in settings ? settings.transport : xmlRpcTransport(settings)
}

/**
 * Opens a session. End it with `logout` or `await using`, which also lets go of the connections, unless the transport was
 * given. Throws XapiError where the host refuses the login (SESSION_AUTHENTICATION_FAILED, HOST_IS_SLAVE, ...),
 * TransportError where it cannot be reached, TrustError where its certificate is not trusted.
 */
export async function connect(settings: Settings): Promise<Session> {
  const transport = await openTransport(settings)
  const release = async () => {
    if (!('transport' in settings)) await transport.close()
  }
  try {
    return await openSession(transport, settings, release)
  } catch (error) {
    await release()
    throw error
  }
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
