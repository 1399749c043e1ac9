import { DataplaneError } from '../../../src/controller/dataplane/dataplane.ts'
import { Reconciler, type Scheduler } from '../../../src/controller/loop/reconciler.ts'
import { says, statusMap } from '../../../src/controller/loop/status-text.ts'
import { recollection } from '../../../src/controller/memory.ts'
import type { Change, Port, Switch, Tunnel } from '../../../src/controller/model.ts'
import type { Status } from '../../../src/controller/plan/index.ts'
import { settings } from '../settle.ts'
import { World } from '../world.ts'

/** In milliseconds: how far apart packets of BFD are, how long a new session takes, and how long a dead switch goes unnoticed. */
export const BFD_MS = 300
const UP_MS = 1_000
const FOLLOW_MS = 2_000
/** A transaction, and a call of XenAPI. */
const ANSWER_MS = 10
const TIMEOUT_MS = 5_000

interface Session {
  readonly course: string
  isUp: boolean
  /** When what is shown becomes something else; undefined while it is as it is. */
  turns: number | undefined
}

/** A controller's loop over a world in which time passes only when it is told to: BFD and answers take theirs. */
export class Simulation {
  readonly world: World = new World()
  readonly reconciler: Reconciler
  /** Hosts whose switches take a transaction and never answer. */
  readonly silent: Set<string> = new Set()
  /** What was written, and when. */
  readonly written: { readonly at: number; readonly tunnel: string; readonly status: Status }[] = []
  /** Which host was asked for changes, and when. */
  readonly asked: { readonly at: number; readonly host: string }[] = []
  now = 0
  #timers: { readonly at: number; readonly run: () => void }[] = []
  readonly #sessions = new Map<string, Session>()
  readonly #stoppedAt = new Map<string, number>()
  readonly #seen = { pools: new Set<string>(), hosts: new Map(), networks: new Map(), tunnels: new Map() }

