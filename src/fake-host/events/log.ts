import type { Change, Database, Stored } from '../database/index.ts'

interface Entry {
  readonly generation: number
  readonly class: Stored
  readonly ref: string
}

const KEPT = 100_000

/**
 * Which rows changed lately, in order, so that a watcher who is nearly up to date need not look through whole tables; and a
 * bell for those who wait.
 */
export class ChangeLog {
  #entries: Entry[] = []
  /** Every change after this generation is in the log. */
  #complete: number
  readonly #waiting = new Set<() => void>()

  constructor(db: Database) {
    this.#complete = db.generation
    db.onChange(change => this.#note(db, change))
  }

  /** The objects that changed after a generation, each once; undefined where the log does not reach back so far. */
  since(generation: number): ReadonlyMap<string, Stored> | undefined {
    if (generation < this.#complete) return undefined
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#entries[middle]?.generation ?? 0) > generation) high = middle
      else low = middle + 1
    }
    return new Map(this.#entries.slice(low).map(entry => [entry.ref, entry.class]))
  }

  /** Calls back once, at the next change. Returns the function that ends the wait. */
  onNext(callback: () => void): () => void {
    this.#waiting.add(callback)
    return () => this.#waiting.delete(callback)
  }

  #note(db: Database, change: Change): void {
    this.#entries.push({ generation: db.generation, class: change.class, ref: change.ref })
    if (this.#entries.length > 2 * KEPT) {
      this.#complete = this.#entries[KEPT]?.generation ?? this.#complete
      this.#entries = this.#entries.slice(KEPT + 1)
    }
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const callback of waiting) callback()
  }
}
