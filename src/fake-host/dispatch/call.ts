import type { Ref, Type, Value } from '../../datamodel/index.ts'

/** A date as a wire carries it, distinct from a string: its text, unread. */
export class RpcDate {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * A parameter as it came over a wire, before anybody judged its type: a string; a bigint for an integer (`<int>`, `<i4>`,
 * `<i8>`, a JSON number without fraction); a number for `<double>` and JSON fractions; null for `<nil/>` and JSON null.
 * docs/spec/protocol-semantics.md 1.3.
 */
export type RpcValue =
  | string
  | bigint
  | number
  | boolean
  | null
  | RpcDate
  | readonly RpcValue[]
  | ReadonlyMap<string, RpcValue>

export interface Call {
  /** As sent: `tunnel.create`, `tunnel_create`, `Async.tunnel.create`. */
  readonly method: string
  /** As sent, the session first where the message takes one. */
  readonly params: readonly RpcValue[]
  /** How the call came in: a unix socket and this process are trusted as root (docs/spec/protocol-semantics.md 2.2). */
  readonly origin: 'tcp' | 'unix' | 'memory'
  /** The host that it came to; the coordinator unless told. */
  readonly host?: Ref<'host'> | undefined
  /** Fires when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined
  /** Where a fault acts: after the checks and right before the body, in its task. What it throws, the call comes to. */
  readonly beforeBody?: (() => Promise<void>) | undefined
}

/** The type that an answer is written by: the message's, or a shape that the datamodel has no name for. */
export type AnswerType =
  | Type
  | { readonly kind: 'int32' }
  | { readonly kind: 'struct'; readonly members: ReadonlyMap<string, AnswerType> }
  | { readonly kind: 'tuple'; readonly of: readonly AnswerType[] }

/** What a call comes to. A failure is a XenAPI error description: the code, then its parameters. */
export type Answer = (
  | { readonly ok: true; readonly type: AnswerType; readonly value: Value | undefined; readonly bare?: boolean }
  | {
      readonly ok: false
      readonly error: readonly [code: string, ...params: string[]]
      /** Nobody has looked at the call. JSON-RPC answers it in a shape of its own (docs/spec/protocol-semantics.md 1.5). */
      readonly beforeDispatch?: boolean
    }
) & {
  /** What a wire does to it on the way, for tests of those who receive it. */
  readonly damage?: Damage
}

/** An answer that is another HTTP status, never comes, is cut off with the connection or within, or is nothing readable. */
export type Damage =
  | { readonly kind: 'http'; readonly status: number }
  | { readonly kind: 'hang' | 'reset' | 'truncate' | 'garbage' }
