import type { Dataplane } from '../dataplane/dataplane.ts'
import { DataplaneError } from '../dataplane/dataplane.ts'
import type { Recollection } from '../memory.ts'
import type { Change, Host, Network, Observed, Port, Settings, Switch, Tunnel } from '../model.ts'
import {
  allotKeys,
  endsAfter,
  type Keys,
  type NetworkPlan,
  planNetwork,
  type Status,
  type Underway,
} from '../plan/index.ts'
import type { Log } from './log.ts'
import { says } from './status-text.ts'

/** What happens when, handed in so that tests need not wait. */
export interface Scheduler {
  /** Milliseconds, from wherever. */
  now(): number
  /** Calls back after some milliseconds. Returns what takes that back. */
  after(ms: number, callback: () => void): () => void
}

/** The world as it is looked at, of all pools together. The maps are kept up to date by whoever made them. */
interface World {
  readonly pools: ReadonlySet<string>
  readonly hosts: ReadonlyMap<string, Host>
  readonly networks: ReadonlyMap<string, Network>
  readonly tunnels: ReadonlyMap<string, readonly Tunnel[]>
}

export interface ReconcilerOptions {
  readonly world: World
  readonly dataplane: Pick<Dataplane, 'apply' | 'probe' | 'resync'>
  /** Writes what a tunnel is said to be, beside what others say of it; false where that is there already. */
  readonly writeStatus: (tunnel: string, status: Status) => Promise<boolean>
  readonly past: Recollection
  readonly settings: Settings
  readonly scheduler: Scheduler
  readonly log: Log
  /** How often everything is looked at anew, in milliseconds, whatever events say. */
  readonly resyncMs: number
  /** After how many milliseconds what failed is tried again. */
  readonly retryMs: number
}

/** How long a bridge that XenAPI tells of may be missing, in milliseconds, before that is an error. */
const BRIDGE_MS = 1_000

/** How often a switch whose word cannot be compared is asked for a sign of life, in milliseconds. */
const PROBE_MS = 2_000

/** Numbers for those who watch the watcher. */
export interface Counts {
  plans: number
  changes: number
  statuses: number
  failures: number
  elections: number
}

