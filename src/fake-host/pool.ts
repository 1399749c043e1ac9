import type { Clock } from './clock.ts'
import { Database } from './database/index.ts'
import { type BackendName, fillDefaultPool } from './default-pool.ts'
import type { Answer, Call } from './dispatch/call.ts'
import { coordinator, type Pool } from './dispatch/context.ts'
import { ChangeLog } from './events/log.ts'
import { EventQueue } from './events/queue.ts'
import { type FaultRule, Faults } from './faults/index.ts'
import { Hosts } from './hosts/hosts.ts'
import { directPower } from './hosts/lifecycle.ts'
import { newPoolSecret } from './hosts/pool-secret.ts'
import { receive } from './hosts/receive.ts'
import { overHttp, type Reach } from './neighbours/index.ts'
import { assignSwitches, Networks, Queues, type SwitchOptions } from './network/index.ts'
import { Random } from './random.ts'
import { CallHistory, type CallListener } from './record/index.ts'
import type { StatusOwner } from './roles/status-owner.ts'
import { addSubjects, type User, users } from './users/users.ts'

export interface PoolOptions extends SwitchOptions {
  /** Hosts of the default pool; 2 unless told. */
  readonly hosts?: number | undefined
  /** Decides every reference, uuid and MAC; 0 unless told. */
  readonly seed?: number | undefined
  /** The network back end of the default pool's hosts; `openvswitch` unless told. */
  readonly backend?: BackendName | undefined
  /** Who may log in over TCP; root / pw unless told. */
  readonly users?: readonly User[] | undefined
  /** Reserves the status of tunnels for one role or one user. */
  readonly statusOwner?: StatusOwner | undefined
  /** What the hosts of the pool know each other by, for session.slave_login; nobody can guess it unless told. */
  readonly poolSecret?: string | undefined
  readonly clock?: Clock | undefined
  /** How other pools are reached, which a host may join; over HTTP unless told. */
  readonly reach?: Reach | undefined
  /** Fills the empty database instead of the default pool. */
  readonly database?: ((db: Database) => void) | undefined
  /** What goes wrong with calls; checked. */
  readonly faults?: readonly FaultRule[] | undefined
  readonly onAnswer?: CallListener | undefined
}

export interface FakePool {
  readonly pool: Pool
  dispatch(call: Call): Promise<Answer>
  readonly history: CallHistory
  readonly faults: Faults
  /** Ends whatever waits in the pool, such as calls of event.from. */
  end(): void
}

/** The seed for the faults of a pool with this one, which has a sequence of its own. */
export const seedOfFaults = (seed: number): number => seed + 0x6661756c

/** A pool of fake hosts in this process, without a server. */
export function createFakePool(options: PoolOptions = {}): FakePool {
  const { hosts = 2, seed = 0, backend = 'openvswitch', clock = Date.now } = options
  if (!Number.isInteger(hosts) || hosts < 1) throw new RangeError(`a pool has at least one host, not ${hosts}`)
  const random = new Random(seed)
  const db = new Database(random)
  if (options.database) options.database(db)
  else fillDefaultPool(db, { hosts, backend, random, clock })
  const list = options.users ?? [{ username: 'root', password: 'pw' }]
  addSubjects(db, list)
  const ending = new AbortController()
  const pool: Pool = {
    db,
    random,
    clock,
    hosts: new Hosts(db, options.poolSecret ?? newPoolSecret()),
    networks: new Networks(db, { signal: ending.signal, switches: assignSwitches(db, options) }),
    reach: options.reach ?? overHttp,
    users: users(list),
    statusOwner: options.statusOwner,
    log: new ChangeLog(db),
    domains: new Queues(),
    queue: new EventQueue(db, clock),
    ending: ending.signal,
  }
  pool.hosts.power = directPower(pool)
  // The recorded server's own host shows as modified, not as new, to who watches from the beginning.
  if (db.exists('host', coordinator(pool))) db.makeFirst('host', coordinator(pool))
  const history = new CallHistory(clock, options.onAnswer)
  const faults = new Faults({
    random: new Random(seedOfFaults(seed)),
    ending: ending.signal,
    rules: options.faults,
  })
  return {
    pool,
    history,
    faults,
    end() {
      ending.abort()
      pool.networks.end()
    },
    dispatch: call => history.during(call, () => faults.around(call, inside => receive(pool, inside))),
  }
}
