import { createFakePool } from '../src/fake-host/pool.ts'
import { median } from './median.ts'

const SAMPLE = 100

/** What tunnel.create costs at 10,000 existing tunnels, as a ratio to its cost at 100. Goal: at most 1.5. */
export async function tunnelCreate(): Promise<string> {
  const { pool, dispatch } = createFakePool({ hosts: 2 })
  const call = async (method: string, ...params: string[]) => {
    const answer = await dispatch({ method, params, origin: 'memory' })
    if (!answer.ok) throw new Error(answer.error.join(' '))
    return String(answer.value)
  }
  const session = await call('session.login_with_password', 'root', 'pw')
  const transports = pool.db.refs('PIF').filter(pif => pool.db.get('PIF', pif, 'device') === 'eth0')
  const networks = Array.from({ length: 10_000 / 2 + SAMPLE }, () => pool.db.create('network', {}))
  for (const [i, network] of networks.entries()) pool.db.set('network', network, 'bridge', `xapi${i}`)
  const create = (i: number) =>
    call('tunnel.create', session, transports[i % 2] ?? '', networks[Math.floor(i / 2)] ?? '')
  const timed = async (from: number) => {
    const times: number[] = []
    for (let i = from; i < from + SAMPLE; i++) {
      const start = performance.now()
      await create(i)
      times.push(performance.now() - start)
    }
    return median(times)
  }
  let count = 0
  // Enough calls first for the compiler to have seen them, on tunnels that then go again.
  for (; count < 2000; count++) await create(count)
  for (const tunnel of pool.db.refs('tunnel')) await call('tunnel.destroy', session, tunnel)
  for (count = 0; count < 100; count++) await create(count)
  const few = await timed(count)
  for (count += SAMPLE; count < 10_000; count++) await create(count)
  const many = await timed(count)
  const micro = (ms: number) => `${(ms * 1000).toFixed(0)} µs`
  return `at 100 tunnels ${micro(few)}, at 10,000 ${micro(many)}, ratio ${(many / few).toFixed(2)} (goal 1.5)`
}
