import type { Clock } from './clock.ts'
import { Database } from './database/index.ts'
import { type BackendName, fillDefaultPool } from './default-pool.ts'
import type { Answer, Call, RpcValue } from './dispatch/call.ts'
import type { Credentials, Pool } from './dispatch/context.ts'
import { dispatch } from './dispatch/dispatch.ts'
import { redacted } from './dispatch/redact.ts'
import { ChangeLog } from './events/log.ts'
import { EventQueue } from './events/queue.ts'
import { Networks } from './network/index.ts'
import { Random } from './random.ts'

export interface PoolOptions {
  /** Hosts of the default pool; 2 unless told. */
  readonly hosts?: number | undefined
  /** Decides every reference, uuid and MAC; 0 unless told. */
  readonly seed?: number | undefined
  /** The network back end of the default pool's hosts; `openvswitch` unless told. */
  readonly backend?: BackendName | undefined
  /** Who may log in over TCP; root / pw unless told. */
  readonly credentials?: Credentials | undefined
  readonly clock?: Clock | undefined
  /** Fills the empty database instead of the default pool. */
  readonly database?: ((db: Database) => void) | undefined
}

/** A call that came in, for assertions: what is secret in it is left out. */
export interface RecordedCall {
  readonly method: string
  readonly params: readonly RpcValue[]
}

export interface FakePool {
  readonly pool: Pool
  dispatch(call: Call): Promise<Answer>
  /** The calls so far, oldest first; of very many the latest are kept. */
  readonly calls: readonly RecordedCall[]
  /** Ends whatever waits in the pool, such as calls of event.from. */
  end(): void
}

const CALLS_KEPT = 10_000

/** A pool of fake hosts in this process, without a server. */
export function createFakePool(options: PoolOptions = {}): FakePool {
  const { hosts = 2, seed = 0, backend = 'openvswitch', clock = Date.now } = options
  if (!Number.isInteger(hosts) || hosts < 1) throw new RangeError(`a pool has at least one host, not ${hosts}`)
  const random = new Random(seed)
  const db = new Database(random)
  if (options.database) options.database(db)
  else fillDefaultPool(db, { hosts, backend, random, clock })
  const ending = new AbortController()
  const pool: Pool = {
    db,
    random,
    clock,
    networks: new Networks(db),
    credentials: options.credentials ?? { username: 'root', password: 'pw' },
    log: new ChangeLog(db),
    queue: new EventQueue(db, clock),
    ending: ending.signal,
  }
  const calls: RecordedCall[] = []
  return {
    pool,
    calls,
    end: () => ending.abort(),
    dispatch(call) {
      calls.push(redacted(call))
      if (calls.length > 2 * CALLS_KEPT) calls.splice(0, CALLS_KEPT)
      return dispatch(pool, call)
    },
  }
}
