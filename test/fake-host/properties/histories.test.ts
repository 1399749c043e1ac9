import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeSnapshot } from '../../../src/fake-host/database/index.ts'
import { collector } from '../../../src/fake-host/gc/index.ts'
import { type Caller, logIn } from '../caller.ts'
import { histories, play, type Step } from './calls.ts'
import { brokenRelations, dangling, sharedBridges, unexplainedBridges } from './invariants.ts'

/** A failure is told with its seed and is not made smaller, which takes minutes: for that, take away endOnFailure. */
const RUNS = Number(process.env.XE_TUNNEL_PROPERTY_RUNS ?? 12)

interface Played extends Caller {
  /** What `sharedBridges` has told of at some time. */
  readonly shared: ReadonlySet<string>
}

async function after(steps: readonly Step[], backend: 'openvswitch' | 'bridge' = 'openvswitch'): Promise<Played> {
  const caller = await logIn({ hosts: 3, backend })
  const { pool } = caller.fake
  const shared = new Set<string>()
  await play(caller, steps, () => {
    for (const place of sharedBridges(pool)) shared.add(place)
  })
  collector(pool)()
  return { ...caller, shared }
}

describe.each(['openvswitch', 'bridge'] as const)(
  'after 200 random calls, valid and not, on the back end %s',
  backend => {
    it('every relation holds on both sides, nothing dangles that should not, and bridges and attached PIFs agree', async () => {
      const property = fc.asyncProperty(histories(200), async steps => {
        const { fake, shared } = await after(steps, backend)
        expect(brokenRelations(fake.pool)).toEqual([])
        expect(dangling(fake.pool)).toEqual([])
        expect(await unexplainedBridges(fake.pool, shared)).toEqual([])
      })
      await fc.assert(property, { numRuns: RUNS, endOnFailure: true })
    })
  },
)

it('the same calls with the same seed give the same pool, to the byte', async () => {
  const state = async (steps: readonly Step[]): Promise<string> => {
    const { fake } = await after(steps)
    return writeSnapshot(fake.pool.db, fake.pool.random.seed)
  }
  const property = fc.asyncProperty(histories(200), async steps => {
    expect(await state(steps)).toBe(await state(steps))
  })
  await fc.assert(property, { numRuns: Math.ceil(RUNS / 2), endOnFailure: true })
})
