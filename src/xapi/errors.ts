import type { ErrorCode } from '../datamodel/errors.gen.ts'

/**
 * A failure that a host answered with. `code` and `params` are the host's own words, untouched; params may hold
 * references. Codes that this release of the datamodel does not know come through as they are.
 */
export class XapiError extends Error {
  override readonly name = 'XapiError'
  readonly code: ErrorCode | (string & {})
  readonly params: readonly string[]

  constructor(code: string, params: readonly string[] = []) {
    super([code, ...params].join(' '))
    this.code = code
    this.params = params
  }
}

/** What went wrong between this program and a host. */
export type TransportFailure =
  | 'unresolved'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'closed'
  | 'http'
  | 'protocol'
  | 'unsendable'
  | 'cancelled'

/** No answer of XenAPI came: the host could not be reached, did not answer in time, or answered with something else. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly kind: TransportFailure
  /** The HTTP status, where kind is `http`. */
  readonly status: number | undefined

  constructor(kind: TransportFailure, message: string, options: { cause?: unknown; status?: number } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.kind = kind
    this.status = options.status
  }
}

/** Why a certificate is not trusted. `invalid` is whatever else is wrong with it or its chain. */
export type TrustFailure =
  | 'unknown-issuer'
  | 'expired'
  | 'other-name'
  | 'other-fingerprint'
  | 'unreadable-ca'
  | 'invalid'

/** The host's certificate is not trusted. Nothing was sent to it. */
export class TrustError extends Error {
  override readonly name = 'TrustError'
  readonly code: TrustFailure
  /** The fingerprint of the certificate that the host showed and those that would have done, where it was about that. */
  readonly presented: string | undefined
  readonly expected: readonly string[]

  constructor(
    code: TrustFailure,
    message: string,
    options: { cause?: unknown; presented?: string; expected?: readonly string[] } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.presented = options.presented
    this.expected = options.expected ?? []
  }
}
