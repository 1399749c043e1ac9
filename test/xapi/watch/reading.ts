import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Change } from '../../../src/xapi/index.ts'

/** Reads a watch to its end, or until `count` changes have come. */
export async function take(watch: AsyncIterable<Change>, count: number): Promise<Change[]> {
  const changes: Change[] = []
  for await (const change of watch) if (changes.push(change) === count) break
  return changes
}

/** A change in short: `add tunnel T1`. */
export const short = (change: Change): string => `${change.operation} ${change.class} ${change.ref}`

/** What a reader of a watch knows. It insists that each change counts once. */
export class Mirror {
  readonly contents: Record<string, Record<string, unknown>>

  constructor(...classes: string[]) {
    this.contents = Object.fromEntries(classes.map(name => [name, {}]))
  }

  apply({ operation, class: className, ref, record }: Change): void {
    const known = this.contents[className] ?? expect.fail(`${className} was not asked for`)
    const before = known[ref]
    if (operation === 'add') expect(before).toBeUndefined()
    else expect(before).toBeDefined()
    if (operation === 'mod') expect(isDeepStrictEqual(before, record)).toBe(false)
    if (operation === 'del') {
      expect(record).toEqual(before)
      delete known[ref]
    } else known[ref] = record
  }
}
