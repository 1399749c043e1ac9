/** How many calls may be under way at a time: enough to hide the distance to a host, few enough not to flood it. */
const BATCH = 16

/** What the work makes of each item, in order, for some of them at a time. Fails with the first failure. */
export async function inBatches<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<readonly U[]> {
  const results: U[] = []
  for (let at = 0; at < items.length; at += BATCH)
    results.push(...(await Promise.all(items.slice(at, at + BATCH).map(work))))
  return results
}
