import { FakeHostError } from './error.ts'

/** Milliseconds since 1970, UTC. Given to everything that needs the time, so that a test can hold it. */
export type Clock = () => number

/** A moment as XenAPI writes it: `20240102T03:04:05Z`. */
export const xenDate = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().replace(/-|\.\d+Z$/g, '')}Z`

/** The last moment that a date of XenAPI has room for: the end of the year 9999. */
const LATEST = Date.UTC(10_000) - 1

/** A clock that can be put to another time, or held. */
export class AdjustableClock {
  readonly #base: Clock
  #ahead = 0
  /** The time that it stands at. */
  #held: number | undefined

  /** @param base what it goes by */
  constructor(base: Clock) {
    this.#base = base
  }

  readonly now: Clock = () => this.#held ?? this.#base() + this.#ahead

  get isHeld(): boolean {
    return this.#held !== undefined
  }

  /** Puts it to a time, from which it goes on unless it is held. Throws FakeHostError where XenAPI could not write it. */
  set(milliseconds: number): void {
    if (!(milliseconds >= 0 && milliseconds <= LATEST)) {
      throw new FakeHostError('the clock goes from 1970 to 9999, there is no date outside of that')
    }
    if (this.#held === undefined) this.#ahead = milliseconds - this.#base()
    else this.#held = milliseconds
  }

  advance(milliseconds: number): void {
    this.set(this.now() + milliseconds)
  }

  hold(): void {
    this.#held = this.now()
  }

  /** Lets it go on from where it stands. */
  release(): void {
    const now = this.now()
    this.#held = undefined
    this.set(now)
  }

  /** As if nobody had touched it. */
  reset(): void {
    this.#held = undefined
    this.#ahead = 0
  }
}
