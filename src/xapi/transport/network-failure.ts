import { TransportError, type TransportFailure, TrustError, type TrustFailure } from '../errors.ts'

/** Codes of node's sockets, each with the kind of failure it is and what it says after the endpoint. */
const failures: Readonly<Record<string, readonly [TransportFailure, string]>> = {
  ENOTFOUND: ['unresolved', 'cannot be reached: no address is known for that name'],
  EAI_AGAIN: ['unresolved', 'cannot be reached: the name service does not answer'],
  ECONNREFUSED: ['refused', 'refuses connections'],
  ENOENT: ['refused', 'cannot be reached: there is no such socket'],
  ENOTSOCK: ['refused', 'cannot be reached: it is not a socket'],
  EACCES: ['refused', 'cannot be reached: permission denied'],
  EHOSTUNREACH: ['unreachable', 'cannot be reached: no route to that host'],
  ENETUNREACH: ['unreachable', 'cannot be reached: no route to its network'],
  ETIMEDOUT: ['timeout', 'did not answer the attempt to connect'],
}

const closedCodes = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

/** What OpenSSL's verdicts mean (X509_V_ERR_*, as node spells them). */
const distrust: Readonly<Record<string, readonly [TrustFailure, string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['unknown-issuer', 'it is self-signed'],
  SELF_SIGNED_CERT_IN_CHAIN: ['unknown-issuer', 'its chain ends in a self-signed certificate that is not trusted'],
  UNABLE_TO_GET_ISSUER_CERT: ['unknown-issuer', 'its issuer is not known'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['unknown-issuer', 'its issuer is not known'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['unknown-issuer', 'its issuer is not known'],
  CERT_HAS_EXPIRED: ['expired', 'it has expired'],
  CERT_NOT_YET_VALID: ['expired', 'it is not valid yet'],
  CERT_REVOKED: ['invalid', 'it has been revoked'],
  CERT_SIGNATURE_FAILURE: ['invalid', 'its signature is wrong'],
  CERT_UNTRUSTED: ['invalid', 'it is marked as not trusted'],
  CERT_REJECTED: ['invalid', 'it is marked as rejected'],
  CERT_CHAIN_TOO_LONG: ['invalid', 'its chain is too long'],
  PATH_LENGTH_EXCEEDED: ['invalid', 'its chain is too long'],
  INVALID_CA: ['invalid', 'it was issued by a certificate that may not issue any'],
  INVALID_PURPOSE: ['invalid', 'it is not meant for servers'],
  HOSTNAME_MISMATCH: ['other-name', 'it belongs to another name'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['other-name', 'it belongs to another name'],
}

/**
 * The failure that an error of node's sockets, TLS or HTTP parser stands for, as one line that names the endpoint. An
 * error that is none of these comes back as it is: it is a bug, and shows its stack.
 */
export function networkFailure(error: unknown, where: string, answering: boolean): unknown {
  if (error instanceof TransportError || error instanceof TrustError) return error
  const code = codeOf(error)
  if (!(error instanceof Error) || code === undefined) return error
  const cause = { cause: error }
  if (closedCodes.has(code)) {
    const when = answering ? 'half-way through its answer' : 'without an answer'
    return new TransportError('closed', `${where} closed the connection ${when}`, cause)
  }
  const known = failures[code]
  if (known) return new TransportError(known[0], `${where} ${known[1]}`, cause)
  const verdict = distrust[code]
  if (verdict) return new TrustError(verdict[0], `the certificate of ${where} is not trusted: ${verdict[1]}`, cause)
  if (code.startsWith('HPE_')) return new TransportError('protocol', `${where} does not answer in HTTP`, cause)
  if (/^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG))$/.test(code)) {
    return new TransportError('protocol', `${where} does not answer in TLS`, cause)
  }
  if (/^ERR_(SSL|TLS)_/.test(code)) {
    return new TransportError('protocol', `${where} does not agree on TLS (${code.slice(4)})`, cause)
  }
  if (code.startsWith('ERR_')) return error
  return new TransportError('unreachable', `${where} cannot be reached (${code})`, cause)
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
