import { type EndMemory, linkEnd, type Memory, type Port, type Switch } from './model.ts'

/** How long things may take before they mean something, in milliseconds. */
export interface Timing {
  /** A new link needs not be up yet. BFD takes up to 2.8 s (docs/spec/open-vswitch.md b). */
  readonly freshMs: number
  /** A link that has not come up by then will not. */
  readonly overdueMs: number
  /** A connection to a switch that is away for longer is not just being made anew. */
  readonly awayMs: number
  /** So many failures as a centre, */
  readonly failures: number
  /** within this time, */
  readonly failuresWithinMs: number
  /** keep a host from being one until it has not failed for so long. */
  readonly holdMs: number
}

export const usualTiming: Timing = {
  freshMs: 4_000,
  overdueMs: 10_000,
  awayMs: 5_000,
  failures: 3,
  failuresWithinMs: 60_000,
  holdMs: 60_000,
}

/** Remembers what planning needs to know of the past. Times are the caller's, in milliseconds, and only go forward. */
export interface Recollection {
  /** As it is now; a plan reads it, and nobody else writes it. */
  readonly memory: Memory
  /**
   * Takes in a switch as it is now. `wasActive` says of a network whether its tunnel there worked when this controller
   * started, which counts for ports that were there already. Returns the networks that time has something new to tell of.
   */
  sawSwitch(host: string, seen: Switch, now: number, wasActive: (network: string) => boolean): void
  /** A switch that nobody needs to know of any more. */
  forgetSwitch(host: string): void
  /** Takes in what was decided about a network; undefined for one that is gone. */
  decided(network: string, made: Decision | undefined, now: number): void
  /** What a switch said when it refused a change of a port; undefined once it has taken one. */
  refused(host: string, port: string, reason: string | undefined): void
  /** Lets the time pass. Returns the networks and the hosts that look different since. */
  pass(now: number): { readonly networks: ReadonlySet<string>; readonly hosts: ReadonlySet<string> }
  /** When `pass` will next have something to tell; undefined while nothing is awaited. */
  readonly next: number | undefined
}

interface Decision {
  readonly centre: string | undefined
  readonly failed: string | undefined
  readonly key: number | undefined
}

interface End {
  readonly network: string
  /** What makes it another link when it changes. */
  readonly course: string
  readonly since: number
}

