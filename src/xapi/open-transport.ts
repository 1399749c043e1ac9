import type { HttpSettings } from './transport/endpoint.ts'
import type { Transport } from './transport/transport.ts'

/** How to write calls: JSON-RPC, XML-RPC, or JSON-RPC where the host knows it and else XML-RPC. */
export type Wire = 'auto' | 'json' | 'xml'

export interface WireSettings {
  /** Default `auto`. */
  readonly wire?: Wire | undefined
}

/** What to reach a host by: an endpoint, or a transport that somebody else has made and will close. */
export type Reach = (HttpSettings & WireSettings) | { readonly transport: Transport }

/** A transport to a host, without a session. Nothing is sent yet. The code of a wire is loaded when it is needed. */
export async function openTransport(settings: Reach): Promise<Transport> {
  if ('transport' in settings) return settings.transport
  const place = 'socketPath' in settings ? settings.socketPath : settings.host
  if (!place) throw new TypeError('host is missing: the name or address of a host')
  switch (settings.wire ?? 'auto') {
    case 'auto':
      return (await import('./transport/auto.ts')).autoTransport(settings)
    case 'json':
      return (await import('./transport/jsonrpc.ts')).jsonRpcTransport(settings)
    case 'xml':
      return (await import('./transport/xmlrpc.ts')).xmlRpcTransport(settings)
    default:
      throw new TypeError(`wire is 'auto', 'json' or 'xml', and not ${JSON.stringify(settings.wire)}`)
  }
}
