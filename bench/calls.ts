import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startFakeHost } from '../src/fake-host/index.ts'

const WORKERS = 8
const SECONDS = 3

interface Speed {
  readonly perSecond: number
  /** 99 of 100 calls took no longer, in milliseconds. */
  readonly p99: number
}

/** How many requests a second a server answers, several at a time over connections that stay open. */
async function measure(port: number, path: string, type: string, body: string): Promise<Speed> {
  const agent = new Agent({ keepAlive: true, maxSockets: WORKERS })
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
  const once = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, answer => {
        answer.resume().on('end', resolve).on('error', reject)
        if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`))
      })
      sent.on('error', reject).end(body)
    })
  const times: number[] = []
  const run = async (until: number, keep: boolean) => {
    while (performance.now() < until) {
      const start = performance.now()
      await once()
      if (keep) times.push(performance.now() - start)
    }
  }
  const all = (seconds: number, keep: boolean) => {
    const until = performance.now() + seconds * 1000
    return Promise.all(Array.from({ length: WORKERS }, () => run(until, keep)))
  }
  await all(1, false)
  await all(SECONDS, true)
  agent.destroy()
  times.sort((a, b) => a - b)
  return { perSecond: times.length / SECONDS, p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN }
}

/** Simple calls on both wires as a ratio to a bare server that sends a body of the same size back. Goal: 0.5 for JSON-RPC. */
export async function calls(): Promise<string> {
  await using fake = await startFakeHost()
  const session = await fake.dispatch({
    method: 'session.login_with_password',
    params: ['root', 'pw'],
    origin: 'memory',
  })
  const ref = session.ok ? String(session.value) : ''
  const pif = fake.db.refs('PIF')[0] ?? ''
  const json = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'PIF.get_device', params: [ref, pif] })
  const xml = `<?xml version="1.0"?><methodCall><methodName>PIF.get_device</methodName><params><param><value><string>${ref}</string></value></param><param><value><string>${pif}</string></value></param></params></methodCall>`
  const bare = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', chunk => chunks.push(chunk))
    incoming.on('end', () => outgoing.end(Buffer.concat(chunks)))
  })
  await new Promise<void>(resolve => bare.listen(0, '127.0.0.1', resolve))
  const { port } = bare.address() as AddressInfo // it listens on TCP
  const rows = [
    [
      'JSON-RPC',
      await measure(fake.port, '/jsonrpc', 'application/json', json),
      await measure(port, '/', 'application/json', json),
    ],
    ['XML-RPC', await measure(fake.port, '/', 'text/xml', xml), await measure(port, '/', 'text/xml', xml)],
  ] as const
  bare.close()
  return rows
    .map(([wire, ours, base]) => {
      const ratio = (ours.perSecond / base.perSecond).toFixed(2)
      return `${wire} ${ours.perSecond.toFixed(0)}/s (p99 ${ours.p99.toFixed(2)} ms), bare ${base.perSecond.toFixed(0)}/s (p99 ${base.p99.toFixed(2)} ms), ratio ${ratio}`
    })
    .join('; ')
    .concat(' (goal 0.5 for JSON-RPC)')
}
