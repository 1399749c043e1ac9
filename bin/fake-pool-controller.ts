import type { StartController } from '../src/fake-host/controller.ts'
import { login, memoryTransport, TransportError } from '../src/xapi/index.ts'

/** What BFD sends on a link, in milliseconds; as `controller-run` has it unless told. */
const BFD_MS = 300

/** A tunnel controller on a fake pool in this process: `controller=true` of the programs that run one. */
export const controlFakePool: StartController = async (pool, say) => {
  const { createController, createLog, fakeDataplane, ovsdbDataplane } = await import('../src/controller/index.ts')
  const transport = memoryTransport(async (method, parameters, { signal }) => {
    try {
      const answer = await pool.call(method, parameters, signal)
      return answer.ok ? { ok: true, value: answer.value } : answer
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FakeHostError') throw error
      throw new TransportError('unreachable', error.message, { cause: error }) // as over a wire: it is waited for
    }
  })
  const session = await login(transport, { username: pool.username, password: pool.password })
  const { switches } = pool
  const controller = createController({
    sessions: [session],
    dataplane: events =>
      switches
        ? ovsdbDataplane({
            ...events,
            addressOf: ({ host }) => switches.get(host) ?? 'unix:', // of a host that has joined nobody knows it
            tls: undefined,
            bfdIntervalMs: BFD_MS,
            random: Math.random,
          })
        : fakeDataplane({
            ...events,
            url: 'http://localhost',
            owner: 'controller=true',
            bfdIntervalMs: BFD_MS,
            async fetch(url, { method = 'GET', body, signal }) {
              const asked = { method, body: String(body ?? ''), signal: signal ?? new AbortController().signal }
              const { status, text } = await pool.ask(url, asked)
              return { ok: status === 200, status, text: async () => text }
            },
          }),
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
    log: createLog({ write: text => say(text.trimEnd()), now: Date.now, json: false, level: 'info' }),
  })
  const stopping = new AbortController()
  const running = controller.run(stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted)
      say(`the controller has ended: ${error instanceof Error ? error.message : String(error)}`)
  })
  await Promise.race([controller.seen, running])
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
      await controller[Symbol.asyncDispose]()
      await session.logout().catch(() => {}) // the pool ends with it
      await transport.close()
    },
  }
}
