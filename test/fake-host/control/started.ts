import type { Value } from '../../../src/datamodel/index.ts'
import type { Answer, RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../../src/fake-host/index.ts'

/** The time in a pool that `start` gives. */
export const NOON: number = Date.UTC(2024, 0, 2, 12)

export interface Client {
  readonly session: string
  /** The answer to a message with exactly these parameters. */
  answer(method: string, ...params: RpcValue[]): Promise<Answer>
  /** The value of a message, the session put first, that must succeed. */
  call(method: string, ...params: RpcValue[]): Promise<Value>
}

/** A pool that does not listen, with somebody logged in. */
export async function start(options: FakeHostOptions = {}): Promise<{ readonly host: FakeHost } & Client> {
  const host = await startFakeHost({ listen: false, seed: 3, clock: () => NOON, ...options })
  return { host, ...(await logIn(host)) }
}

export async function logIn(host: FakeHost): Promise<Client> {
  const answer = (method: string, ...params: RpcValue[]) => host.dispatch({ method, params, origin: 'tcp' })
  const login = await answer('session.login_with_password', 'root', 'pw')
  if (!login.ok) throw new Error(login.error.join(' '))
  const session = String(login.value)
  return {
    session,
    answer,
    async call(method, ...params) {
      const answered = await answer(method, session, ...params)
      if (!answered.ok) throw new Error(answered.error.join(' '))
      return answered.value ?? ''
    },
  }
}
