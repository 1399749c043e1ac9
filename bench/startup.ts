import { execFileSync, spawnSync } from 'node:child_process'
import { median } from './median.ts'

const ROUNDS = 41

/** Wall time of `tunnel-list` against a local served pool, as a ratio to `node -e 0`, in turns. Goal: at most 1.8. */
export async function startup(): Promise<string> {
  const line = execFileSync(
    process.execPath,
    ['dist/xe-tunnel.js', 'fake-host-serve', 'listen=127.0.0.1:0', '--background'],
    {
      encoding: 'utf8',
    },
  )
  const extra = /XE_EXTRA_ARGS='([^']*)'/.exec(line)?.[1]
  const pid = Number(/XE_TUNNEL_FAKE_PID='?(\d+)/.exec(line)?.[1])
  if (!extra || !pid) throw new Error(`no start line: ${line}`)
  try {
    const env = { ...process.env, XE_EXTRA_ARGS: extra }
    const time = (...args: string[]) => {
      const start = performance.now()
      const { status } = spawnSync(process.execPath, args, { env, stdio: 'ignore' })
      if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`)
      return performance.now() - start
    }
    const bare: number[] = []
    const list: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(time('-e', '0'))
      list.push(time('dist/xe-tunnel.js', 'tunnel-list'))
    }
    const [base, ours] = [median(bare), median(list)]
    return `tunnel-list ${ours.toFixed(1)} ms, node -e 0 ${base.toFixed(1)} ms, ratio ${(ours / base).toFixed(2)} (goal 1.8)`
  } finally {
    process.kill(pid)
  }
}
