import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startFakeHost } from '../src/fake-host/index.ts'
import { median } from './median.ts'

const ROUNDS = 11
const MANY = 10_000

/**
 * `tunnel-list --minimal` with 10,000 tunnels, as a ratio to the same with one tunnel plus a bare JSON.parse of the records.
 * Goal: at most 2.0.
 */
export async function list(): Promise<string> {
  await using fake = await startFakeHost()
  const words = [
    'dist/xe-tunnel.js',
    'tunnel-list',
    '--minimal',
    '-s',
    '127.0.0.1',
    '-p',
    String(fake.port),
    '--nossl',
    '-pw',
    'pw',
  ]
  const time = async () => {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      await promisify(execFile)(process.execPath, words, { maxBuffer: 1 << 26 })
      times.push(performance.now() - start)
    }
    return median(times)
  }
  const make = () => fake.db.create('tunnel', { access_PIF: fake.db.refs('PIF')[0] ?? '' })
  make()
  const one = await time()
  for (let i = 1; i < MANY; i++) make()
  const many = await time()
  const records = Object.fromEntries(
    fake.db
      .refs('tunnel')
      .map(ref => [
        ref,
        Object.fromEntries(
          [...fake.db.record('tunnel', ref)].map(([name, v]) => [name, v instanceof Map ? Object.fromEntries(v) : v]),
        ),
      ]),
  )
  const text = JSON.stringify(records)
  const start = performance.now()
  JSON.parse(text)
  const parse = performance.now() - start
  return `${MANY} tunnels ${many.toFixed(0)} ms, 1 tunnel ${one.toFixed(0)} ms + JSON.parse ${parse.toFixed(0)} ms, ratio ${(many / (one + parse)).toFixed(2)} (goal 2.0)`
}
