/**
 * What went wrong with an Open vSwitch database:
 * - `operation`: the database refused; `code` is its word, such as `constraint violation` or `not owner`
 * - `timeout`: no answer in time; whether it was carried out is unknown
 * - `connection`: there is none, or no longer; whether requests under way were carried out is unknown
 * - `protocol`: the other side does not speak OVSDB
 * - `usage`: an address or an option that cannot be meant
 */
export type OvsdbErrorKind = 'operation' | 'timeout' | 'connection' | 'protocol' | 'usage'

export class OvsdbError extends Error {
  override readonly name = 'OvsdbError'
  readonly kind: OvsdbErrorKind
  /** Of a refusal: the database's word for it. */
  readonly code: string | undefined
  /** Of a refusal: what the database says beside it. */
  readonly details: string | undefined
  /** Of a refused operation of a transaction: its place. */
  readonly operation: number | undefined

  constructor(
    kind: OvsdbErrorKind,
    message: string,
    refusal: { readonly code?: string; readonly details?: string | undefined; readonly operation?: number } = {},
  ) {
    super(message)
    this.kind = kind
    this.code = refusal.code
    this.details = refusal.details
    this.operation = refusal.operation
  }
}

/** A refusal as JSON-RPC or a transaction brings it: a word, or an object with `error` and `details`. */
export function refusal(where: string, error: unknown, operation?: number): OvsdbError {
  const { error: code = error, details } = isObject(error) ? error : {}
  const text = typeof code === 'string' ? code : JSON.stringify(code)
  const more = typeof details === 'string' ? details : undefined
  return new OvsdbError('operation', `${where}: ${text}${more === undefined ? '' : `: ${more}`}`, {
    code: text,
    details: more,
    ...(operation !== undefined && { operation }),
  })
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
