import '../../../src/xapi/watch/read-changes.ts' // here already when it is asked for
import type { FakeHost } from '../../../src/fake-host/index.ts'
import { connect, memoryTransport, type Session, TransportError } from '../../../src/xapi/index.ts'
import type { SimulatedTime } from './simulated-time.ts'

/** How long a host gathers changes before it answers event.from, in milliseconds. */
const GATHERING_MS = 50

/** The way of one client to the coordinator of a fake pool, whichever host that is. */
export interface Wire {
  /** Cuts it, and every call that is under way; nothing passes until it is mended. */
  cut(): void
  mend(): void
  readonly isCut: boolean
  /** Since when it works, in simulated milliseconds. */
  readonly since: number
}

/** Opens a session over a wire of its own, on which event.from waits in simulated time. */
export async function openWire(fake: FakeHost, time: SimulatedTime): Promise<{ session: Session; wire: Wire }> {
  let broken = new AbortController()
  let since = 0
  const failure = () => new TransportError('closed', 'the wire is cut')
  const ask = (method: string, params: readonly unknown[]) =>
    time.during(() =>
      fake.dispatch({ method, params: params as never, origin: 'tcp' }).catch(error => {
        throw new TransportError('refused', String(error))
      }),
    )
  const transport = memoryTransport(async (method, params, { signal }) => {
    const { signal: cut } = broken
    const ends = AbortSignal.any([cut, ...(signal ? [signal] : [])])
    if (cut.aborted) throw failure()
    const seconds = method === 'event.from' ? Number(params[3]) : 0
    const deadline = time.now() + seconds * 1000
    const given = method === 'event.from' ? [...params.slice(0, 3), 0.0] : params
    await time.sleep(2, ends)
    for (;;) {
      if (cut.aborted) throw failure()
      const changed = new Promise<void>(resolve => {
        const forget = fake.pool.log.onNext(resolve)
        ends.addEventListener('abort', () => {
          forget()
          resolve()
        })
        if (seconds > 0) time.after(deadline - time.now(), resolve)
      })
      const answer = await ask(method, given)
      if (cut.aborted) throw failure()
      if (!answer.ok) return { ok: false, error: answer.error }
      const events = answer.value instanceof Map ? answer.value.get('events') : undefined
      const isEmpty = Array.isArray(events) && events.length === 0
      if (!isEmpty || time.now() >= deadline || ends.aborted) return { ok: true, value: answer.value }
      await changed
      await time.sleep(GATHERING_MS, ends)
    }
  })
  const session = await connect({ transport, username: fake.username, password: fake.password })
  return {
    session,
    wire: {
      cut: () => broken.abort(failure()),
      mend() {
        if (broken.signal.aborted) broken = new AbortController()
        since = time.now()
      },
      get isCut() {
        return broken.signal.aborted
      },
      get since() {
        return since
      },
    },
  }
}
