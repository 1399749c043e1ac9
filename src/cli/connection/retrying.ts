import { type CallOptions, TransportError } from '../../xapi/index.ts'
import type { Way } from '../environment.ts'

/** The pause before the first repetition, in milliseconds; each further one is twice as long. */
const PAUSE_MS = 200

/**
 * The same transport, which makes a call that only reads again where the connection was lost or the host was away for a moment, up
 * to `times` times. Whatever may change something is sent once: nobody knows whether the host has carried it out. A call that ran
 * out of its time is not repeated either, since the limit is the user's.
 */
export function retrying(transport: Way, times: number, note: (line: string) => void): Way {
  if (times === 0) return transport
  return {
    ...transport,
    async call(method, parameters, options = {}) {
      for (let failed = 0; ; failed++) {
        try {
          return await transport.call(method, parameters, options)
        } catch (error) {
          if (failed === times || !isRead(method) || !isPassing(error)) throw error
          note(`${error.message}; asking again`)
          await pause(PAUSE_MS * 2 ** failed, options)
        }
      }
    },
  }
}

/** By XenAPI's way to name messages; what runs as a task makes one. */
const isRead = (method: string): boolean => /^\w+\.get_\w+$/.test(method)

function isPassing(error: unknown): error is TransportError {
  if (!(error instanceof TransportError)) return false
  if (error.kind === 'http') return error.status === 502 || error.status === 503 || error.status === 504
  return error.kind === 'closed' || error.kind === 'refused' || error.kind === 'unreachable'
}

async function pause(ms: number, { signal }: CallOptions): Promise<void> {
  const { setTimeout: delay } = await import('node:timers/promises')
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    throw signal?.aborted ? signal.reason : error
  }
}
