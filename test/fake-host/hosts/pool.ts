import type { Ref, Value } from '../../../src/datamodel/index.ts'
import type { Answer, Call, RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import type { Pool } from '../../../src/fake-host/dispatch/context.ts'
import { createFakePool, type PoolOptions } from '../../../src/fake-host/pool.ts'

export const SECRET = 'the secret of the pool'

export interface HostsBench {
  readonly pool: Pool
  /** By name: `host1` is the coordinator. */
  readonly hosts: Readonly<Record<'host1' | 'host2' | 'host3', Ref<'host'>>>
  /** A call that arrives at a host, without anything put before its parameters. */
  answer(host: Ref<'host'>, method: string, params?: readonly RpcValue[], origin?: Call['origin']): Promise<Answer>
  /** What a call comes to that must succeed. */
  call(host: Ref<'host'>, method: string, ...params: RpcValue[]): Promise<Value>
  /** The error description of a call that must fail. */
  error(host: Ref<'host'>, method: string, ...params: RpcValue[]): Promise<readonly string[]>
  logIn(host: Ref<'host'>): Promise<string>
}

/** A pool of three hosts in this process, with calls that arrive at any of them. */
export function threeHosts(options: PoolOptions = {}): HostsBench {
  const fake = createFakePool({ hosts: 3, seed: 1, poolSecret: SECRET, ...options })
  const { db } = fake.pool
  const named = (name: string) => db.refs('host').find(ref => db.get('host', ref, 'name_label') === name) ?? ''
  const answer: HostsBench['answer'] = (host, method, params = [], origin = 'tcp') =>
    fake.dispatch({ host, method, params, origin })
  async function call(host: Ref<'host'>, method: string, ...params: RpcValue[]): Promise<Value> {
    const result = await answer(host, method, params)
    if (!result.ok) throw new Error(result.error.join(' '))
    return result.value ?? ''
  }
  return {
    pool: fake.pool,
    hosts: { host1: named('host1'), host2: named('host2'), host3: named('host3') },
    answer,
    call,
    async error(host, method, ...params) {
      const result = await answer(host, method, params)
      if (result.ok) throw new Error(`${method} succeeded`)
      return result.error
    },
    logIn: async host => String(await call(host, 'session.login_with_password', 'root', 'pw')),
  }
}
