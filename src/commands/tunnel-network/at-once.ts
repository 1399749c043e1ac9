/** How many hosts work at the same time: enough for a large pool to be done soon, few enough for a coordinator. */
const AT_ONCE = 8

/**
 * Does the work for each item, for several at a time, until told to stop: what was begun by then is waited for. The work
 * deals with its own failures.
 */
export async function forEach<T>(
  items: readonly T[],
  isStopped: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (!isStopped()) {
      const item = items[next++]
      if (item === undefined) return
      await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
}
