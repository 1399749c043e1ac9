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
