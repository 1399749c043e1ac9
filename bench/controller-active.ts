import { createController, createLog, fakeDataplane } from '../src/controller/index.ts'
import { startFakeHost } from '../src/fake-host/index.ts'
import { connect, type Ref } from '../src/xapi/index.ts'
import { median } from './median.ts'

const NETWORKS = 15

/**
 * From the last tunnel.create of a network over three hosts to active=true on all its tunnels: with the switches of a fake host
 * in memory, over HTTP, whose BFD is up at once.
 */
export async function controllerActive(): Promise<string> {
  await using fake = await startFakeHost({ hosts: 3 })
  const { host, port, username, password, db } = fake
  const open = () => connect({ host, port, tls: false, username, password })
  await using session = await open()
  await using own = await open()
  await using controller = createController({
    sessions: [own],
    dataplane: events => fakeDataplane({ ...events, url: fake.url, owner: 'bench', bfdIntervalMs: 300 }),
    settings: { keys: { first: 1, last: 16_777_215 } },
    topology: 'star',
    scheduler: {
      now: () => performance.now(),
      after(ms, callback) {
        const timer = setTimeout(callback, ms)
        return () => clearTimeout(timer)
      },
    },
    now: Date.now,
    log: createLog({ write() {}, now: Date.now, json: false, level: 'warn' }),
  })
  const ending = new AbortController()
  const run = controller.run(ending.signal)
  await controller.seen
  const times: number[] = []
  for (let at = 0; at < NETWORKS; at += 1) {
    const network = await session.network.create({ name_label: `net${at}`, other_config: new Map() })
    const tunnels: Ref<'tunnel'>[] = []
    for (const on of db.refs('host')) {
      const transport = db.get('host', on, 'PIFs').find(pif => db.get('PIF', pif, 'management'))
      if (transport !== undefined) tunnels.push(await session.tunnel.create(transport, network, 'gre'))
    }
    const start = performance.now()
    const isActive = () => tunnels.every(tunnel => db.get('tunnel', tunnel, 'status').get('active') === 'true')
    while (!isActive()) await new Promise(resolve => setTimeout(resolve, 1))
    times.push(performance.now() - start)
  }
  ending.abort()
  await run
  return `three hosts in memory, median ${median(times).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms`
}
