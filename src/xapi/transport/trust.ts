import { TrustError } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'
import { normalFingerprint } from './fingerprint.ts'

/** What an endpoint's certificate is held against. */
export interface Trust {
  /** What node's TLS is told about the certificates to trust. */
  readonly options: { readonly rejectUnauthorized?: boolean; readonly ca?: string | Buffer }
  /** The fingerprints that will do, as `normalFingerprint` writes them; undefined where any will. */
  readonly pins: readonly string[] | undefined
}

/**
 * The trust that an endpoint's settings ask for. Throws TrustError where the CA holds no certificate: node takes an empty
 * one for the system's, and passes over one that it cannot read. Throws TypeError where a fingerprint is none.
 */
export async function trustOf(endpoint: Endpoint): Promise<Trust> {
  if (!endpoint.tls) return { options: {}, pins: undefined }
  const { ca, fingerprint } = endpoint.tls
  const pins = fingerprint === undefined ? undefined : [fingerprint].flat().map(pinOf)
  const rejectUnauthorized = endpoint.tls.verify ?? (pins === undefined || ca !== undefined)
  if (ca === undefined) return { options: { rejectUnauthorized }, pins }
  const { X509Certificate } = await import('node:crypto')
  try {
    new X509Certificate(ca)
  } catch (cause) {
    throw new TrustError('unreadable-ca', `the CA certificate to trust for ${endpoint.where} cannot be read`, { cause })
  }
  return { options: { rejectUnauthorized, ca }, pins }
}

function pinOf(text: string): string {
  const normal = normalFingerprint(text)
  if (normal === undefined) throw new TypeError('a fingerprint is the SHA-256 of a certificate: 64 hexadecimal digits')
  return normal
}
