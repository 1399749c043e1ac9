import net from 'node:net'
import type { TLSSocket } from 'node:tls'
import { TransportError, TrustError } from '../errors.ts'
import { type Limits, within } from './deadline.ts'
import type { Endpoint } from './endpoint.ts'
import { networkFailure } from './network-failure.ts'
import type { Trust } from './trust.ts'

/**
 * A new connection to an endpoint, for the caller to close, encrypted and its certificate found good where the endpoint is one
 * with TLS. Throws TransportError or TrustError.
 */
export async function connected(endpoint: Endpoint, trust: Trust, limits: Limits): Promise<net.Socket | TLSSocket> {
  const { target, where } = endpoint
  const options = 'socketPath' in target ? { path: target.socketPath } : target
  const tls = endpoint.tls ? await import('node:tls') : undefined
  const servername = 'host' in target && !net.isIP(target.host) ? { servername: target.host } : {}
  let socket: net.Socket | undefined
  try {
    return await within(limits, async () => {
      const made: net.Socket | TLSSocket = tls
        ? tls.connect({ ...options, ...servername, ...trust.options })
        : net.connect(options)
      socket = made
      await new Promise<void>((resolve, reject) => {
        made.once('error', reject).once(tls ? 'secureConnect' : 'connect', resolve)
        made.once('close', () =>
          reject(new TransportError('closed', `${where} closed the connection without an answer`)),
        )
      })
      if (trust.pins && 'getPeerX509Certificate' in made) checkPin(made, trust.pins, where)
      return made
    })
  } catch (error) {
    socket?.on('error', () => {}).destroy()
    throw networkFailure(error, where, false)
  }
}

/** Node verifies chains before it lets anything through, but knows nothing of fingerprints. */
function checkPin(socket: TLSSocket, pins: readonly string[], where: string): void {
  const presented = socket.getPeerX509Certificate()?.fingerprint256 ?? 'none'
  if (pins.includes(presented)) return
  const text = `the certificate of ${where} is not trusted: it is not the one that was expected`
  throw new TrustError('other-fingerprint', text, { presented, expected: pins })
}
