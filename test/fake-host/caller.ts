import type { Value } from '../../src/datamodel/index.ts'
import type { Answer, RpcValue } from '../../src/fake-host/dispatch/call.ts'
import { createFakePool, type FakePool, type PoolOptions } from '../../src/fake-host/pool.ts'

export interface Caller {
  readonly fake: FakePool
  readonly session: string
  /** The answer to a message, the session put first. */
  answer(method: string, ...params: RpcValue[]): Promise<Answer>
  /** The value of a message that must succeed. */
  call(method: string, ...params: RpcValue[]): Promise<Value>
  /** The error description of a message that must fail. */
  error(method: string, ...params: RpcValue[]): Promise<readonly string[]>
}

/** A pool in this process with somebody logged in. */
export async function logIn(options: PoolOptions = {}): Promise<Caller> {
  const fake = createFakePool({ seed: 1, clock: () => Date.UTC(2024, 0, 2, 3, 4, 5), ...options })
  const raw = (method: string, params: readonly RpcValue[]) => fake.dispatch({ method, params, origin: 'tcp' })
  const login = await raw('session.login_with_password', ['root', 'pw'])
  if (!login.ok) throw new Error(login.error.join())
  const session = String(login.value)
  return {
    fake,
    session,
    answer: (method, ...params) => raw(method, [session, ...params]),
    async call(method, ...params) {
      const answer = await raw(method, [session, ...params])
      if (!answer.ok) throw new Error(`${method}: ${answer.error.join(' ')}`)
      return answer.value ?? ''
    },
    async error(method, ...params) {
      const answer = await raw(method, [session, ...params])
      if (answer.ok) throw new Error(`${method} succeeded`)
      return answer.error
    },
  }
}
