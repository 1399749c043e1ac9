/** Runs tasks one after the other, in the order in which they came; a failed one does not stop those behind it. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return task => {
    const result = last.then(task)
    last = result.catch(() => undefined) // its caller hears of it
    return result
  }
}

/** A queue for each of many things, which is there only while something is in it. */
export class Queues {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs a task when those before it that are about the same thing are done. */
  run<T>(about: string, task: () => T | Promise<T>): Promise<T> {
    const result = (this.#last.get(about) ?? Promise.resolve()).then(task)
    const settled = result
      .catch(() => undefined) // its caller hears of it
      .then(() => {
        if (this.#last.get(about) === settled) this.#last.delete(about)
      })
    this.#last.set(about, settled)
    return result
  }
}
