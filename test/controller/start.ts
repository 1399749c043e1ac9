import { createController, createLog } from '../../src/controller/index.ts'
import type { Scheduler } from '../../src/controller/loop/reconciler.ts'
import type { KeyRange } from '../../src/controller/model.ts'
import type { Controller, ControllerOptions } from '../../src/controller/run.ts'
import type { Session } from '../../src/xapi/index.ts'

/** A controller that runs. */
export interface Running {
  readonly controller: Controller
  readonly lines: readonly string[]
  stop(): Promise<void>
}

export interface StartOptions {
  /** The controller's own, one a pool; it ends with it. */
  readonly sessions: readonly Session[]
  readonly dataplane: ControllerOptions['dataplane']
  readonly keys?: KeyRange | undefined
  readonly topology?: ControllerOptions['topology'] | undefined
  readonly retryMs?: number
  readonly onStop?: () => void
}

/** Starts a controller and waits until it has seen all there is. */
export async function startController(options: StartOptions): Promise<Running> {
  const { sessions, dataplane, keys = { first: 1, last: 16_777_215 }, topology = 'star', retryMs = 50 } = options
  const lines: string[] = []
  const controller = createController({
    sessions,
    dataplane,
    settings: { keys },
    topology,
    scheduler: realTime,
    now: Date.now,
    log: createLog({ write: text => lines.push(text), now: Date.now, json: false, level: 'debug' }),
    retryMs,
  })
  const stopping = new AbortController()
  const run = controller.run(stopping.signal)
  run.catch(() => {})
  await controller.seen
  let stopped: Promise<void> | undefined
  return {
    controller,
    lines,
    stop() {
      stopped ??= (async () => {
        options.onStop?.()
        stopping.abort()
        await run
        await controller[Symbol.asyncDispose]()
        for (const session of sessions) await session.logout()
      })()
      return stopped
    },
  }
}

export const realTime: Scheduler = {
  now: () => performance.now(),
  after(ms: number, callback: () => void) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
