import { type Control, createControl } from './control/index.ts'
import { type Database, writeSnapshot } from './database/index.ts'
import type { Answer, Call } from './dispatch/call.ts'
import type { Pool } from './dispatch/context.ts'
import type { FaultRule } from './faults/index.ts'
import { collector, PASS_MS } from './gc/index.ts'
import { type Machines, startMachines } from './hosts/index.ts'
import { openPool, type PoolSource } from './open-pool.ts'
import type { RecordedCall } from './record/index.ts'
import { type CliServer, parseAddress } from './server/index.ts'
import { writeWhole } from './state/index.ts'
import { type GivenIdentity, openTls, type Tls } from './tls.ts'

export interface FakeHostOptions extends PoolSource {
  /**
   * `HOST:PORT`, port 0 for a free one, or `unix:PATH`, where callers are trusted as root; several with commas between them.
   * `127.0.0.1:0` unless told. False: calls come through `dispatch` alone.
   */
  readonly listen?: string | false | undefined
  /** Every host listens, each at a port of its own, which becomes its address (docs/decisions/members.md). */
  readonly members?: boolean | undefined
  /** HTTPS at all TCP addresses: with a new certificate, or with this one. */
  readonly tls?: boolean | GivenIdentity | undefined
  /** Runs the command lines that the xe program of a host sends, at POST /cli. */
  readonly cli?: CliServer | undefined
}

/** What is to be said when a host has stopped. */
export interface StopReport {
  /** Rules about faults that never acted. */
  readonly unusedFaults: readonly FaultRule[]
  /** Sessions that nobody logged out of. */
  readonly openSessions: number
}

export interface FakeHost extends AsyncDisposable {
  /** `http://HOST:PORT` or `https://HOST:PORT`; empty where it does not listen there. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Of the unix socket that it listens on; empty where there is none. */
  readonly socketPath: string
  /** What clients have to trust to connect over TLS, as PEM, and a file that holds it while the host runs; empty without TLS. */
  readonly ca: string
  readonly caFile: string
  readonly username: string
  readonly password: string
  /** Makes a call without the wire. */
  dispatch(call: Call): Promise<Answer>
  /** The pool's objects, for tests: reading and writing them goes past every check. */
  readonly db: Database
  readonly pool: Pool
  /** Its hosts as machines, to stop and start. */
  readonly hosts: Machines
  /** What came in, without secrets. */
  readonly calls: readonly RecordedCall[]
  /** What is odd about the file that it began with, one line each. */
  readonly warnings: readonly string[]
  /** What tests do to the pool; what is under /fake/ over HTTP. */
  readonly control: Control
  /** One pass of the coordinator's tidying up, which happens by itself every 30 seconds. */
  collect(): void
  /** Writes the pool as it is to a snapshot. */
  save(path: string): Promise<void>
  /** Ends connections, finishes what is to be written and lets go of the state file. Stopping twice is stopping once. */
  stop(): Promise<StopReport>
}

/** Starts a pool of fake hosts, with a server for its calls. Throws FakeHostError. */
export async function startFakeHost(options: FakeHostOptions = {}): Promise<FakeHost> {
  const { username = 'root', password = 'pw', listen: where = '127.0.0.1:0' } = options
  const addresses = where === false ? [] : where.split(',').map(parseAddress)
  const kept = await openPool(options)
  const { pool, history } = kept.fake
  const { db, random } = pool
  const { calls } = history
  const collect = collector(pool)
  const collecting = setInterval(collect, PASS_MS).unref()
  let begin = (_: Control): void => {}
  const begun = new Promise<Control>(resolve => {
    begin = resolve
  })
  let shown: Tls | undefined
  let machines: Machines | undefined
  let control: Control | undefined
  async function end(): Promise<StopReport> {
    clearInterval(collecting)
    const report = { unusedFaults: control?.unusedFaults ?? [], openSessions: db.refs('session').length }
    kept.fake.end()
    await machines?.end()
    await shown?.end()
    await kept.close()
    return report
  }
  let stopped: Promise<StopReport> | undefined
  function stop(): Promise<StopReport> {
    stopped ??= end()
    return stopped
  }
  try {
    const tls = await openTls(options.tls ?? false, addresses)
    shown = tls
    const warnings = [...kept.warnings, ...(await pool.networks.bringToSwitches())]
    const { dispatch, settled, clock } = kept
    const hosts = await startMachines({
      pool,
      dispatch,
      addresses,
      members: options.members ?? false,
      tls: tls.identity,
      cli: options.cli,
      control: async request =>
        (await import('./control/http.ts')).controlResponse({ control: await begun, calls }, request),
      settled,
    })
    machines = hosts
    control = createControl({ fake: kept.fake, clock, hosts, collect, settled })
    begin(control)
    return {
      ...hosts.entrance,
      ca: tls.ca,
      caFile: tls.caFile,
      username,
      password,
      dispatch,
      db,
      pool,
      hosts,
      calls,
      warnings,
      control,
      collect,
      save: path => writeWhole(path, writeSnapshot(db, random.seed)),
      stop,
      async [Symbol.asyncDispose]() {
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
