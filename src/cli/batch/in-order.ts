/**
 * Works on items as they come, at most `most` at a time, and gives the results in the order of the items. Once `goesOn` says of a
 * result that it is the last, no further work is begun; what has been begun is finished and given too.
 */
export async function* inOrder<T, U>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<U>,
  goesOn: (result: U) => boolean,
): AsyncGenerator<U> {
  const source = items[Symbol.asyncIterator]()
  const begun: Promise<U>[] = []
  let goes = true
  let coming: Promise<IteratorResult<T>> | undefined
  const started = (item: T): Promise<U> => {
    const result = work(item).then(done => {
      goes &&= goesOn(done)
      return done
    })
    result.catch(() => {}) // whoever takes it hears of it
    return result
  }
  for (;;) {
    if (goes && begun.length < most) {
      coming ??= source.next()
      const [oldest] = begun
      // A result is given as soon as it is there, also while the next item is a long time coming.
      const next = oldest ? await Promise.race([coming, oldest.then(() => undefined)]) : await coming
      if (next) {
        coming = undefined
        if (next.done) goes = false
        else if (goes) begun.push(started(next.value))
        continue
      }
    }
    const oldest = begun.shift()
    if (!oldest) break
    yield await oldest
  }
}
