import { TransportError } from '../errors.ts'
import { endpointOf, type HostSettings } from './endpoint.ts'
import { oneLine } from './one-line.ts'
import type { CallOptions } from './transport.ts'

/** What a host shows of itself in TLS, trusted or not. Each text is one line that is safe for a terminal. */
export interface PresentedCertificate {
  /** The endpoint, as `host:port`. */
  readonly where: string
  /** SHA-256, bytes in capitals with colons between them. */
  readonly fingerprint: string
  readonly subject: string
  readonly issuer: string
  readonly validFrom: Date
  readonly validTo: Date
}

/**
 * Asks a host for its certificate, believes nothing and sends nothing: to show it to somebody who then decides about its
 * fingerprint. Throws TransportError where the host cannot be reached or speaks no TLS.
 */
export async function presentedCertificate(
  settings: HostSettings,
  { signal, timeoutMs }: CallOptions = {},
): Promise<PresentedCertificate> {
  const endpoint = endpointOf({ ...settings, tls: {} })
  const { where } = endpoint
  const [{ TLSSocket }, { connected }] = await Promise.all([import('node:tls'), import('./connecting.ts')])
  const ms = timeoutMs ?? settings.connectTimeoutMs ?? settings.timeoutMs ?? 30_000
  const trust = { options: { rejectUnauthorized: false }, pins: undefined }
  const socket = await connected(endpoint, trust, { timeout: { ms, where }, signals: [signal] })
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  socket.destroy()
  if (!certificate) throw new TransportError('protocol', `${where} shows no certificate`)
  return {
    where,
    fingerprint: certificate.fingerprint256,
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
  }
}

/** The parts of a name, which node puts on a line each. */
const nameOf = (text: string): string => oneLine(text.replaceAll('\n', ', '))
