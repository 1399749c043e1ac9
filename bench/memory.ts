import { createFakePool } from '../src/fake-host/pool.ts'

const OBJECTS = 100_000

/** Memory that each object of a large pool takes. Goal: below 2 KiB. */
export async function memory(): Promise<string> {
  const { gc } = globalThis as { gc?: () => void }
  if (!gc) throw new Error('run with --expose-gc')
  const { pool } = createFakePool()
  gc()
  const before = process.memoryUsage()
  const [network = '', host = ''] = [pool.db.refs('network')[0], pool.db.refs('host')[0]]
  for (let i = 0; i < OBJECTS / 2; i++) {
    const access = pool.db.create('PIF', { network, host, device: `tunnel${i}`, MAC: '02:00:00:00:00:00' })
    pool.db.create('tunnel', { access_PIF: access })
  }
  gc()
  const after = process.memoryUsage()
  const used = after.heapUsed + after.external - before.heapUsed - before.external
  if (pool.db.refs('tunnel').length !== OBJECTS / 2) throw new Error('the pool has gone') // and so it is kept until here
  return `${(used / OBJECTS).toFixed(0)} bytes an object at ${OBJECTS} objects, half tunnels, half PIFs (goal 2048)`
}
