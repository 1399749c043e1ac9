import type { Session } from '../xapi/index.ts'
import type { Dataplane, DataplaneEvents } from './dataplane/dataplane.ts'
import type { Log } from './loop/log.ts'
import { Reconciler, type Scheduler } from './loop/reconciler.ts'
import { recollection, type Timing, usualTiming } from './memory.ts'
import type { Settings, Topology } from './model.ts'
import { Plugging } from './observe/plugging.ts'
import { PoolLink } from './observe/pool-link.ts'

export interface ControllerOptions {
  /** One for each pool. */
  readonly sessions: readonly Session[]
  readonly dataplane: (events: DataplaneEvents) => Dataplane
  readonly settings: Settings
  readonly topology: Topology
  readonly scheduler: Scheduler
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: Log
  readonly timing?: Timing
  readonly resyncMs?: number
  /** Whether it only looks, and leaves the lead to others. */
  readonly looksOnly?: boolean
  readonly retryMs?: number
}

export interface Controller extends AsyncDisposable {
  readonly reconciler: Reconciler
  readonly log: Log
  /** Resolves when all there is has been seen for the first time. */
  readonly seen: Promise<void>
  /** Runs until the signal fires. Throws what waiting does not help against, such as a password that has changed. */
  run(signal: AbortSignal): Promise<void>
}

/** Joins the parts of a controller. Nothing happens until it runs, and when it ends the switches stay as they are. */
export function createController(options: ControllerOptions): Controller {
  const {
    sessions,
    settings,
    topology,
    scheduler,
    log,
    timing = usualTiming,
    resyncMs = 60_000,
    retryMs = 1_000,
  } = options
  const world = { pools: new Set<string>(), hosts: new Map(), networks: new Map(), tunnels: new Map() }
  const links = sessions.map(session => new PoolLink(session, world, topology))
  const linkOf = (tunnel: string) => links.find(link => link.has(tunnel))
  const plugging = new Plugging({ reboot: 120_000, plug: 5_000 })
  const current = new Set<PoolLink>()
  let markSeen = () => {}
  const seen = new Promise<void>(resolve => {
    markSeen = resolve
  })
  let isClosed = false
  let cancelPlugging = () => {}

  const dataplane = options.dataplane({
    onSwitch(host, its) {
      if (isClosed) return
      if (its.connected && troubles.delete(host)) log.info('a switch answers again', { host: nameOf(host) })
      reconciler.sawSwitch(host, its)
      if (!world.hosts.has(host) && its.own.size === 0) void look()
    },
    ...(!options.looksOnly && { onLead: (leads: boolean) => !isClosed && reconciler.lead(leads) }),
    onTrouble(host, reason) {
      if (isClosed || troubles.get(host) === reason) return
      troubles.set(host, reason)
      log.warn('a switch does not answer', { host: nameOf(host), reason })
    },
  })
  /** Why hosts' switches do not answer, as it was told: retries that fail in the same way are worth no line. */
  const troubles = new Map<string, string>()
  const reconciler = new Reconciler({
    world,
    dataplane,
    past: recollection(timing),
    settings,
    scheduler,
    log,
    resyncMs,
    retryMs,
    writeStatus: async (tunnel, status) => (await linkOf(tunnel)?.writeStatus(tunnel, status, options.now())) ?? false,
  })
  const nameOf = (host: string): string => world.hosts.get(host)?.name ?? host

  let places = ''
  /** Hosts that have left the pool are looked after until nothing of this controller is on their switches any more. */
  async function look(): Promise<void> {
    const all = links.flatMap(({ picture }) => [...picture.addresses])
    const { switches } = reconciler.observed
    const left = [...switches].filter(([host, { own }]) => own.size > 0 && !world.hosts.has(host))
    for (const host of switches.keys()) {
      if (!world.hosts.has(host) && !left.some(([its]) => its === host)) reconciler.forgetSwitch(host)
    }
    const wanted = [
      ...all.map(([host, address]) => ({ host, name: nameOf(host), address })),
      ...left.map(([host]) => ({ host, name: host, address: lastAddress.get(host) ?? '' })),
    ]
    for (const { host, address } of wanted) lastAddress.set(host, address)
    for (const host of troubles.keys()) if (!wanted.some(its => its.host === host)) troubles.delete(host)
    const text = JSON.stringify([wanted, [...world.pools]])
    if (text === places) return
    places = text
    await dataplane.look(wanted, new Set(world.pools))
  }
  const lastAddress = new Map<string, string>()

  function plugWhatCameBack(): void {
    cancelPlugging()
    if (!reconciler.leads) return
    const { plug, next } = plugging.look(world.hosts, world.tunnels.values(), scheduler.now())
    if (next !== undefined) cancelPlugging = scheduler.after(next - scheduler.now(), plugWhatCameBack)
    for (const tunnel of plug) {
      log.info('plug the access PIF of a tunnel', { tunnel })
      linkOf(tunnel)
        ?.plug(tunnel)
        .catch((error: unknown) => log.warn('an access PIF was not plugged', { tunnel, reason: reasonOf(error) }))
    }
  }

  const watch = (link: PoolLink, signal: AbortSignal) =>
    link.watch(
      {
        onTouched(networks) {
          reconciler.touched(networks)
          if (current.has(link)) void look()
          plugWhatCameBack()
        },
        onTunnel: uuid => reconciler.confirmed(uuid),
        onCurrent() {
          if (current.has(link)) return
          current.add(link)
          if (current.size < links.length) return
          void look().then(() => {
            if (signal.aborted) return
            reconciler.whole(true)
            markSeen()
          })
        },
        onInterruption: error => log.warn('the pool does not answer', { reason: reasonOf(error) }),
      },
      signal,
    )

  return {
    reconciler,
    log,
    seen,
    async run(signal) {
      const failed = new AbortController()
      const ends = AbortSignal.any([signal, failed.signal])
      reconciler.start()
      try {
        await Promise.all(
          links.map(link =>
            watch(link, ends).catch(error => {
              failed.abort()
              throw error
            }),
          ),
        )
      } finally {
        reconciler.stop()
        cancelPlugging()
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      reconciler.stop()
      cancelPlugging()
      await dataplane[Symbol.asyncDispose]()
    },
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
