import type { Change } from '../model.ts'
import { type SwitchReading, switchOf } from '../switch.ts'
import { bfdSettings, externalIds, portOf, TUNNEL_TYPES } from './columns.ts'
import { type Dataplane, DataplaneError, type DataplaneEvents, type SwitchPlace } from './dataplane.ts'
import { pause } from './pause.ts'

export interface FakeDataplaneOptions extends DataplaneEvents {
  /** Where the fake host serves its control routes, such as http://127.0.0.1:8080. */
  readonly url: string
  /** How it is asked; Node's own fetch unless told. */
  readonly fetch?: ((url: URL, init: RequestInit) => Promise<Pick<Response, 'ok' | 'status' | 'text'>>) | undefined
  /** Tells this controller from others. */
  readonly owner: string
  readonly bfdIntervalMs: number
}

/** How long a request for a change waits for one, in milliseconds. */
const WAIT_MS = 10_000
const ANSWER_MS = 10_000
/** How long a leader leads without a sign of life, and how often it gives one. */
const LEASE_MS = 3_000
const RENEW_MS = 1_000
const LONGEST_PAUSE_MS = 2_000

/** The in-memory switches of a fake host, through its control routes. */
export function fakeDataplane(options: FakeDataplaneOptions): Dataplane {
  const bfd = bfdSettings(options.bfdIntervalMs)
  const { fetch = globalThis.fetch } = options
  const ended = new AbortController()
  const watches = new Map<string, Watch>()
  let pools: ReadonlySet<string> = new Set()
  /** How often each switch was changed: what was asked before a change and comes after it is old. */
  const epochs = new Map<string, number>()

  async function request(
    path: string,
    { body, method, signal = ended.signal, ms = ANSWER_MS }: Ask = {},
  ): Promise<unknown> {
    const response = await fetch(new URL(path, options.url), {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]),
    })
    const text = await response.text()
    if (response.ok) return text === '' ? undefined : JSON.parse(text)
    throw new Refusal(response.status, text)
  }

  async function read(host: string, after: string | undefined, signal: AbortSignal): Promise<State> {
    const query = after === undefined ? '' : `?after=${after}&timeout_ms=${WAIT_MS}`
    return (await request(`/fake/hosts/${host}/switch${query}`, { signal, ms: WAIT_MS + ANSWER_MS })) as State // its route answers so
  }

  function watch({ host }: SwitchPlace): Watch {
    let kick = new AbortController()
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, ended.signal])
    let tried = () => {}
    const first = new Promise<void>(resolve => {
      tried = resolve
    })
    void (async () => {
      let last: SwitchReading | undefined
      let version: string | undefined
      let failures = 0
      while (!signal.aborted) {
        try {
          const epoch = epochs.get(host)
          kick = new AbortController()
          const state = await read(host, version, AbortSignal.any([signal, kick.signal]))
          failures = 0
          if (epoch !== epochs.get(host)) {
            version = undefined
            continue
          }
          if (state.version !== version || !last?.connected) {
            version = state.version
            last = readingOf(state, bfd)
            options.onSwitch(host, switchOf(last, pools))
          }
        } catch (error) {
          if (signal.aborted) return
          version = undefined
          if (kick.signal.aborted) continue
          failures += 1
          options.onTrouble(host, messageOf(error))
          if (last?.connected) {
            last = { ...last, connected: false }
            options.onSwitch(host, switchOf(last, pools))
          }
        }
        tried()
        if (failures > 0) await pause(Math.min(100 * 2 ** (failures - 1), LONGEST_PAUSE_MS), signal)
      }
    })().finally(tried)
    return { stop, tried: first, kick: () => kick.abort() }
  }

  void (async () => {
    let leads: boolean | undefined
    while (options.onLead && !ended.signal.aborted) {
      let owner: unknown
      try {
        const body = { name: 'xe-tunnel-controller', owner: options.owner, lease_ms: LEASE_MS }
        owner = ((await request('/fake/lease', { body })) as { owner: string }).owner // its route answers so
      } catch {
        owner = undefined // whoever cannot be asked leads nobody
      }
      const isKnown = owner !== undefined || leads !== undefined
      if (isKnown && leads !== (owner === options.owner) && !ended.signal.aborted) {
        leads = owner === options.owner
        options.onLead?.(leads)
      }
      await pause(RENEW_MS, ended.signal)
    }
  })()

  return {
    async look(places, all) {
      pools = all
      const wanted = new Map(places.map(place => [place.host, place]))
      for (const [host, { stop }] of watches) {
        if (wanted.has(host)) continue
        stop.abort()
        watches.delete(host)
      }
      for (const [host, place] of wanted) if (!watches.has(host)) watches.set(host, watch(place))
      await Promise.all([...watches.values()].map(({ tried }) => tried))
    },
    async apply(host, changes) {
      try {
        await request(`/fake/hosts/${host}/switch`, { body: { ops: changes.map(change => opOf(change, bfd)) } })
      } catch (error) {
        epochs.set(host, (epochs.get(host) ?? 0) + 1)
        watches.get(host)?.kick()
        throw new DataplaneError(error instanceof Refusal ? 'refused' : 'unknown', messageOf(error))
      }
      epochs.set(host, (epochs.get(host) ?? 0) + 1)
      const state = await read(host, undefined, ended.signal).catch(() => undefined) // its watch will tell
      if (state) options.onSwitch(host, switchOf(readingOf(state, bfd), pools))
    },
    probe(host) {
      request(`/fake/hosts/${host}/switch`, { body: { ops: [] } }).catch(() => {}) // its watch will tell
    },
    resync() {
      for (const { kick } of watches.values()) kick()
    },
    async [Symbol.asyncDispose]() {
      ended.abort()
      if (!options.onLead) return
      const body = { name: 'xe-tunnel-controller', owner: options.owner }
      const { signal } = new AbortController()
      await request('/fake/lease', { method: 'DELETE', body, signal, ms: 1000 }).catch(() => {}) // it runs out by itself
    },
  }
}

