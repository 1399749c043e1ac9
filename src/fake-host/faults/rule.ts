/**
 * Something that goes wrong with certain calls. Of several rules the first that fits a call and acts on it is the only one.
 * What it does is one of `error` ... `garbage`, or just to take `delay_ms`; with a delay of 0 it lets the calls pass that
 * later rules would have stopped.
 */
export interface FaultRule {
  /** `tunnel.create`, or with stars: `tunnel.*`. Asynchronous calls count too; `Async.*` is for those alone. */
  readonly method?: string | undefined
  /** A parameter of the call refers to an object of this class. */
  readonly class?: string | undefined
  /** A parameter of the call is this reference. */
  readonly ref?: string | undefined

  /** The error description that takes the place of the body: the code, then its parameters. */
  readonly error?: readonly string[] | undefined
  /** An HTTP status instead of an answer. The call is not carried out. */
  readonly http?: number | undefined
  /** The connection is cut, before the call is carried out or after. */
  readonly reset?: true | 'before' | 'after' | undefined
  /** No answer ever comes; the call is carried out only with `after`. */
  readonly hang?: true | 'before' | 'after' | undefined
  /** The connection is cut in the middle of the answer. */
  readonly truncate?: true | undefined
  /** Bytes that are no text take the answer's place. */
  readonly garbage?: true | undefined

  /** How long it takes until that happens, in milliseconds. */
  readonly delay_ms?: number | undefined
  /** By which part of it the delay varies, at random, from 0 to 1. */
  readonly jitter?: number | undefined
  /** How likely it acts on a call that fits, from 0 to 1; 1 unless told. */
  readonly probability?: number | undefined
  /** How many calls that fit it leaves alone at first. */
  readonly skip?: number | undefined
  /** How many calls it acts on at most. */
  readonly max?: number | undefined
}

/** A rule and what has come of it. */
export interface FaultCount {
  readonly rule: FaultRule
  /** Calls that it fits and that no rule before it took. */
  readonly matched: number
  /** Calls that it acted on. */
  readonly acted: number
}

/** What only a wire can do: calls within this process do not see these. */
export type WireAction = 'http' | 'reset' | 'hang' | 'truncate' | 'garbage'

export const WIRE_ACTIONS: readonly WireAction[] = ['http', 'reset', 'hang', 'truncate', 'garbage']

export const ACTIONS: readonly (WireAction | 'error')[] = ['error', 'http', 'reset', 'hang', 'truncate', 'garbage']

/** What a user is told of a rule that never acted. */
export const neverActed = (rule: FaultRule): string => `warning: this fault never happened: ${JSON.stringify(rule)}`
