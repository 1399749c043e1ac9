import { type FakeHost, startFakeHost } from '../src/fake-host/index.ts'
import { connect, type Session, TransportError, XapiError } from '../src/xapi/index.ts'

const CLIENTS = 50
const WATCHERS = 5
const seconds = Number(process.argv[2] ?? 60)

/** Failures that clients bring upon each other when they change the same objects at the same time. */
const expected = new Set([
  'HANDLE_INVALID',
  'MAP_DUPLICATE_KEY',
  'NETWORK_ALREADY_CONNECTED',
  'NETWORK_CONTAINS_PIF',
  'NETWORK_CONTAINS_VIF',
])

const fake = await startFakeHost()
const login = () =>
  connect({ host: fake.host, port: fake.port, tls: false, username: fake.username, password: fake.password })
const until = performance.now() + seconds * 1000
const problems: string[] = []
let calls = 0
let dropped = 0

const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(Math.random() * items.length)]
const transports = fake.db.refs('PIF').filter(pif => fake.db.get('PIF', pif, 'device') === 'eth0')

/** One thing that clients do. */
async function act(session: Session, id: number): Promise<void> {
  const networks = await session.network.get_all()
  const network = pick(networks) ?? ''
  const tunnel = pick(await session.tunnel.get_all())
  switch (Math.floor(Math.random() * 8)) {
    case 0:
      await session.network.create({ name_label: `of ${id}`, other_config: new Map() })
      return
    case 1:
      if (networks.length > 100) await session.network.destroy(network)
      return
    case 2:
      await session.tunnel.create(pick(transports) ?? '', network)
      return
    case 3:
      if (tunnel) await session.tunnel.destroy(tunnel)
      return
    case 4:
      await session.network.remove_from_other_config(network, `k${id}`)
      await session.network.add_to_other_config(network, `k${id}`, String(calls))
      return
    case 5:
      await session.event.from(['network', 'PIF'], '', 0)
      return
    case 6: {
      // A connection that is cut while the host waits.
      dropped++
      const signal = AbortSignal.timeout(20)
      await session.callWith({ signal }, 'event.from', ['secret'], '', '30').catch(() => {})
      return
    }
    default:
      await session.PIF.get_all_records()
  }
}

async function client(id: number): Promise<void> {
  while (performance.now() < until) {
    const session = await login()
    try {
      for (let i = 0; i < 20 && performance.now() < until; i++) {
        calls++
        await act(session, id).catch(error => {
          if (!(error instanceof XapiError && expected.has(error.code))) problems.push(String(error))
        })
      }
    } finally {
      await session.logout()
    }
  }
}

type Seen = Map<string, string>

/** Follows the networks of the pool, and complains of a change that does not fit what it knows. */
async function watcher(seen: Seen, signal: AbortSignal): Promise<void> {
  const session = await login()
  try {
    for await (const change of session.watch(['network'], { signal })) {
      if (change.operation === 'add' && seen.has(change.ref)) problems.push('an object was added twice')
      if (change.operation !== 'add' && !seen.has(change.ref)) problems.push(`${change.operation} of an unknown object`)
      if (change.operation === 'del') seen.delete(change.ref)
      else seen.set(change.ref, change.record.name_label + [...change.record.other_config].join())
    }
  } catch (error) {
    if (!signal.aborted) problems.push(`a watcher ended: ${error}`)
  } finally {
    await session.logout().catch(error => {
      if (!(error instanceof TransportError)) problems.push(String(error))
    })
  }
}

const truth = ({ db }: FakeHost): Seen =>
  new Map(
    db
      .refs('network')
      .map(ref => [ref, db.get('network', ref, 'name_label') + [...db.get('network', ref, 'other_config')].join()]),
  )

const heap = () => {
  ;(globalThis as { gc?: () => void }).gc?.()
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20)
}

const stop = new AbortController()
const views = Array.from({ length: WATCHERS }, (): Seen => new Map())
const watching = views.map(view => watcher(view, stop.signal))
const working = Array.from({ length: CLIENTS }, (_, id) => client(id))
await new Promise(resolve => setTimeout(resolve, seconds * 200))
const early = heap()
await Promise.all(working)
const right = [...truth(fake)].sort().join('\n')
const deadline = performance.now() + 5000
const agree = () => views.filter(view => [...view].sort().join('\n') === right).length
while (agree() < WATCHERS && performance.now() < deadline) await new Promise(resolve => setTimeout(resolve, 50))
if (agree() < WATCHERS) problems.push(`${WATCHERS - agree()} of ${WATCHERS} watchers do not agree with the pool`)
stop.abort()
await Promise.all(watching)
const left = fake.db.refs('session').length
if (left > 0) problems.push(`${left} sessions are left`)
const late = heap()
await fake.stop()

console.log(
  `${calls} actions by ${CLIENTS} clients in ${seconds} s, ${dropped} connections cut, heap ${early} MiB after a fifth, ${late} MiB at the end`,
)
for (const problem of new Set(problems)) console.log(`problem: ${problem}`)
process.exitCode = problems.length > 0 ? 1 : 0
