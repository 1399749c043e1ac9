import { vi } from 'vitest'
import type { Scheduler } from '../../../src/controller/loop/reconciler.ts'

/** Time that passes only when it is told to. Whatever sets a timer meanwhile gets one of this time. */
export interface SimulatedTime extends Scheduler {
  /** Waits, in milliseconds, or until the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Does something that is over in no time, and lets no time pass before it is. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** Lets all be done that needs no time. */
  settle(): Promise<void>
  /** Lets time pass until something has come. */
  until<T>(coming: Promise<T>): Promise<T>
  /** Lets some milliseconds pass, timer by timer; `after` is told after each moment at which something has happened. */
  pass(ms: number, after?: () => void): Promise<void>
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** So many turns, or timers, at one moment are no end of them. */
const LIMIT = 10_000

/** Takes the place of setTimeout until vi.unstubAllGlobals. */
export function simulateTime(): SimulatedTime {
  let now = 0
  let ids = 0
  let busy = 0
  const timers = new Map<number, Timer>()
  const { setImmediate: immediate } = globalThis
  const turn = () => new Promise<void>(resolve => immediate(resolve))

  function after(ms: number, callback: () => void): () => void {
    ids += 1
    const id = ids
    timers.set(id, { at: now + Math.max(0, Math.ceil(ms)), callback })
    return () => timers.delete(id)
  }
  async function settle(): Promise<void> {
    let turns = 0
    do {
      await turn()
      turns += 1
      if (turns > LIMIT) throw new Error(`what was to be over in no time waits for something at ${now} ms`)
    } while (busy > 0)
    await turn()
  }
  /** The next timer; of several at one time the first that was set. */
  function next(): [number, Timer] | undefined {
    let first: [number, Timer] | undefined
    for (const entry of timers) if (!first || entry[1].at < first[1].at) first = entry
    return first
  }

  vi.stubGlobal('setTimeout', (callback: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
    const cancel = after(ms, () => callback(...given))
    const handle = { ref: () => handle, unref: () => handle, cancel }
    return handle
  })
  vi.stubGlobal('clearTimeout', (handle: { cancel?: () => void } | undefined) => handle?.cancel?.())

  async function pass(ms: number, tell = () => {}): Promise<void> {
    const until = now + ms
    await settle()
    for (let due = next(); due && due[1].at <= until; due = next()) {
      now = due[1].at
      let count = 0
      for (let same = next(); same && same[1].at <= now; same = next()) {
        timers.delete(same[0])
        count += 1
        if (count > LIMIT) throw new Error(`time does not get past ${now} ms: ${same[1].callback}`)
        same[1].callback()
      }
      await settle()
      tell()
    }
    now = until
  }

  return {
    now: () => now,
    after,
    settle,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        const cancel = after(ms, done)
        signal?.addEventListener('abort', done)
        function done() {
          cancel()
          signal?.removeEventListener('abort', done)
          resolve()
        }
        if (signal?.aborted) done()
      }),
    async during(work) {
      busy += 1
      try {
        return await work()
      } finally {
        busy -= 1
      }
    },
    async until(coming) {
      let isHere = false
      const done = () => {
        isHere = true
      }
      coming.then(done, done)
      while (!isHere) await pass(5)
      return coming
    },
    pass,
  }
}
