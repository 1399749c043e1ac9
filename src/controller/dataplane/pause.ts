import { setTimeout } from 'node:timers/promises'

/** Waits, in milliseconds, or until the signal fires. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => {})
