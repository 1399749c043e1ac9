import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ref } from '../src/datamodel/index.ts'
import { writeSnapshot } from '../src/fake-host/database/index.ts'
import { type FakeHost, startFakeHost } from '../src/fake-host/index.ts'
import { createFakePool, type FakePool } from '../src/fake-host/pool.ts'
import { median } from './median.ts'

const SAMPLES = 300

/**
 * How long a pool of 64 hosts and 10,000 tunnels takes from its snapshot to its first answer (goal: under 2 s), and what a plug
 * costs in it, as a ratio to one in a pool of 2 hosts and 10 tunnels (goal: at most 1.5), in turns.
 */
export async function bigPool(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'xe-tunnel-bench-'))
  try {
    const [small, big] = [join(folder, 'small.json'), join(folder, 'big.json')]
    await save(small, await poolWith(2, 10))
    await save(big, await poolWith(64, 10_000))
    await using few = await startFakeHost({ snapshot: small, listen: false })
    const begin = performance.now()
    await using many = await startFakeHost({ snapshot: big })
    const session = await call(many, 'session.login_with_password', 'root', 'pw')
    const started = performance.now() - begin
    const times: { few: number[]; many: number[] } = { few: [], many: [] }
    const plugs = [
      await plugger(few, await call(few, 'session.login_with_password', 'root', 'pw')),
      await plugger(many, session),
    ]
    for (let i = 0; i < SAMPLES; i++) {
      times.few.push((await plugs[0]?.()) ?? 0)
      times.many.push((await plugs[1]?.()) ?? 0)
    }
    const [atFew, atMany] = [median(times.few), median(times.many)]
    const micro = (ms: number) => `${(ms * 1000).toFixed(0)} µs`
    return `64 hosts, 10,000 tunnels: start ${(started / 1000).toFixed(2)} s (goal 2); plug ${micro(atMany)}, with 2 hosts and 10 tunnels ${micro(atFew)}, ratio ${(atMany / atFew).toFixed(2)} (goal 1.5)`
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A pool whose tunnels are spread over its hosts, one a host on each network. */
async function poolWith(hosts: number, tunnels: number): Promise<FakePool> {
  const fake = createFakePool({ hosts })
  const { db } = fake.pool
  const ask = async (method: string, ...params: string[]) => {
    const answer = await fake.dispatch({ method, params, origin: 'memory' })
    if (!answer.ok) throw new Error(answer.error.join(' '))
    return String(answer.value)
  }
  const session = await ask('session.login_with_password', 'root', 'pw')
  const transports = db.refs('PIF').filter(pif => db.get('PIF', pif, 'device') === 'eth0')
  let network: Ref<'network'> = ''
  for (let i = 0; i < tunnels; i++) {
    if (i % hosts === 0) network = db.create('network', { bridge: `xapi${i}` })
    await ask('tunnel.create', session, transports[i % hosts] ?? '', network)
  }
  return fake
}

async function save(path: string, { pool }: FakePool): Promise<void> {
  await writeFile(path, writeSnapshot(pool.db, pool.random.seed))
}

async function call(host: FakeHost, method: string, ...params: string[]): Promise<string> {
  const answer = await host.dispatch({ method, params, origin: 'memory' })
  if (!answer.ok) throw new Error(answer.error.join(' '))
  return String(answer.value)
}

/** Unplugs and plugs one access PIF, and gives how long the plug took, in milliseconds. */
async function plugger(host: FakeHost, session: string): Promise<() => Promise<number>> {
  const [pif = ''] = host.db.refs('PIF').filter(ref => host.db.get('PIF', ref, 'device') === 'tunnel0')
  return async () => {
    await call(host, 'PIF.unplug', session, pif)
    const begin = performance.now()
    await call(host, 'PIF.plug', session, pif)
    return performance.now() - begin
  }
}
