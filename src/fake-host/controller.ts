import { controlResponse } from './control/http.ts'
import type { Answer, RpcValue } from './dispatch/call.ts'
import { FakeHostError } from './error.ts'
import { assignSwitches } from './network/index.ts'
import type { FakeHost, FakeHostOptions } from './start.ts'
import { readUsers } from './users/read-users.ts'

/** A pool as a tunnel controller in the same process sees it. */
export interface ControlledPool {
  /** Who may write the status of tunnels. */
  readonly username: string
  readonly password: string
  /** Makes a call without the wire, with no more rights than over it. Throws FakeHostError where the coordinator is stopped. */
  call(method: string, parameters: readonly RpcValue[], signal: AbortSignal | undefined): Promise<Answer>
  /** Answers a request under /fake/ without the wire. */
  ask(url: URL, request: ControlRequest): Promise<{ readonly status: number; readonly text: string }>
  /** Where the databases of the switches are, by the uuids of their hosts; undefined where the switches are in memory. */
  readonly switches: ReadonlyMap<string, string> | undefined
}

export interface ControlRequest {
  readonly method: string
  readonly body: string
  readonly signal: AbortSignal
}

/** Lets a tunnel controller work on a pool until it is disposed of. `say` takes its lines, without their ends. */
export type StartController = (pool: ControlledPool, say: (line: string) => void) => Promise<AsyncDisposable>

/** Starts the controller of `controller=true`. Throws FakeHostError where it could not do its work. */
export async function startController(
  host: FakeHost,
  options: FakeHostOptions,
  start: StartController | undefined,
  say: (line: string) => void,
): Promise<AsyncDisposable> {
  if (!start) throw new FakeHostError('controller=true: this program has no controller')
  const { db } = host
  const { ovsdb = [] } = options
  const count = db.refs('host').length
  if (ovsdb.length > 0 && ovsdb.length < count) {
    throw new FakeHostError(
      `controller=true: ovsdb has ${ovsdb.length} addresses for ${count} hosts, and a controller needs all of them or none`,
    )
  }
  const switches = [...assignSwitches(db, { ovsdb })].map(
    ([ref, { address }]) => [db.get('host', ref, 'uuid'), address] as const,
  )
  return start(
    {
      ...(await writerOfStatuses(options)),
      call: (method, params, signal) => host.dispatch({ method, params, origin: 'tcp', signal }),
      async ask({ pathname, search }, { method, body, signal }) {
        const { status, body: text } = await controlResponse(
          { control: host.control, calls: host.calls },
          {
            method,
            path: pathname,
            query: search.slice(1),
            version: '1.1',
            headers: new Map(),
            keepAlive: true,
            body: Buffer.from(body),
            peer: 'unix', // it comes from this process
            signal,
          },
        )
        return { status, text: String(text) }
      },
      switches: switches.length === 0 ? undefined : new Map(switches),
    },
    say,
  )
}

/** The first user who may write the status of tunnels: with `status-owner=` that is not everybody. Throws FakeHostError. */
async function writerOfStatuses(options: FakeHostOptions): Promise<{ username: string; password: string }> {
  const { username = 'root', password = 'pw', statusOwner: owner } = options
  const all = [{ username, password, roles: undefined }, ...(await readUsers(options.users ?? []))]
  const found = all.find(user => {
    if (owner === undefined) return true
    return 'user' in owner ? user.username === owner.user : user.roles?.includes(owner.role)
  })
  if (found) return { username: found.username, password: found.password }
  throw new FakeHostError('controller=true: status-owner= names nobody who can log in; users= says who can')
}
