import { setMaxListeners } from 'node:events'
import { TransportError } from '../errors.ts'

export interface Limits {
  readonly signals: readonly (AbortSignal | undefined)[]
  /** How long it may take, 0 for ever, and the endpoint that the message of a time-out names. */
  readonly timeout?: { readonly ms: number; readonly where: string }
}

/** A longer delay makes setTimeout fire at once. */
const longestDelay = 2 ** 31 - 1

/**
 * Runs `run` until its time is up or one of the signals fires: `run`'s own signal then fires, and the result is a failure
 * with the signal's reason or a TransportError `timeout`, whether or not `run` takes notice.
 */
export async function within<T>(limits: Limits, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signals = limits.signals.filter(signal => signal !== undefined)
  for (const signal of signals) signal.throwIfAborted()
  const cut = new AbortController()
  const isCut = new Promise<never>((_, reject) => {
    cut.signal.addEventListener('abort', () => reject(cut.signal.reason), { once: true })
  })
  const forward = (event: Event) => {
    if (event.target instanceof AbortSignal) cut.abort(event.target.reason)
  }
  const { ms = 0, where = '' } = limits.timeout ?? {}
  const expire = () => cut.abort(new TransportError('timeout', `${where} did not answer within ${ms / 1000} s`))
  const timer = ms > 0 ? setTimeout(expire, Math.min(ms, longestDelay)) : undefined
  setMaxListeners(0, ...signals) // one for each call under way: many are no leak
  for (const signal of signals) signal.addEventListener('abort', forward)
  try {
    return await Promise.race([run(cut.signal), isCut])
  } finally {
    clearTimeout(timer)
    for (const signal of signals) signal.removeEventListener('abort', forward)
  }
}
