import type { Socket } from 'node:net'
import { parseOvsdbAddress } from './address.ts'
import { appliedWatch } from './applied.ts'
import { isObject, OvsdbError } from './error.ts'
import { JsonRpc } from './json-rpc.ts'
import { type Lock, Locks } from './lock.ts'
import { type Operation, type OperationResult, operationToJson, resultsFromJson } from './operation.ts'
import { type Change, type Replica, ReplicaRows } from './replica.ts'
import { type OvsdbTls, openSocket } from './socket.ts'

/** Longer than this nobody waits for a database (docs/spec/open-vswitch.md, sentence 44). */
const LONGEST_MS = 10_000

export interface OvsdbOptions {
  /** `Open_vSwitch` unless told. */
  readonly database?: string | undefined
  /** How long connecting and each request may take, in milliseconds; 10 s, which is also the most. */
  readonly timeout?: number | undefined
  /**
   * After how many milliseconds of silence the other side is asked for a sign of life; after as many again the connection is
   * given up. 0: never. 5 s for TCP and TLS, never for a unix socket.
   */
  readonly probe?: number | undefined
  readonly tls?: OvsdbTls | undefined
  /** The longest message that is taken; 256 MiB unless told. */
  readonly maxMessageBytes?: number | undefined
}

/** The columns to watch, by table; an empty list: all of them. */
export type Watched = Readonly<Record<string, readonly string[]>>

/** A connection to a database. It is not opened again when it breaks: whoever holds it does that when `closed` resolves. */
export interface Ovsdb extends AsyncDisposable {
  /** The other side, as it was given. */
  readonly address: string
  /** Applies all operations or none. Throws OvsdbError; `operation` tells which one was refused. */
  transact(operations: readonly Operation[]): Promise<readonly OperationResult[]>
  /** A transaction that also waits until the switch daemon has carried it out, so that ofport and error tell. */
  commit(operations: readonly Operation[]): Promise<readonly OperationResult[]>
  /** The schema as the server has it (RFC 7047 3.2). */
  getSchema(): Promise<Readonly<Record<string, unknown>>>
  /** Watches columns. `onChange` hears of all changes of a transaction at once, but not of the rows at the beginning. */
  monitor(watched: Watched, onChange?: (changes: readonly Change[]) => void): Promise<Replica>
  /** Asks for a lock. It is had at once, or later when others let go; `onChange` hears when that changes. */
  lock(name: string, onChange?: (held: boolean) => void): Promise<Lock>
  /** Takes a lock from whoever has it. */
  steal(name: string, onChange?: (held: boolean) => void): Promise<Lock>
  /** Why the connection ended; undefined: by `close`. It never rejects. */
  readonly closed: Promise<OvsdbError | undefined>
  close(): void
}

/** Connects to `unix:PATH`, `tcp:HOST:PORT` or `ssl:HOST:PORT`. Throws OvsdbError. */
export async function connectOvsdb(address: string, options: OvsdbOptions = {}): Promise<Ovsdb> {
  const parsed = parseOvsdbAddress(address)
  const timeout = Math.min(options.timeout ?? LONGEST_MS, LONGEST_MS)
  const socket = await openSocket(parsed, address, timeout, options.tls)
  const probe = options.probe ?? (parsed.kind === 'unix' ? 0 : 5000)
  return openOvsdb(socket, address, { ...options, timeout, probe })
}

/** Speaks OVSDB on a socket, and sees to it that the other side has the database. Throws OvsdbError. */
export async function openOvsdb(socket: Socket, address: string, options: OvsdbOptions): Promise<Ovsdb> {
  const { database = 'Open_vSwitch', probe = 5000, maxMessageBytes = 256 * 2 ** 20 } = options
  const timeout = Math.min(options.timeout ?? LONGEST_MS, LONGEST_MS)
  const watches = new Map<string, (updates: unknown) => void>()
  const locks = new Locks()
  const rpc = new JsonRpc(socket, {
    where: address,
    timeout,
    probe,
    maxMessageBytes,
    onNotification(method, [name, content]) {
      if (method === 'update') watches.get(String(name))?.(content)
      else if (method === 'locked') locks.changed(String(name), true)
      else if (method === 'stolen') locks.changed(String(name), false)
    },
  })
  rpc.closed.then(() => locks.lost())

  const transact = (operations: readonly Operation[]): Promise<readonly OperationResult[]> =>
    rpc.request('transact', [database, ...operations.map(operationToJson)], {
      read: results => resultsFromJson(results, operations),
    })

  let monitors = 0
  async function monitor(watched: Watched, onChange?: (changes: readonly Change[]) => void): Promise<Replica> {
    const id = `monitor ${monitors++}`
    const rows = new ReplicaRows(Object.keys(watched))
    const requests = Object.entries(watched).map(([table, columns]) => [table, columns.length > 0 ? { columns } : {}])
    await rpc.request('monitor', [database, id, Object.fromEntries(requests)], {
      read: initial => {
        rows.take(initial)
        watches.set(id, updates => {
          const changes = rows.take(updates)
          onChange?.(changes)
        })
      },
    })
    return {
      table: name => rows.table(name),
      async cancel() {
        watches.delete(id)
        await rpc.request('monitor_cancel', [id], { read: () => undefined })
      },
    }
  }

  const takeLock = async (how: 'lock' | 'steal', name: string, onChange?: (held: boolean) => void): Promise<Lock> => {
    const lock = locks.add(name, onChange, () => rpc.request('unlock', [name], { read: () => undefined }))
    try {
      await rpc.request(how, [name], { read: result => locks.begin(name, isObject(result) && result.locked === true) })
    } catch (error) {
      locks.remove(name)
      throw error
    }
    return lock
  }

  const applied = appliedWatch(monitor, rpc.closed, address, timeout)
  try {
    const databases = await rpc.request('list_dbs', [], { read: names => names })
    if (!Array.isArray(databases) || !databases.includes(database)) {
      throw new OvsdbError('protocol', `${address} has no database ${database}`)
    }
  } catch (error) {
    rpc.close()
    throw error
  }
  return {
    address,
    transact,
    commit: async operations => applied(operations, transact),
    getSchema: () =>
      rpc.request('get_schema', [database], {
        read: schema => {
          if (!isObject(schema)) throw new OvsdbError('protocol', 'a schema is no object')
          return schema
        },
      }),
    monitor,
    lock: (name, onChange) => takeLock('lock', name, onChange),
    steal: (name, onChange) => takeLock('steal', name, onChange),
    closed: rpc.closed,
    close: () => rpc.close(),
    async [Symbol.asyncDispose]() {
      rpc.close()
      await rpc.closed
    },
  }
}
