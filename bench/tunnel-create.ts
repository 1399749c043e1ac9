import { createFakePool } from '../src/fake-host/pool.ts'
import { median } from './median.ts'

const SAMPLES = 400

/** What tunnel.create costs at 10,000 existing tunnels, as a ratio to its cost at 100, in turns. Goal: at most 1.5. */
export async function tunnelCreate(): Promise<string> {
  const [few, many] = [await poolWith(100), await poolWith(10_000)]
  const times: { few: number[]; many: number[] } = { few: [], many: [] }
  for (let i = 0; i < SAMPLES; i++) {
    times.few.push(await few.createAndDestroy())
    times.many.push(await many.createAndDestroy())
  }
  const [atFew, atMany] = [median(times.few), median(times.many)]
  const micro = (ms: number) => `${(ms * 1000).toFixed(0)} µs`
  return `at 100 tunnels ${micro(atFew)}, at 10,000 ${micro(atMany)}, ratio ${(atMany / atFew).toFixed(2)} (goal 1.5)`
}

/** A pool of two hosts with so many tunnels, each on a network of its own, made by calls. */
async function poolWith(tunnels: number): Promise<{ createAndDestroy: () => Promise<number> }> {
  const { pool, dispatch } = createFakePool({ hosts: 2 })
  const call = async (method: string, ...params: string[]) => {
    const answer = await dispatch({ method, params, origin: 'memory' })
    if (!answer.ok) throw new Error(answer.error.join(' '))
    return String(answer.value)
  }
  const session = await call('session.login_with_password', 'root', 'pw')
  const transports = pool.db.refs('PIF').filter(pif => pool.db.get('PIF', pif, 'device') === 'eth0')
  const network = (i: number) => pool.db.create('network', { bridge: `xapi${i}` })
  const create = (on: string, i: number) => call('tunnel.create', session, transports[i % 2] ?? '', on)
  for (let i = 0; i < tunnels; i++) await create(network(i), i)
  const spare = network(tunnels)
  return {
    async createAndDestroy() {
      const start = performance.now()
      const tunnel = await create(spare, 0)
      const time = performance.now() - start
      await call('tunnel.destroy', session, tunnel)
      return time
    },
  }
}
