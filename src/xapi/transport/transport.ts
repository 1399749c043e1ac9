import type { Value } from '../../datamodel/index.ts'

export interface CallOptions {
  /** Ends the call when it fires; the call then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** How long this call may take as a whole, in milliseconds, instead of the transport's own limit; 0 for ever. */
  readonly timeoutMs?: number | undefined
}

/** What was said to a document, and whether it was taken: the status is then 200. */
export interface AskAnswer {
  readonly status: number
  readonly document: unknown
}

/**
 * One wire to one host. A call carries all its parameters, the session included, and comes back with the value of the
 * answer, structs as Maps in wire order. Ints may come as numbers, as bigints or, where the wire does not tell them from
 * strings (XML-RPC), as decimal text.
 *
 * Throws XapiError where the host answered with a failure, TransportError or TrustError where there was no such answer.
 */
export interface Transport {
  call(method: string, parameters: readonly Value[], options?: CallOptions): Promise<Value>
  /**
   * Sends a document in JSON to a path beside the API, where what is there beside it is known to take one, and gives its answer in
   * JSON. Throws TransportError where the answer is no JSON.
   */
  ask?(path: string, document: unknown, options?: CallOptions): Promise<AskAnswer>
  /** Makes a connection, encrypted where the wire is, and lets go of it. Throws what a call would throw if it cannot. */
  probe?(options?: CallOptions): Promise<void>
  /** Lets go of connections and ends the calls under way. No call may be made afterwards. */
  close(): Promise<void>
}