export function recollection(timing: Timing = usualTiming): Recollection {
  const centres = new Map<string, string>()
  const keys = new Map<string, number>()
  const ends = new Map<string, EndMemory>()
  const known = new Map<string, End>()
  /** The ports of each host as they were seen last, by network. */
  const byHost = new Map<string, ReadonlyMap<string, readonly Port[]>>()
  /** Ends that have not come up yet, and are not overdue. */
  const coming = new Set<string>()
  const seenHosts = new Set<string>()
  const awaySince = new Map<string, number>()
  const unreachable = new Set<string>()
  const failed = new Map<string, Map<string, number[]>>()
  const failures = new Map<string, Map<string, number>>()
  const held = new Map<string, Set<string>>()
  const refusals = new Map<string, string>()

  function sawEnd(id: string, port: Port, now: number, wasUp: boolean): void {
    const { remoteIp, key, type, mark } = port
    const course = `${type} ${remoteIp} ${key}`
    const before = known.get(id)
    const isUp = port.bfd === 'up'
    if (before?.course !== course) {
      known.set(id, { network: mark?.network ?? '', course, since: now })
      ends.set(id, { wasUp: isUp || (before === undefined && wasUp), fresh: true, overdue: false })
      coming.add(id)
    } else if (isUp && !ends.get(id)?.wasUp) {
      ends.set(id, { ...(ends.get(id) ?? NEW), wasUp: true })
    }
  }

  function forgetEnd(id: string): void {
    ends.delete(id)
    known.delete(id)
    coming.delete(id)
    refusals.delete(id)
  }

  function countFailures(network: string, now: number): void {
    const times = failed.get(network)
    if (!times) return
    const counts = new Map<string, number>()
    const holds = new Set<string>()
    const wasHeld = held.get(network)
    for (const [host, all] of times) {
      const last = all.at(-1) ?? Number.NEGATIVE_INFINITY
      const recent = all.filter(time => time > now - timing.failuresWithinMs)
      const isHeld = recent.length >= timing.failures || (wasHeld?.has(host) && last > now - timing.holdMs)
      if (isHeld) holds.add(host)
      if (recent.length > 0) counts.set(host, recent.length)
      if (recent.length === 0 && !isHeld) times.delete(host)
    }
    failures.set(network, counts)
    held.set(network, holds)
    if (times.size > 0) return
    for (const map of [failed, failures, held]) map.delete(network)
  }

  /** When what has been counted of a network's failures changes next. Those that count no longer are kept as long as the host is held. */
  function* failureTimes(): Generator<number> {
    for (const [network, times] of failed) {
      for (const [host, all] of times) {
        const recent = failures.get(network)?.get(host) ?? 0
        for (const time of recent > 0 ? all.slice(-recent) : []) yield time + timing.failuresWithinMs
        if (recent < timing.failures && held.get(network)?.has(host)) yield (all.at(-1) ?? 0) + timing.holdMs
      }
    }
  }

  function* deadlines(): Generator<number> {
    for (const id of coming) {
      const since = known.get(id)?.since ?? 0
      yield since + (ends.get(id)?.fresh ? timing.freshMs : timing.overdueMs)
    }
    for (const [host, since] of awaySince) if (!unreachable.has(host)) yield since + timing.awayMs
    yield* failureTimes()
  }

  return {
    memory: { centres, keys, ends, unreachable, failures, held, refusals },
    sawSwitch(host, { connected, own }, now, wasActive) {
      const isFirst = !seenHosts.has(host)
      seenHosts.add(host)
      if (connected) {
        awaySince.delete(host)
        unreachable.delete(host)
      } else if (!awaySince.has(host)) awaySince.set(host, now)
      const before = byHost.get(host) ?? new Map<string, readonly Port[]>()
      // Most networks are as they were when a switch tells of one.
      const changed = [...own].filter(([network, ports]) => !areSame(before.get(network), ports))
      const gone = [...before].filter(([network, ports]) => !areSame(own.get(network), ports))
      const names = new Set(changed.flatMap(([, ports]) => ports.map(({ name }) => name)))
      for (const [, ports] of gone) for (const { name } of ports) if (!names.has(name)) forgetEnd(linkEnd(host, name))
      for (const [network, ports] of changed) {
        for (const port of ports) sawEnd(linkEnd(host, port.name), port, now, isFirst && wasActive(network))
      }
      byHost.set(host, own)
    },
    forgetSwitch(host) {
      for (const ports of byHost.get(host)?.values() ?? []) for (const { name } of ports) forgetEnd(linkEnd(host, name))
      for (const kept of [byHost, awaySince, unreachable, seenHosts]) kept.delete(host)
    },
    decided(network, made, now) {
      if (made?.centre === undefined) {
        if (made === undefined) centres.delete(network)
      } else centres.set(network, made.centre)
      if (made?.key === undefined) keys.delete(network)
      else keys.set(network, made.key)
      if (made === undefined) for (const map of [failed, failures, held]) map.delete(network)
      if (made?.failed === undefined) return
      const times = failed.get(network) ?? new Map<string, number[]>()
      failed.set(network, times)
      times.set(made.failed, [...(times.get(made.failed) ?? []), now].slice(-timing.failures))
      countFailures(network, now)
    },
    refused(host, port, reason) {
      if (reason === undefined) refusals.delete(linkEnd(host, port))
      else refusals.set(linkEnd(host, port), reason)
    },
    pass(now) {
      const networks = new Set<string>()
      const hosts = new Set<string>()
      for (const id of coming) {
        const end = known.get(id)
        const before = ends.get(id)
        if (!end || !before) continue
        const fresh = now < end.since + timing.freshMs
        const overdue = now >= end.since + timing.overdueMs
        if (overdue) coming.delete(id)
        if (before.fresh === fresh && before.overdue === overdue) continue
        ends.set(id, { ...before, fresh, overdue })
        networks.add(end.network)
      }
      for (const [host, since] of awaySince) {
        if (now < since + timing.awayMs || unreachable.has(host)) continue
        unreachable.add(host)
        hosts.add(host)
      }
      for (const network of [...failed.keys()]) {
        const before = [...(held.get(network) ?? [])].join()
        countFailures(network, now)
        if ([...(held.get(network) ?? [])].join() !== before) networks.add(network)
      }
      return { networks, hosts }
    },
    get next() {
      let soonest: number | undefined
      for (const time of deadlines()) if (soonest === undefined || time < soonest) soonest = time
      return soonest
    },
  }
}

const areSame = (a: readonly Port[] | undefined, b: readonly Port[]): boolean =>
  a === b || (a?.length === b.length && b.every((port, at) => port === a[at]))

const NEW: EndMemory = { wasUp: false, fresh: true, overdue: false }
