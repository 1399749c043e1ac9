import type { ClassName, Records, Ref } from '../../datamodel/index.ts'

/**
 * What happened to an object. The record is typed as in `session.<class>.get_record`: the one that the object has now, or the
 * last one known of an object that is gone. A `mod` always differs from what was told before.
 */
export type Change<C extends ClassName = ClassName> = {
  [Name in C]: {
    readonly operation: 'add' | 'mod' | 'del'
    /** As the datamodel writes it, unlike in the events of the wire. */
    readonly class: Name
    readonly ref: Ref<Name>
    readonly record: Readonly<Records[Name]>
  }
}[C]

export interface WatchOptions {
  /** False: the objects that are there at the start are not told, only what happens to them. Default true. */
  readonly existing?: boolean | undefined
  /** Ends the watch, without an error, when it fires. */
  readonly signal?: AbortSignal | undefined
  /** How long the host may wait for a change before it answers that there is none, in seconds. Default 30. */
  readonly timeoutSeconds?: number | undefined
  /** The pause after a failure, in milliseconds; it doubles with each failure that follows, up to `longestRetryMs`. Default 500. */
  readonly retryMs?: number | undefined
  /** The longest of these pauses, in milliseconds. Default 30,000. */
  readonly longestRetryMs?: number | undefined
  /** Told what has been overcome by waiting, before the pause. */
  readonly onInterruption?: ((error: unknown) => void) | undefined
  /**
   * Told whenever the reader of the loop has seen all that the host had to tell: first after the objects that were there at
   * the start, then after each answer with changes.
   */
  readonly onCurrent?: (() => void) | undefined
}
