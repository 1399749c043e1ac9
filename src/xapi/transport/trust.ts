import { TrustError } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'

/** What node's TLS is told about the certificates to trust. */
export interface Trust {
  readonly rejectUnauthorized?: boolean
  readonly ca?: string | Buffer
}

/**
 * The trust that an endpoint's settings ask for. Throws TrustError where the CA holds no certificate: node takes an empty
 * one for the system's, and passes over one that it cannot read.
 */
export async function trustOf(endpoint: Endpoint): Promise<Trust> {
  if (!endpoint.tls) return {}
  const { ca, verify = true } = endpoint.tls
  if (ca === undefined) return { rejectUnauthorized: verify }
  const { X509Certificate } = await import('node:crypto')
  try {
    new X509Certificate(ca)
  } catch (cause) {
    throw new TrustError(`the CA certificate to trust for ${endpoint.where} cannot be read`, { cause })
  }
  return { rejectUnauthorized: verify, ca }
}
