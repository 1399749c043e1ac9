import type { ClassName, Ref } from '../../datamodel/index.ts'
import type { Session } from '../session.ts'
import type { Change, WatchOptions } from './change.ts'

/** What a watch needs of the session it runs in. */
export interface Watched {
  readonly session: Pick<Session, 'ref' | 'callWith'>
  /** The session's own signal: a watch that it cuts fails with its reason, like any call. */
  readonly signal: AbortSignal | undefined
  /** Fires when the session ends, and the watch with it. */
  readonly ended: AbortSignal
  /** Opens the session anew, unless that has happened since it had this reference; undefined where no password is known. */
  readonly renew: ((stale: Ref<'session'>) => Promise<void>) | undefined
  /** Whether a session that is opened anew follows its pool to another coordinator. */
  readonly follows: boolean
  /** Whether it may be opened on another host. */
  readonly roams: () => boolean
}

/** Each loop over it is a watch of its own, which lets go of its call as soon as the loop is left. Its code is loaded then. */
export function watching<C extends ClassName>(
  classes: readonly C[],
  options: WatchOptions,
  watched: Watched,
): AsyncIterable<Change<C>> {
  return {
    [Symbol.asyncIterator]() {
      const left = new AbortController()
      const ends = AbortSignal.any([left.signal, watched.ended, ...(options.signal ? [options.signal] : [])])
      const changes = read(ends)
      return {
        next: () => changes.next(),
        return: () => {
          left.abort() // a generator that waits would hear of its end only after the wait
          return changes.return()
        },
      }
    },
  }

  async function* read(ends: AbortSignal): AsyncGenerator<Change<C>, void> {
    const { readChanges } = await import('./read-changes.ts')
    yield* readChanges(classes, options, watched, ends)
  }
}
