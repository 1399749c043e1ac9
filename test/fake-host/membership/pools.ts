import { onTestFinished } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../../src/fake-host/start.ts'

/** A pool that is served, with somebody logged in over its own dispatch. */
export interface Served {
  readonly fake: FakeHost
  /** What the pool is reached at by others. */
  readonly address: string
  /** Its coordinator at the start. */
  readonly host: Ref<'host'>
  /** The error description of a message, or its value. */
  ask(method: string, ...params: RpcValue[]): Promise<unknown>
}

export async function serve(options: FakeHostOptions): Promise<Served> {
  const fake = await startFakeHost(options)
  onTestFinished(async () => void (await fake.stop()))
  const answer = (method: string, params: readonly RpcValue[]) => fake.dispatch({ method, params, origin: 'tcp' })
  const login = await answer('session.login_with_password', ['root', 'pw'])
  const session = login.ok ? String(login.value) : ''
  return {
    fake,
    address: `${fake.host}:${fake.port}`,
    host: fake.pool.hosts.coordinator(),
    async ask(method, ...params) {
      const answered = await answer(method, [session, ...params])
      return answered.ok ? answered.value : answered.error
    },
  }
}

/** A pool of one host that no guest runs on. */
export async function single(options: FakeHostOptions = {}): Promise<Served> {
  const served = await serve({ hosts: 1, seed: 99, ...options })
  const { db } = served.fake
  for (const vm of db.refs('VM')) {
    if (db.get('VM', vm, 'is_control_domain')) continue
    db.set('VM', vm, 'power_state', 'Halted')
    db.set('VM', vm, 'resident_on', NULL_REF)
    for (const vif of db.get('VM', vm, 'VIFs')) db.set('VIF', vif, 'currently_attached', false)
  }
  return served
}

export const join = (joining: Served, pool: Served, message = 'pool.join', password = 'pw'): Promise<unknown> =>
  joining.ask(message, pool.address, 'root', password)

/** The same pool, with somebody logged in anew. */
export async function again(fake: FakeHost): Promise<Served> {
  const login = await fake.dispatch({ method: 'session.login_with_password', params: ['root', 'pw'], origin: 'tcp' })
  const session = login.ok ? String(login.value) : ''
  return {
    fake,
    address: `${fake.host}:${fake.port}`,
    host: fake.pool.hosts.coordinator(),
    async ask(method, ...params) {
      const answered = await fake.dispatch({ method, params: [session, ...params], origin: 'tcp' })
      return answered.ok ? answered.value : answered.error
    },
  }
}