/**
 * Observes, plans and applies, whenever something has happened and once in a while. All that is under way at once is one
 * transaction a switch and one write a tunnel; what fails is tried again.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #switches = new Map<string, Switch>()
  readonly #plans = new Map<string, NetworkPlan>()
  readonly #dirty = new Set<string>()
  /** By network, then host: what a switch was asked for, and has not answered. */
  readonly #underway = new Map<string, Map<string, ReturnType<typeof endsAfter>>>()
  readonly #busy = new Set<string>()
  /** Networks with a step to take. */
  readonly #stepping = new Set<string>()
  /** Hosts of which nobody knows whether they have made their last changes: until they have been read anew. */
  readonly #unsure = new Set<string>()
  /** Networks with links of which only one end can be asked. */
  readonly #half = new Set<string>()
  /** When each switch was asked last whether it still follows its database. */
  readonly #probed = new Map<string, number>()
  readonly #writing = new Set<string>()
  /** Tunnels whose bridge is missing, since when. */
  readonly #bridgeless = new Map<string, number>()
  /** Hosts that are left alone until then, since they refused. */
  readonly #resting = new Map<string, number>()
  readonly counts: Counts = { plans: 0, changes: 0, statuses: 0, failures: 0, elections: 0 }
  #keys: Keys = new Map()
  #keysAreOld = true
  /** Undefined until somebody is known to lead. */
  #leads: boolean | undefined
  #isWhole = false
  #cancelTurn: (() => void) | undefined
  #cancelWake: (() => void) | undefined
  #cancelResync: (() => void) | undefined
  /** When each network's plan last became another one. */
  readonly changedAt: Map<string, number> = new Map()

  constructor(options: ReconcilerOptions) {
    this.#options = options
  }

  get observed(): Observed {
    return { ...this.#options.world, switches: this.#switches }
  }

  get plans(): ReadonlyMap<string, NetworkPlan> {
    return this.#plans
  }

  get leads(): boolean {
    return this.#leads ?? false
  }

  /** Networks look different in XenAPI. */
  touched(networks: Iterable<string>): void {
    for (const network of networks) {
      this.#dirty.add(network)
      this.#keysAreOld ||= this.#needsKey(network)
    }
    this.#soon()
  }

  /** All that there is has been seen: from now on it may be acted upon. */
  whole(isWhole: boolean): void {
    if (this.#isWhole === isWhole) return
    this.#isWhole = isWhole
    this.everything()
  }

  sawSwitch(host: string, seen: Switch): void {
    const before = this.#switches.get(host)
    this.#switches.set(host, seen)
    const { past, scheduler } = this.#options
    past.sawSwitch(host, seen, scheduler.now(), network => this.#wasActive(network, host))
    for (const network of differing(before, seen)) {
      this.#dirty.add(network)
      this.#keysAreOld ||= !this.#options.world.tunnels.has(network)
    }
    if (isOther(before, seen)) this.#touchHost(host)
    if (seen.connected && this.#unsure.has(host)) this.#arrived(host)
    this.#soon()
  }

  forgetSwitch(host: string): void {
    if (!this.#switches.delete(host)) return
    this.#options.past.forgetSwitch(host)
    this.everything()
  }

  /** From now on this controller decides; or another one does. */
  lead(leads: boolean): void {
    if (this.#leads === leads) return
    this.#leads = leads
    this.#options.log.info(leads ? 'this controller leads' : 'another controller leads', {})
    this.everything()
  }

  /** Plans all of it anew, as if nothing was known but what is there. */
  everything(): void {
    this.#keysAreOld = true
    for (const network of this.#options.world.tunnels.keys()) this.#dirty.add(network)
    for (const network of this.#plans.keys()) this.#dirty.add(network)
    for (const { own } of this.#switches.values()) for (const network of own.keys()) this.#dirty.add(network)
    this.#soon()
  }

  start(): void {
    const { scheduler, resyncMs, dataplane } = this.#options
    const again = () => {
      this.#cancelResync = scheduler.after(resyncMs, () => {
        dataplane.resync()
        this.everything()
        again()
      })
    }
    again()
  }

  stop(): void {
    this.#leads = false
    for (const cancel of [this.#cancelTurn, this.#cancelWake, this.#cancelResync]) cancel?.()
  }

  /** The networks that are dirty, planned; nothing is changed. */
  plan(): void {
    const { world, past, settings, scheduler } = this.#options
    const observed = this.observed
    if (this.#keysAreOld) {
      const keys = allotKeys(observed, past.memory, settings.keys)
      for (const [network, key] of keys) if (this.#keys.get(network) !== key) this.#dirty.add(network)
      this.#keys = keys
      this.#keysAreOld = false
    }
    for (const uuid of this.#dirty) {
      const underway: Underway | undefined = this.#underway.get(uuid)
      const made = planNetwork(observed, past.memory, this.#keys, uuid, underway)
      const before = this.#plans.get(uuid)
      const isGone = !world.tunnels.has(uuid) && made.step.size === 0 && !isSomewhere(this.#switches, uuid)
      if (isGone) this.#plans.delete(uuid)
      else this.#plans.set(uuid, made)
      if (made.step.size > 0) this.#stepping.add(uuid)
      else this.#stepping.delete(uuid)
      if (made.links.some(({ state }) => state === 'half')) this.#half.add(uuid)
      else this.#half.delete(uuid)
      this.#tell(uuid, before, isGone ? undefined : made)
      past.decided(uuid, isGone ? undefined : made, scheduler.now())
      this.counts.plans += 1
    }
    this.#dirty.clear()
  }

  #turn(): void {
    this.#cancelTurn = undefined
    const { past, scheduler } = this.#options
    const { networks, hosts } = past.pass(scheduler.now())
    for (const network of networks) this.#dirty.add(network)
    for (const host of hosts) this.#touchHost(host)
    let rested: number | undefined
    let probed: number | undefined
    if (this.#isWhole && this.#leads) {
      const dirty = [...this.#dirty]
      this.plan()
      rested = this.#applySteps()
      for (const network of dirty) this.#writeStatuses(network)
      probed = this.#probeHalves()
    }
    const { next = Number.POSITIVE_INFINITY } = past
    this.#wakeAt(Math.min(next, rested ?? next, probed ?? next))
  }

  /**
   * The word of an end is all there is where the other one is out of reach, and it may be the last one of a switch that has died:
   * it has to prove itself (docs/spec/open-vswitch.md e, sentence 34). Returns when to ask again.
   */
  #probeHalves(): number | undefined {
    const now = this.#options.scheduler.now()
    const hosts = new Set<string>()
    for (const network of this.#half) {
      for (const { state, near, far } of this.#plans.get(network)?.links ?? []) {
        if (state === 'half') for (const host of [near, far]) hosts.add(host)
      }
    }
    let soonest: number | undefined
    for (const host of hosts) {
      if (!this.#switches.get(host)?.connected) continue
      const due = (this.#probed.get(host) ?? Number.NEGATIVE_INFINITY) + PROBE_MS
      if (due <= now) {
        this.#probed.set(host, now)
        this.#options.dataplane.probe(host)
      }
      soonest = Math.min(due <= now ? now + PROBE_MS : due, soonest ?? Number.POSITIVE_INFINITY)
    }
    return soonest
  }

  /** Returns when a host that rests has rested enough. */
  #applySteps(): number | undefined {
    let soonest: number | undefined
    const byHost = new Map<string, Map<string, readonly Change[]>>()
    for (const network of this.#stepping) {
      for (const [host, changes] of this.#plans.get(network)?.step ?? []) {
        if (this.#busy.has(host)) continue
        const its = byHost.get(host) ?? new Map<string, readonly Change[]>()
        byHost.set(host, its.set(network, changes))
      }
    }
    const now = this.#options.scheduler.now()
    for (const [host, networks] of byHost) {
      const until = this.#resting.get(host) ?? 0
      if (until <= now) void this.#apply(host, networks)
      else soonest = Math.min(until, soonest ?? until)
    }
    return soonest
  }

  async #apply(host: string, networks: ReadonlyMap<string, readonly Change[]>): Promise<void> {
    const { dataplane, scheduler, log, retryMs } = this.#options
    this.#busy.add(host)
    for (const [network, changes] of networks) {
      const ends = endsAfter(this.#switches.get(host)?.own.get(network) ?? [], changes)
      const its = this.#underway.get(network) ?? new Map()
      this.#underway.set(network, its.set(host, ends))
    }
    let isUnknown = false
    try {
      await this.#applyAll(host, networks)
      this.#resting.delete(host)
    } catch (error) {
      if (!(error instanceof DataplaneError)) throw error
      isUnknown = error.kind === 'unknown'
      this.counts.failures += 1
      this.#resting.set(host, scheduler.now() + retryMs)
      log.warn('a switch was not changed', { host: this.#nameOf(host), reason: error.message })
    }
    this.#busy.delete(host)
    for (const network of networks.keys()) this.#dirty.add(network)
    if (isUnknown) {
      this.#unsure.add(host)
      dataplane.resync()
    } else this.#arrived(host)
    this.#soon()
  }

  /** What a host was asked for is done, or not, and its switch has been seen since. */
  #arrived(host: string): void {
    this.#unsure.delete(host)
    for (const [network, its] of this.#underway) {
      if (its.delete(host)) this.#dirty.add(network)
      if (its.size === 0) this.#underway.delete(network)
    }
  }

  /** All in one transaction. Where the switch refuses it, each network by itself, so that one cannot stand in the way of others. */
  async #applyAll(host: string, networks: ReadonlyMap<string, readonly Change[]>): Promise<void> {
    const { dataplane, past, log } = this.#options
    const all = [...networks.values()].flat()
    const done = (changes: readonly Change[]) => {
      this.counts.changes += changes.length
      for (const { op, port } of changes) {
        past.refused(host, port.name, undefined)
        log.debug(`${op} port`, { host: this.#nameOf(host), port: port.name, network: port.mark?.network })
      }
    }
    try {
      await dataplane.apply(host, all)
      done(all)
    } catch (error) {
      if (!(error instanceof DataplaneError) || error.kind === 'unknown') throw error
      let failure: DataplaneError | undefined
      for (const changes of networks.values()) {
        try {
          if (networks.size === 1) throw error
          await dataplane.apply(host, changes)
          done(changes)
        } catch (one) {
          if (!(one instanceof DataplaneError) || one.kind === 'unknown') throw one
          failure = one
          for (const { port } of changes) past.refused(host, port.name, one.message)
        }
      }
      if (failure) throw failure
    }
  }

  #writeStatuses(network: string): void {
    for (const [uuid, wanted] of this.#plans.get(network)?.statuses ?? []) {
      const tunnel = this.#options.world.tunnels.get(network)?.find(its => its.uuid === uuid)
      if (wanted.error !== 'BRIDGE_MISSING') this.#bridgeless.delete(uuid)
      if (!tunnel || this.#writing.has(uuid) || says(tunnel.status, wanted)) continue
      if (wanted.error === 'BRIDGE_MISSING' && this.#mayStillCome(network, uuid)) continue
      void this.#write(network, tunnel, wanted)
    }
  }

  /** XenAPI may tell of a bridge a moment before its switch does. */
  #mayStillCome(network: string, tunnel: string): boolean {
    const { scheduler } = this.#options
    const since = this.#bridgeless.get(tunnel)
    if (since !== undefined) return scheduler.now() < since + BRIDGE_MS
    this.#bridgeless.set(tunnel, scheduler.now())
    scheduler.after(BRIDGE_MS, () => this.touched([network]))
    return true
  }

  async #write(network: string, tunnel: Tunnel, wanted: Status): Promise<void> {
    const { writeStatus, scheduler, log, retryMs } = this.#options
    this.#writing.add(tunnel.uuid)
    const names = { host: this.#nameOf(tunnel.host), network: this.#networkName(network) }
    try {
      if (await writeStatus(tunnel.uuid, wanted)) {
        this.counts.statuses += 1
        log.info(wanted.active ? 'tunnel is active' : 'tunnel is not active', { ...names, ...said(wanted) })
      }
      // Its event says so as well; until that is here nothing is written twice.
      scheduler.after(retryMs, () => this.#mayWrite(network, tunnel.uuid))
    } catch (error) {
      this.counts.failures += 1
      log.warn('a status was not written', { ...names, reason: error instanceof Error ? error.message : String(error) })
      scheduler.after(retryMs, () => this.#mayWrite(network, tunnel.uuid))
    }
  }

  #mayWrite(network: string, tunnel: string): void {
    this.#writing.delete(tunnel)
    this.#dirty.add(network)
    this.#soon()
  }

  /** A tunnel whose status has come as it was written may be written again at once. */
  confirmed(tunnel: string): void {
    this.#writing.delete(tunnel)
  }

  #tell(uuid: string, before: NetworkPlan | undefined, made: NetworkPlan | undefined): void {
    const { log, scheduler } = this.#options
    const network = this.#networkName(uuid)
    const look = (plan: NetworkPlan | undefined) =>
      plan && JSON.stringify([plan.centre, plan.key, plan.links.map(({ near, far, state }) => [near, far, state])])
    if (look(before) !== look(made)) this.changedAt.set(uuid, scheduler.now())
    if (!made) {
      if (before) log.info('network is gone', { network })
      this.changedAt.delete(uuid)
      return
    }
    if (made.centre !== before?.centre && made.centre !== undefined) {
      if (before?.centre !== undefined) this.counts.elections += 1
      log.info('centre', { network, centre: this.#nameOf(made.centre), key: made.key, why: made.why.join('; ') })
    }
    const were = new Map((before?.links ?? []).map(link => [`${link.near} ${link.far}`, link.state]))
    for (const { near, far, state } of made.links) {
      if (were.get(`${near} ${far}`) === state) continue
      log.info(`link is ${state}`, { network, near: this.#nameOf(near), far: this.#nameOf(far) })
    }
  }

  #touchHost(host: string): void {
    for (const network of this.#switches.get(host)?.own.keys() ?? []) this.#dirty.add(network)
    for (const [network, tunnels] of this.#options.world.tunnels) {
      if (tunnels.some(tunnel => tunnel.host === host)) this.#dirty.add(network)
    }
  }

  #needsKey(network: string): boolean {
    const { tunnels } = this.#options.world
    const key = this.#keys.get(network)
    if (!tunnels.has(network)) return this.#keys.has(network)
    if (key === undefined) return true
    return key > 2 ** 24 - 1 && (tunnels.get(network) ?? []).some(({ protocol }) => protocol === 'vxlan')
  }

  #wasActive(network: string, host: string): boolean {
    const tunnels = this.#options.world.tunnels.get(network) ?? []
    return tunnels.some(tunnel => tunnel.host === host && tunnel.status.get('active') === 'true')
  }

  /** What happens in one go is looked at once. */
  #soon(): void {
    this.#cancelTurn ??= this.#options.scheduler.after(0, () => this.#turn())
  }

  #wakeAt(time: number): void {
    this.#cancelWake?.()
    this.#cancelWake = undefined
    if (time === Number.POSITIVE_INFINITY) return
    const { scheduler } = this.#options
    this.#cancelWake = scheduler.after(Math.max(0, time - scheduler.now()), () => this.#turn())
  }

  #nameOf = (host: string): string => this.#options.world.hosts.get(host)?.name ?? host
  #networkName = (network: string): string => this.#options.world.networks.get(network)?.name || network
}

const said = ({ key, error, warning }: Status) => ({
  ...(key !== undefined && { key }),
  ...(error !== undefined && { error }),
  ...(warning !== undefined && { warning }),
})

const isSomewhere = (switches: ReadonlyMap<string, Switch>, network: string): boolean =>
  [...switches.values()].some(({ own }) => own.has(network))

/** The networks whose ports on a switch look different. */
function differing(before: Switch | undefined, after: Switch): string[] {
  const networks = new Set([...(before?.own.keys() ?? []), ...after.own.keys()])
  return [...networks].filter(network => !arePorts(before?.own.get(network) ?? [], after.own.get(network) ?? []))
}

function arePorts(a: readonly Port[], b: readonly Port[]): boolean {
  return (
    a.length === b.length && a.every((port, at) => port === b[at] || JSON.stringify(port) === JSON.stringify(b[at]))
  )
}

/** Whether a switch differs in what is not about one network. */
function isOther(before: Switch | undefined, after: Switch): boolean {
  if (!before) return true
  if (before.connected !== after.connected || before.follows !== after.follows) return true
  if (before.canProtect !== after.canProtect || before.bridges.size !== after.bridges.size) return true
  return [...after.bridges].some(bridge => !before.bridges.has(bridge))
}
