import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { median } from './median.ts'

const TUNNELS = 1000
/** So many single commands are measured before, between and after the batches. */
const SINGLES = 20

/**
 * What a thousand tunnel-create cost in one batch, one after the other and four at a time, as a ratio to as many commands of their
 * own. Goal: at most 0.05.
 */
export async function batch(): Promise<string> {
  const { worker, extra, networks, pif } = await serve()
  const file = join(tmpdir(), `xe-tunnel-batch-${process.pid}.txt`)
  const create = (network: string) => ['tunnel-create', `pif-uuid=${pif}`, `network-uuid=${network}`]
  const take = (count: number) => networks.splice(0, count).map(create)
  const singles: number[] = []
  const alone = () => singles.push(...take(SINGLES).map(words => timed(extra, words)))
  function together(...options: readonly string[]): number {
    writeFileSync(
      file,
      `${take(TUNNELS)
        .map(words => words.join(' '))
        .join('\n')}\n`,
    )
    return timed(extra, ['batch', `file=${file}`, ...options])
  }
  try {
    alone()
    const inTurn = together()
    alone()
    const parallel = together('--parallel=4')
    alone()
    const single = median(singles)
    const ratio = (time: number) => `${(time / 1000).toFixed(2)} s, ratio ${(time / (single * TUNNELS)).toFixed(3)}`
    return `${TUNNELS} in a batch ${ratio(inTurn)}; --parallel=4 ${ratio(parallel)}; one alone ${single.toFixed(0)} ms (goal 0.05)`
  } finally {
    rmSync(file, { force: true })
    await worker.terminate()
  }
}

function timed(extra: string, words: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['dist/xe-tunnel.js', ...words], {
    env: { PATH: process.env.PATH, XE_EXTRA_ARGS: extra },
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (status !== 0) throw new Error(stderr)
  return performance.now() - start
}

/** A host in a thread of its own, since the commands are waited for; with a network for each tunnel. */
async function serve() {
  const source = `
    const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(new URL('../dist/lib/fake-host.js', import.meta.url).href)}).then(async ({ startFakeHost }) => {
      const fake = await startFakeHost()
      const [pif] = fake.db.refs('PIF').filter(ref => fake.db.get('PIF', ref, 'device') === 'eth0')
      const networks = Array.from({ length: ${2 * TUNNELS + 3 * SINGLES} }, (_, i) =>
        fake.db.get('network', fake.db.create('network', { bridge: 'xapi' + (i + 100) }), 'uuid'))
      const extra = 'server=127.0.0.1,port=' + fake.port + ',username=root,password=pw,nossl=true'
      parentPort.postMessage({ extra, networks, pif: fake.db.get('PIF', pif, 'uuid') })
    })`
  const worker = new Worker(source, { eval: true })
  const told = await new Promise<{ extra: string; networks: string[]; pif: string }>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return { worker, ...told }
}
