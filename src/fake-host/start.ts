import { type Database, loadObjects, readSnapshot, writeSnapshot } from './database/index.ts'
import type { Answer, Call } from './dispatch/call.ts'
import type { Pool } from './dispatch/context.ts'
import { FakeHostError } from './error.ts'
import { inMemory, openKeptPool, type StartedPool } from './kept.ts'
import { createFakePool, type PoolOptions, type RecordedCall } from './pool.ts'
import { type HttpServer, listen } from './server/index.ts'
import { readText, writeWhole } from './state/index.ts'

export interface FakeHostOptions extends Omit<PoolOptions, 'credentials' | 'database'> {
  /** `HOST:PORT`, port 0 for a free one; `127.0.0.1:0` unless told. False: calls come through `dispatch` alone. */
  readonly listen?: string | false | undefined
  /** The pool to start from, by its file or as the object that such a file holds; never written. */
  readonly snapshot?: string | object | undefined
  /** The file that the pool is kept in: loaded if it exists, and every change is there before its answer is given. */
  readonly state?: string | undefined
  /** Takes files of another release: what is unknown in them is left out, with a warning. */
  readonly lenient?: boolean | undefined
  /** Who may log in over HTTP; root / pw unless told. */
  readonly username?: string | undefined
  readonly password?: string | undefined
}

export interface FakeHost extends AsyncDisposable {
  /** `http://HOST:PORT`; empty where it does not listen. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  /** Makes a call without the wire. */
  dispatch(call: Call): Promise<Answer>
  /** The pool's objects, for tests: reading and writing them goes past every check. */
  readonly db: Database
  readonly pool: Pool
  /** What came in, without secrets. */
  readonly calls: readonly RecordedCall[]
  /** What is odd about the file that it began with, one line each. */
  readonly warnings: readonly string[]
  /** Writes the pool as it is to a snapshot. */
  save(path: string): Promise<void>
  /** Ends connections, finishes what is to be written and lets go of the state file. Stopping twice is stopping once. */
  stop(): Promise<void>
}

/** Starts a pool of fake hosts, with a server for its calls. Throws FakeHostError. */
export async function startFakeHost(options: FakeHostOptions = {}): Promise<FakeHost> {
  const { username = 'root', password = 'pw', listen: where = '127.0.0.1:0', state, snapshot, lenient } = options
  const { hosts, seed, backend, clock } = options
  const pool: PoolOptions = { hosts, seed, backend, clock, credentials: { username, password } }
  const address = where === false ? undefined : parseAddress(where)
  const begin = () => beginPool(pool, snapshot, lenient)
  const kept =
    state === undefined ? inMemory(await begin()) : await openKeptPool({ ...pool, path: state, lenient }, begin)
  let server: HttpServer | undefined
  async function end(): Promise<void> {
    kept.fake.end()
    await server?.stop()
    await kept.close()
  }
  try {
    server = address && (await listen({ ...address, dispatch: kept.dispatch }))
  } catch (error) {
    await end()
    throw error
  }
  let stopped: Promise<void> | undefined
  function stop(): Promise<void> {
    stopped ??= end()
    return stopped
  }
  const { db, random } = kept.fake.pool
  return {
    url: server ? `http://${bracketed(server.host)}:${server.port}` : '',
    host: server?.host ?? '',
    port: server?.port ?? 0,
    username,
    password,
    dispatch: kept.dispatch,
    db,
    pool: kept.fake.pool,
    calls: kept.fake.calls,
    warnings: kept.warnings,
    save: path => writeWhole(path, writeSnapshot(db, random.seed)),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** A pool that no state file holds yet: that of a snapshot, or the default one. */
async function beginPool(
  options: PoolOptions,
  source: string | object | undefined,
  lenient: boolean | undefined,
): Promise<StartedPool> {
  if (source === undefined) return { fake: createFakePool(options), warnings: [] }
  if (options.hosts !== undefined || options.backend !== undefined) {
    throw new FakeHostError('hosts and backend describe the default pool; a snapshot has its own')
  }
  const name = typeof source === 'string' ? source : 'snapshot'
  const text = typeof source === 'string' ? await readText(source) : JSON.stringify(source)
  const snapshot = await readSnapshot(text, { name, lenient })
  const seed = options.seed ?? snapshot.seed
  return {
    fake: createFakePool({ ...options, seed, database: db => loadObjects(db, snapshot.objects) }),
    warnings: snapshot.warnings,
  }
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** Reads `HOST:PORT` or `[ADDRESS]:PORT`. Throws FakeHostError. */
function parseAddress(text: string): { host: string; port: number } {
  const [, bare, v6, digits] = /^(?:([^:[\]\s]+)|\[([0-9A-Fa-f:.%\w]+)\]):(\d{1,5})$/.exec(text) ?? []
  const host = bare ?? v6
  const port = Number(digits)
  if (host === undefined || !(port <= 65_535)) {
    throw new FakeHostError(`${JSON.stringify(text)} is not an address to listen on, such as 127.0.0.1:0`)
  }
  return { host, port }
}
