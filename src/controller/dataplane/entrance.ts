import { listenOvsdb, mapOf, type Ovsdb, OvsdbError, type OvsdbTls } from '../../ovsdb/index.ts'

/** Where switches connect to by themselves, as those of a pool do that has an SDN controller with the protocol `ssl`. */
export interface Entrance extends AsyncDisposable {
  readonly port: number
  /**
   * The next connection from the switch of a host, which may have come already. Throws OvsdbError where none comes for so many
   * milliseconds, or the signal fires.
   */
  next(host: string, ms: number, signal: AbortSignal): Promise<Ovsdb>
}

/**
 * Listens at `pssl:PORT:ADDRESS`, `ptcp:PORT:ADDRESS` or `punix:PATH`. A switch says which host it is of in its external_ids
 * (docs/spec/networking-semantics.md 17.9); what comes from it later takes the place of what it opened before. `say` hears of
 * connections that are of no use. Throws OvsdbError.
 */
export async function openEntrance(
  address: string,
  tls: OvsdbTls | undefined,
  say: (line: string) => void,
): Promise<Entrance> {
  const latest = new Map<string, Ovsdb>()
  /** Connections that nobody has asked for yet. */
  const waiting = new Map<string, Ovsdb>()
  const asking = new Map<string, (db: Ovsdb) => void>()

  async function take(db: Ovsdb): Promise<void> {
    const host = await hostOf(db)
    if (host === undefined) {
      say(`the switch at ${db.address} does not say which host it is of: it has no xs-system-uuid and no system-id`)
      db.close()
      return
    }
    latest.get(host)?.close()
    latest.set(host, db)
    const ask = asking.get(host)
    asking.delete(host)
    if (ask) ask(db)
    else waiting.set(host, db)
    void db.closed.then(() => {
      if (waiting.get(host) === db) waiting.delete(host)
      if (latest.get(host) === db) latest.delete(host)
    })
  }

  const listener = await listenOvsdb(address, {
    tls,
    onConnection(db) {
      take(db).catch((error: unknown) => {
        say(`the switch at ${db.address}: ${error instanceof Error ? error.message : String(error)}`)
        db.close()
      })
    },
    onRefused: error => say(`a connection was refused: ${error.message}`),
  })
  return {
    port: listener.port,
    async next(host, ms, signal) {
      const there = waiting.get(host)
      waiting.delete(host)
      if (there) return there
      return new Promise((resolve, reject) => {
        const end = (text: string) => {
          clearTimeout(timer)
          signal.removeEventListener('abort', stop)
          asking.delete(host)
          reject(new OvsdbError('connection', text))
        }
        const stop = () => end('it is not waited for any more')
        const timer = setTimeout(() => end(`no switch of this host has connected to ${address}`), ms)
        signal.addEventListener('abort', stop, { once: true })
        asking.set(host, db => {
          clearTimeout(timer)
          signal.removeEventListener('abort', stop)
          resolve(db)
        })
      })
    },
    async [Symbol.asyncDispose]() {
      for (const db of latest.values()) db.close()
      await listener.close()
    },
  }
}

async function hostOf(db: Ovsdb): Promise<string | undefined> {
  const [result] = await db.transact([{ op: 'select', table: 'Open_vSwitch', where: [], columns: ['external_ids'] }])
  const ids = mapOf(result?.rows?.[0]?.external_ids)
  const host = ids.get('xs-system-uuid') ?? ids.get('system-id')
  return host === undefined ? undefined : String(host)
}
