import { type MockInstance, vi } from 'vitest'
import { type MemoryAnswer, memoryTransport, type Transport, type WireParameter } from '../../src/xapi/index.ts'

type Calls = [method: string, ...parameters: readonly WireParameter[]][]

export interface OneUserHost {
  readonly transport: Transport
  readonly calls: Calls
  readonly sessions: Set<WireParameter | undefined>
  readonly close: MockInstance<Transport['close']>
}

/** A host that knows one user and keeps its open sessions. */
export function host(
  answers: Record<string, (parameters: readonly WireParameter[]) => Promise<MemoryAnswer> | MemoryAnswer> = {},
): OneUserHost {
  const calls: Calls = []
  const sessions = new Set<WireParameter | undefined>()
  const transport = memoryTransport(async (method, parameters) => {
    calls.push([method, ...parameters])
    const scripted = answers[method]
    if (scripted) return scripted(parameters)
    if (method === 'session.login_with_password') {
      if (parameters[1] !== 'pw') {
        return { ok: false, error: ['SESSION_AUTHENTICATION_FAILED', String(parameters[0]), 'Authentication failure'] }
      }
      const ref = `OpaqueRef:session-${calls.length}`
      sessions.add(ref)
      return { ok: true, value: ref }
    }
    if (!sessions.has(parameters[0])) return { ok: false, error: ['SESSION_INVALID', String(parameters[0])] }
    if (method === 'session.logout') sessions.delete(parameters[0])
    return { ok: true, value: method }
  })
  const close = vi.spyOn(transport, 'close')
  return { transport, calls, sessions, close }
}

export const root = { username: 'root', password: 'pw' }
/** A success. */
export const ok = (value: string): MemoryAnswer => ({ ok: true, value })