interface Watch {
  readonly stop: AbortController
  /** Resolves when the switch has been read once, or could not be. */
  readonly tried: Promise<void>
  /** Has the switch read anew. */
  readonly kick: () => void
}

interface Ask {
  readonly body?: object
  readonly method?: string
  readonly signal?: AbortSignal
  readonly ms?: number
}

/** The fake host's answer that something cannot be. */
class Refusal extends Error {
  constructor(status: number, text: string) {
    super(/"error":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? `status ${status}`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

type Column = Readonly<Record<string, string>>

interface State {
  readonly version: string
  readonly cur_cfg: number
  readonly next_cfg: number
  readonly bridges: readonly {
    readonly name: string
    readonly ports: readonly {
      readonly name: string
      readonly type: string
      readonly protected: boolean
      readonly options: Column
      readonly external_ids: Column
      readonly bfd: Column
      readonly bfd_status: Column
      readonly status: Column
      readonly ofport?: number | null
      readonly error?: string | null
    }[]
  }[]
}

function readingOf(state: State, bfd: ReadonlyMap<string, string>): SwitchReading {
  const map = (column: Column) => new Map(Object.entries(column))
  return {
    connected: true,
    follows: state.cur_cfg >= state.next_cfg,
    canProtect: true,
    bridges: state.bridges.map(({ name }) => name),
    ports: state.bridges.flatMap(bridge =>
      bridge.ports
        .filter(({ type }) => TUNNEL_TYPES.has(type))
        .map(port =>
          portOf(
            {
              bridge: bridge.name,
              name: port.name,
              type: port.type,
              options: map(port.options),
              externalIds: map(port.external_ids),
              bfd: map(port.bfd),
              bfdStatus: map(port.bfd_status),
              status: map(port.status),
              ofport: port.ofport ?? undefined,
              error: port.error ?? '',
              isProtected: port.protected,
            },
            bfd,
          ),
        ),
    ),
  }
}

function opOf(change: Change, bfd: ReadonlyMap<string, string>): object {
  if (change.op === 'remove') return { op: 'del-port', port: change.port.name }
  const { bridge, name, type, remoteIp, key, mark, isProtected } = change.port
  const columns = {
    port: name,
    options: { remote_ip: remoteIp, key: String(key) },
    external_ids: Object.fromEntries(externalIds(mark)),
    bfd: Object.fromEntries(bfd),
    protected: isProtected,
  }
  return change.op === 'add' ? { op: 'add-port', bridge, type, ...columns } : { op: 'set-port', ...columns }
}
