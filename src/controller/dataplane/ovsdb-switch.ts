import { type Lock, type Operation, type Ovsdb, OvsdbError, optionalOf, type Replica } from '../../ovsdb/index.ts'
import type { Change } from '../model.ts'
import type { SwitchReading } from '../switch.ts'
import { DataplaneError } from './dataplane.ts'
import { flushOperations } from './flush.ts'
import { operationsFor, RowReader, watchedBy } from './ovsdb-rows.ts'
import { pause } from './pause.ts'

/** A name that OVSDB takes, which has no hyphens. */
const LOCK = 'xe_tunnel_controller'

/** A switch that has not followed its database for so long, in milliseconds, does not run. */
const FOLLOW_MS = 2_000
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** How long connecting and each answer may take, in milliseconds. */
export const ANSWER_MS = 5_000

export interface OvsdbSwitchOptions {
  /** Opens a connection, or waits for one that the switch opens. Throws OvsdbError. */
  readonly connect: (signal: AbortSignal) => Promise<Ovsdb>
  readonly bfd: ReadonlyMap<string, string>
  readonly onReading: (reading: SwitchReading) => void
  /** Undefined where the lock is of no interest. */
  readonly onLock: (() => void) | undefined
  readonly onTrouble: (message: string) => void
}

/** One switch: the connection to its database, made anew whenever it breaks, each time with all rows read anew. */
export class OvsdbSwitch {
  readonly #options: OvsdbSwitchOptions
  readonly #ended = new AbortController()
  /** Resolves when it has been tried once. */
  readonly tried: Promise<void>
  #connection: { readonly db: Ovsdb; readonly replica: Replica; readonly canProtect: boolean } | undefined
  #lock: Lock | undefined
  #last: SwitchReading | undefined
  #behindTimer: NodeJS.Timeout | undefined
  #follows = true
  #isDue = false

  constructor(options: OvsdbSwitchOptions) {
    this.#options = options
    let tried = () => {}
    this.tried = new Promise(resolve => {
      tried = resolve
    })
    void this.#stayConnected(tried)
  }

  get isConnected(): boolean {
    return this.#connection !== undefined
  }

  get holdsLock(): boolean {
    return this.#lock?.held ?? false
  }

  /** Lets another controller have the lock, and asks for it again after a while. */
  async yieldLock(ms: number): Promise<void> {
    const [lock, connection] = [this.#lock, this.#connection]
    this.#lock = undefined
    await lock?.unlock().catch(() => {}) // then the connection is gone, and the lock with it
    await pause(ms, this.#ended.signal)
    if (connection && connection === this.#connection) await this.#takeLock(connection.db).catch(() => {}) // likewise
  }

  async apply(changes: readonly Change[]): Promise<void> {
    const connection = this.#connection
    if (!connection) throw new DataplaneError('refused', 'its database is not connected')
    const { db, replica, canProtect } = connection
    const operations = operationsFor(changes, replica, this.#options.bfd, canProtect)
    const flush = canProtect ? flushOperations(changes, replica) : { first: [], second: [] }
    const locked: Operation = { op: 'assert', lock: LOCK }
    try {
      await db.commit([locked, ...operations, ...flush.first])
      if (flush.second.length > 0) await db.commit([locked, ...flush.second])
      this.#emit()
    } catch (error) {
      if (!(error instanceof OvsdbError)) throw error
      if (error.kind === 'operation') throw new DataplaneError('refused', error.message)
      if (error.kind === 'timeout') this.#fallBehind()
      db.close() // what has become of it, the rows tell when they are read anew
      throw new DataplaneError('unknown', error.message)
    }
  }

  /** Asks the switch for a sign that it follows its database. */
  probe(): void {
    const db = this.#connection?.db
    db?.commit([]).catch((error: unknown) => {
      if (error instanceof OvsdbError && error.kind === 'timeout') this.#fallBehind()
    })
  }

  close(): void {
    this.#ended.abort()
    clearTimeout(this.#behindTimer)
    this.#connection?.db.close()
  }

  async #stayConnected(tried: () => void): Promise<void> {
    const { signal } = this.#ended
    let failures = 0
    while (!signal.aborted) {
      try {
        const db = await this.#connect()
        failures = 0
        tried()
        const reason = await db.closed
        if (reason) this.#options.onTrouble(reason.message)
      } catch (error) {
        if (!signal.aborted) this.#options.onTrouble(error instanceof Error ? error.message : String(error))
        failures += 1
      }
      this.#connection = undefined
      this.#lock = undefined
      tried()
      if (signal.aborted) return
      this.#options.onLock?.()
      if (this.#last?.connected) this.#tell({ ...this.#last, connected: false })
      await pause(Math.min(SHORTEST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS), signal)
    }
  }

  async #connect(): Promise<Ovsdb> {
    const db = await this.#options.connect(this.#ended.signal)
    try {
      const canProtect = hasColumn(await db.getSchema(), 'Port', 'protected')
      const replica = await db.monitor(watchedBy(canProtect), () => this.#soon())
      this.#reader = new RowReader(this.#options.bfd)
      if (this.#options.onLock) await this.#takeLock(db)
      if (this.#ended.signal.aborted) throw new Error('closed')
      this.#connection = { db, replica, canProtect }
      this.#options.onLock?.()
      this.#emit()
    } catch (error) {
      db.close()
      throw error
    }
    return db
  }

  #reader = new RowReader(new Map())

  async #takeLock(db: Ovsdb): Promise<void> {
    this.#lock = await db.lock(LOCK, () => this.#options.onLock?.())
    this.#options.onLock?.()
  }

  /** All that changes in one go is told at once. */
  #soon(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#emit()
    })
  }

  #emit(): void {
    const connection = this.#connection
    if (!connection) return
    const { replica, canProtect } = connection
    const [row] = replica.table('Open_vSwitch').values()
    const isBehind = Number(optionalOf(row?.cur_cfg) ?? 0) < Number(optionalOf(row?.next_cfg) ?? 0)
    if (!isBehind) {
      clearTimeout(this.#behindTimer)
      this.#behindTimer = undefined
      this.#follows = true
    } else this.#behindTimer ??= setTimeout(() => this.#fallBehind(), FOLLOW_MS).unref()
    this.#tell({ connected: true, follows: this.#follows, canProtect, ...this.#reader.read(replica) })
  }

  #fallBehind(): void {
    this.#follows = false
    this.#emit()
  }

  #tell(reading: SwitchReading): void {
    this.#last = reading
    this.#options.onReading(reading)
  }
}

function hasColumn(schema: Readonly<Record<string, unknown>>, table: string, column: string): boolean {
  const columns = member(member(member(schema, 'tables'), table), 'columns')
  return member(columns, column) !== undefined
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined // an object has them
