import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { login } from '../../../src/xapi/index.ts'
import { root } from '../one-user-host.ts'
import { EventSource, type Fault } from './event-source.ts'
import { Mirror } from './reading.ts'

const className = fc.constantFrom('tunnel', 'network')
const ref = fc.constantFrom('A', 'B', 'C', 'D', 'E')
const fault = fc.constantFrom<Fault>(
  'unsent',
  'lost',
  'garbage',
  ['EVENTS_LOST'],
  ['HOST_STILL_BOOTING'],
  ['EVENT_FROM_TOKEN_PARSE_FAILURE', 'x'],
)

type Happening = (source: EventSource) => unknown

/** References come back to life, which real ones never do: it makes no difference to a watch. */
const change: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(className, ref, fc.nat(2)).map(([name, object, value]): Happening => {
    return source => source.put(name, object, { other_config: new Map([['value', String(value)]]) })
  }),
  fc.tuple(className, ref).map(([name, object]): Happening => {
    return source => source.remove(name, object)
  }),
  fc.tuple(className, ref).map(([name, object]): Happening => {
    return source => source.touch(name, object)
  }),
)
const trouble: fc.Arbitrary<Happening> = fc.oneof(
  fault.map((kind): Happening => {
    return source => source.faults.push(kind)
  }),
  fc.constant<Happening>(source => source.disconnect()),
  fc.constant<Happening>(source => source.forgetDeletions()),
  fc.constant<Happening>(source => source.restart()),
  fc.constant<Happening>(source => [...source.sessions].map(session => source.forget(session))),
)
const progress: Happening = () => new Promise(resolve => setImmediate(resolve))
const happenings = fc.array(
  fc.oneof(
    { arbitrary: change, weight: 5 },
    { arbitrary: trouble, weight: 2 },
    { arbitrary: fc.constant(progress), weight: 3 },
  ),
  { maxLength: 60 },
)

describe('after any changes and any failures', () => {
  it('what a watch has told is what there is, and each change has counted once', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async list => {
        const source = new EventSource('tunnel', 'network')
        const session = await login(source.transport, root)
        const mirror = new Mirror('tunnel', 'network')
        const reading = (async () => {
          const watch = session.watch(['tunnel', 'network'], { retryMs: 0, timeoutSeconds: 0.005 })
          for await (const change of watch) mirror.apply(change)
        })()
        for (const happen of list) await happen(source)
        source.put('tunnel', 'last', {}) // what went before could be the same by chance, with more still under way
        await Promise.race([
          vi.waitFor(() => expect(mirror.contents).toEqual(source.contents()), { interval: 1, timeout: 2000 }),
          reading, // which does not end, but may fail
        ])
        await session.logout()
        await reading
        expect(mirror.contents).toEqual(source.contents())
        expect(source.waiting).toBe(0)
        expect(source.sessions.size).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
