import { FakeHostError } from '../error.ts'

export interface SnapshotOptions {
  /** How messages call it: its path. */
  readonly name: string
  /** Drops classes, fields and enum values that this release does not know, with a warning, instead of refusing them. */
  readonly lenient?: boolean | undefined
  /** Nobody is told that this could be asked for. */
  readonly strict?: boolean | undefined
}

/** What is not right with a saved pool, found on the way through it. */
export class Findings {
  readonly #name: string
  readonly #lenient: boolean
  readonly #hint: string
  /** What was left out -> how often. */
  readonly #left = new Map<string, number>()

  constructor({ name, lenient, strict }: SnapshotOptions) {
    this.#name = name
    this.#lenient = lenient ?? false
    this.#hint = strict ? '' : ' (lenient=true leaves it out)'
  }

  /** It cannot be loaded. */
  refuse(where: string, problem: string): never {
    throw new FakeHostError(`${this.#name}: ${where}: ${problem}`)
  }

  /**
   * Something that another release may know. It can be loaded without, by those who ask for that.
   * @param what the same for all that the warning counts together
   */
  drop(where: string, problem: string, what: string, count = 1): void {
    if (!this.#lenient) this.refuse(where, `${problem}${this.#hint}`)
    this.leave(what, count)
  }

  /** Something that is never loaded. */
  leave(what: string, count: number): void {
    this.#left.set(what, (this.#left.get(what) ?? 0) + count)
  }

  /** One line for each kind of thing that was left out. */
  warnings(): string[] {
    return [...this.#left].map(([what, count]) => `${this.#name}: left out ${what} (${count})`)
  }
}
