import { createController, fakeDataplane } from '../../../src/controller/index.ts'
import type { Controller } from '../../../src/controller/run.ts'
import type { FakeHost } from '../../../src/fake-host/index.ts'
import type { Subject } from './happenings.ts'
import { openWire, type Wire } from './sessions.ts'
import type { SimulatedTime } from './simulated-time.ts'
import type { Switches } from './switches.ts'

export const RESYNC_MS = 60_000

/** A controller that can be started and ended again and again. */
export interface Tried extends Subject {
  readonly controller: Controller | undefined
  /** Why it ended by itself. */
  readonly failures: readonly string[]
}

export function controllerNamed(
  name: string,
  fake: FakeHost,
  time: SimulatedTime,
  switches: Switches,
  tell: (line: string) => void,
): Tried {
  let life = 0
  let running: { controller: Controller; wire: Wire; end(): Promise<void> } | undefined
  const failures: string[] = []
  const line = (message: string, facts: object) => tell(`${name} ${message} ${JSON.stringify(facts)}`)

  async function live(own: number): Promise<void> {
    let opened: Awaited<ReturnType<typeof openWire>> | undefined
    while (!opened) {
      opened = await openWire(fake, time).catch(() => undefined)
      if (own !== life) return
      if (!opened) await time.sleep(1000)
    }
    const { session, wire } = opened
    const controller = createController({
      sessions: [session],
      dataplane: events =>
        fakeDataplane({ ...events, url: `http://${name}.controller`, owner: `${name}${own}`, bfdIntervalMs: 300 }),
      settings: { keys: { first: 1, last: 16_777_215 } },
      topology: 'star',
      scheduler: time,
      now: time.now,
      log: { debug: () => {}, info: line, warn: line },
      resyncMs: RESYNC_MS,
    })
    const stopping = new AbortController()
    const run = controller.run(stopping.signal).catch(error => {
      if (!stopping.signal.aborted) failures.push(`${name} ended: ${error instanceof Error ? error.stack : error}`)
    })
    running = {
      controller,
      wire,
      async end() {
        stopping.abort()
        await controller[Symbol.asyncDispose]()
        wire.cut()
        await run
      },
    }
  }

  return {
    name,
    failures,
    get owner() {
      return `${name}${life}`
    },
    get wire() {
      return running?.wire
    },
    get controller() {
      return running?.controller
    },
    start() {
      if (running) return
      life += 1
      void live(life)
    },
    async stop(isKilled) {
      const ending = running
      running = undefined
      life += 1
      const lease = `${name} lease`
      if (isKilled) switches.cut.add(lease)
      await ending?.end()
      if (isKilled) switches.cut.delete(lease)
    },
  }
}
