import type { Answer } from '../dispatch/call.ts'
import type { Request } from './request.ts'

/** The digests of a certificate, in upper-case hexadecimal with colons. */
export interface Thumbprints {
  readonly 'sha-256': string
  readonly 'sha-1': string
}

/**
 * What is added to an answer for a client that pins certificates: it is told the coordinator's when it is sent there
 * (docs/spec/protocol-semantics.md 1.2).
 */
export function thumbprintHeader(
  { headers }: Request,
  answer: Answer | undefined,
  thumbprints: Thumbprints | undefined,
): readonly (readonly [name: string, value: string])[] {
  if (!thumbprints || !answer || answer.ok || answer.error[0] !== 'HOST_IS_SLAVE') return []
  const asked = headers.get('x-xenapi-request-host-certificate-thumbprint')
  if (asked !== 'sha-256:master' && asked !== 'sha-1:master') return []
  const digest = asked === 'sha-1:master' ? 'sha-1' : 'sha-256'
  return [['x-xenapi-response-host-certificate-thumbprint', thumbprints[digest]]]
}
