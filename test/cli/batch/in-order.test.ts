import { describe, expect, it } from 'vitest'
import { inOrder } from '../../../src/cli/batch/in-order.ts'

async function* from<T>(...items: readonly T[]) {
  yield* items
}

/** Work that is finished by hand, and what has begun so far. */
function byHand() {
  const begun: number[] = []
  const ends = new Map<number, () => void>()
  const work = (item: number) => {
    begun.push(item)
    return new Promise<number>(resolve => ends.set(item, () => resolve(item)))
  }
  return { begun, work, end: (item: number) => ends.get(item)?.() }
}

async function gathered<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const result of results) all.push(result)
  return all
}

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('inOrder', () => {
  it('gives results in the order of the items, whichever comes first', async () => {
    const { work, end, begun } = byHand()
    const all = gathered(inOrder(from(1, 2, 3), 3, work, () => true))
    await turn()
    expect(begun).toEqual([1, 2, 3])
    for (const item of [3, 1, 2]) end(item)
    expect(await all).toEqual([1, 2, 3])
  })

  it('works on no more than so many at a time', async () => {
    const { work, end, begun } = byHand()
    const all = gathered(inOrder(from(1, 2, 3, 4), 2, work, () => true))
    await turn()
    expect(begun).toEqual([1, 2])
    end(1)
    await turn()
    expect(begun).toEqual([1, 2, 3])
    for (const item of [2, 3]) end(item)
    await turn()
    end(4)
    expect(await all).toEqual([1, 2, 3, 4])
  })

  it('begins nothing more after the last one, and gives what has begun', async () => {
    const { work, end, begun } = byHand()
    const all = gathered(inOrder(from(1, 2, 3, 4), 2, work, result => result !== 1))
    await turn()
    end(1)
    await turn()
    end(2)
    expect(await all).toEqual([1, 2])
    expect(begun).toEqual([1, 2])
  })

  it('gives a result while the next item is a long time coming', async () => {
    async function* slow() {
      yield 1
      await new Promise(() => {})
    }
    const results = inOrder(
      slow(),
      4,
      async item => item,
      () => true,
    )
    expect(await results.next()).toEqual({ value: 1, done: false })
  })

  it('fails as its source does', async () => {
    async function* broken() {
      yield 1
      throw new Error('no more')
    }
    await expect(
      gathered(
        inOrder(
          broken(),
          1,
          async item => item,
          () => true,
        ),
      ),
    ).rejects.toThrow('no more')
  })
})
