import { connect, type Socket } from 'node:net'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { getSystemErrorMap } from 'node:util'
import type { OvsdbAddress } from './address.ts'
import { OvsdbError } from './error.ts'

/** How the two sides of `ssl:` know each other. One of `ca`, `fingerprint256` and `anyServer` must be given to connect. */
export interface OvsdbTls {
  /** What we show, as PEM: databases of hosts ask for it. */
  readonly key?: string | Buffer | undefined
  readonly cert?: string | Buffer | undefined
  /** Who must have signed the other side's certificate, as PEM. Names are not compared, as the switch's own programs do not. */
  readonly ca?: string | Buffer | undefined
  /** The other side's certificate itself: SHA-256, as hex with or without colons. */
  readonly fingerprint256?: string | undefined
  /** Whoever answers is believed: for a network that nobody else is in. */
  readonly anyServer?: boolean | undefined
}

/** Connects within `timeout` milliseconds. Throws OvsdbError. */
export async function openSocket(
  address: OvsdbAddress,
  where: string,
  timeout: number,
  tls?: OvsdbTls,
): Promise<Socket> {
  const isTls = address.kind === 'ssl'
  const socket = isTls
    ? (await import('node:tls')).connect(tlsOptions(address, tls))
    : connect(address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port })
  const timer = setTimeout(
    () => socket.destroy(new OvsdbError('timeout', `${where} did not answer within ${timeout / 1000} s`)),
    timeout,
  )
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(isTls ? 'secureConnect' : 'connect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed by the other side')))
    })
    if (isTls) checkFingerprint(socket as TLSSocket, tls) // it was made by TLS
    socket.setNoDelay(true)
    return socket
  } catch (error) {
    socket.destroy()
    if (error instanceof OvsdbError) throw error
    throw new OvsdbError('connection', `${where}: ${reason(error)}`)
  } finally {
    clearTimeout(timer)
    socket.removeAllListeners('close')
    socket.removeAllListeners('error')
    socket.on('error', () => {}) // until the connection listens; nothing is lost, the socket stays broken
  }
}

function tlsOptions({ host, port }: { host: string; port: number }, tls: OvsdbTls = {}): ConnectionOptions {
  const { key, cert, ca, fingerprint256, anyServer = false } = tls
  if (ca === undefined && fingerprint256 === undefined && !anyServer) {
    throw new OvsdbError('usage', 'ssl: needs ca, fingerprint256 or anyServer')
  }
  return { host, port, key, cert, ca, rejectUnauthorized: ca !== undefined, checkServerIdentity: () => undefined }
}

function checkFingerprint(socket: TLSSocket, tls: OvsdbTls | undefined): void {
  const plain = (text: string) => text.replaceAll(':', '').toLowerCase()
  const wanted = tls?.fingerprint256
  const seen = socket.getPeerCertificate().fingerprint256 ?? ''
  if (wanted !== undefined && plain(wanted) !== plain(seen)) {
    throw new OvsdbError('connection', `the certificate's fingerprint is ${seen}, not ${wanted}`)
  }
}

/** What the system said, in one line. */
export function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reason).join(', ')
  const known = error instanceof Error && 'errno' in error ? getSystemErrorMap().get(Number(error.errno)) : undefined
  return known?.[1] ?? (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
