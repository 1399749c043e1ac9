import type { Session } from '../../src/commands/index.ts'
import type { Transport } from '../../src/xapi/index.ts'

/** A session that somebody has opened on that host. */
export function sessionOn(host: Transport, ref = 'OpaqueRef:session'): Session {
  return { ref, call: (method, ...parameters) => host.call(method, [ref, ...parameters]) }
}