  constructor() {
    this.reconciler = new Reconciler({
      world: this.#seen,
      dataplane: { apply: (host, changes) => this.#apply(host, changes), probe() {}, resync() {} },
      writeStatus: (tunnel, status) => this.#write(tunnel, status),
      past: recollection(),
      settings,
      scheduler: this.scheduler,
      log: { debug() {}, info() {}, warn() {} },
      resyncMs: 60_000,
      retryMs: 1_000,
    })
  }

  get scheduler(): Scheduler {
    return {
      now: () => this.now,
      after: (ms, run) => {
        const timer = { at: this.now + ms, run }
        this.#timers.push(timer)
        return () => {
          this.#timers = this.#timers.filter(other => other !== timer)
        }
      },
    }
  }

  start(): void {
    this.look()
    this.reconciler.start()
    this.reconciler.whole(true)
    this.reconciler.lead(true)
  }

  /** Shows the controller what has been changed in the world. */
  look(): void {
    const { pools, hosts, networks, tunnels, switches } = this.world.observe()
    for (const pool of pools) this.#seen.pools.add(pool)
    const before = JSON.stringify([...this.#seen.hosts, ...this.#seen.networks, ...this.#seen.tunnels], plain)
    for (const [kept, now] of [
      [this.#seen.hosts, [...hosts].map(([uuid, host]) => [uuid, { ...host }] as const)],
      [this.#seen.networks, networks],
      [this.#seen.tunnels, tunnels],
    ] as const) {
      kept.clear()
      for (const [uuid, its] of now) kept.set(uuid, its)
    }
    const after = JSON.stringify([...this.#seen.hosts, ...this.#seen.networks, ...this.#seen.tunnels], plain)
    if (before !== after) this.reconciler.touched([...tunnels.keys(), ...this.reconciler.plans.keys()])
    const present = new Set<string>()
    for (const [host, { own }] of switches) {
      for (const port of [...own.values()].flat()) present.add(sessionOf(host, port))
    }
    for (const id of this.#sessions.keys()) if (!present.has(id)) this.#sessions.delete(id)
    for (const [host, its] of switches) this.reconciler.sawSwitch(host, this.#shown(host, its))
  }

  /** Changes the world, and shows it. */
  do(change: (world: World) => void): void {
    change(this.world)
    this.look()
  }

  /** Lets time pass, in milliseconds. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms
    for (let turn = 0; ; turn += 1) {
      if (turn > 100_000) throw new Error('time stands still')
      await settled()
      const turns = [...this.#sessions.values()].flatMap(({ turns: at }) => at ?? [])
      const follows = [...this.#stoppedAt.values()].map(at => at + FOLLOW_MS).filter(at => at > this.now)
      const next = Math.min(...this.#timers.map(({ at }) => at), ...turns, ...follows)
      if (next > end) break
      this.now = Math.max(this.now, next)
      const due = this.#timers.filter(({ at }) => at <= this.now)
      this.#timers = this.#timers.filter(({ at }) => at > this.now)
      for (const { run } of due) run()
      if (Math.min(...turns, ...follows) <= this.now) this.look()
    }
    this.now = end
  }

  /** Lets time pass until something is so. Returns how long that took, in milliseconds. */
  async until(isSo: () => boolean, atMost: number): Promise<number> {
    const from = this.now
    while (!isSo()) {
      if (this.now - from > atMost) throw new Error(`it has not become so within ${atMost} ms`)
      await this.pass(10)
    }
    return this.now - from
  }

  status(tunnel: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.world.tunnels.get(tunnel)?.status ?? [])
  }

  centre(network: string): string {
    return this.reconciler.plans.get(network)?.centre ?? ''
  }

  /** A switch with the BFD states that it has come to know of; one that has died goes on saying what it said last. */
  #shown(host: string, its: Switch): Switch {
    const { runs } = this.world.host(host)
    if (runs) this.#stoppedAt.delete(host)
    else if (!this.#stoppedAt.has(host)) this.#stoppedAt.set(host, this.now)
    const stopped = this.#stoppedAt.get(host)
    const show = (port: Port): Port => ({ ...port, bfd: this.#bfd(host, port, runs) })
    return {
      ...its,
      follows: stopped === undefined || this.now < stopped + FOLLOW_MS,
      own: new Map([...its.own].map(([network, ports]) => [network, ports.map(show)])),
    }
  }

  #bfd(host: string, port: Port, runs: boolean): 'up' | 'down' {
    const id = sessionOf(host, port)
    const course = `${port.type} ${port.remoteIp} ${port.key}`
    const known = this.#sessions.get(id)
    const session = known?.course === course ? known : { course, isUp: false, turns: undefined }
    this.#sessions.set(id, session)
    if (!runs) session.turns = undefined
    else if ((port.bfd === 'up') === session.isUp) session.turns = undefined
    else if (session.turns === undefined) session.turns = this.now + (session.isUp ? 3 * BFD_MS : UP_MS)
    else if (session.turns <= this.now) {
      session.isUp = !session.isUp
      session.turns = undefined
    }
    return session.isUp ? 'up' : 'down'
  }

  async #apply(host: string, changes: readonly Change[]): Promise<void> {
    this.asked.push({ at: this.now, host })
    if (this.silent.has(host)) {
      await this.#wait(TIMEOUT_MS)
      throw new DataplaneError('unknown', 'no answer')
    }
    await this.#wait(ANSWER_MS)
    this.world.apply(host, changes)
    this.look()
  }

  async #write(uuid: string, status: Status): Promise<boolean> {
    this.written.push({ at: this.now, tunnel: uuid, status })
    await this.#wait(ANSWER_MS)
    const tunnel = this.world.tunnels.get(uuid)
    if (!tunnel || says(tunnel.status, status)) return false
    this.world.tunnels.set(uuid, { ...tunnel, status: statusMap(tunnel.status, status, this.now) } satisfies Tunnel)
    this.reconciler.confirmed(uuid)
    this.look()
    return true
  }

  #wait(ms: number): Promise<void> {
    return new Promise(resolve => void this.scheduler.after(ms, resolve))
  }
}

const sessionOf = (host: string, { name }: Port): string => `${host}/${name}`

/** All that follows from what has happened has happened. */
const settled = () => new Promise<void>(resolve => setImmediate(resolve))

const plain = (_: string, value: unknown): unknown =>
  value instanceof Map ? [...value] : value instanceof Set ? [...value] : value
