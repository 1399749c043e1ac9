import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'

/** An error description: the code, then its parameters. */
type ErrorDescription = readonly [code: string, ...params: string[]]

/** What one host is and believes by itself, apart from the database that all hosts share. */
interface HostState {
  state: 'running' | 'booting' | 'stopped'
  /** Whom it takes for its coordinator by mistake; undefined: the one that the pool's record names. */
  stray: Ref<'host'> | undefined
  /** The host that wants to become coordinator and has its promise (docs/spec/protocol-semantics.md 7.2, HA_ABORT_NEW_MASTER). */
  proposed: Ref<'host'> | undefined
  /** What it answers instead of working, whatever its true state. */
  trouble: ErrorDescription | undefined
  /** Whether it is enabled again when its toolstack starts; host.disable may say otherwise. */
  autoEnable: boolean
  /** The address of the process that played it before it joined the pool; undefined: it has always been here. */
  joinedFrom: string | undefined
  /** Where it listens over TCP, whether its record says so or not. */
  door: string | undefined
  /** The address that clients reach it at, where that is not the one of its management interface. */
  servedAt: string | undefined
  /** The sessions that this host alone knows (docs/spec/protocol-semantics.md 2.4). */
  readonly sessions: Set<string>
  /** The number of the domain that was made last since it booted. */
  lastDomid: number
}

/** What marks the record of a coordinator that another process serves, in its other_config: nobody can ask a member for that. */
export const ELSEWHERE = 'fake-host-elsewhere'

/** Switches the machines of a pool. */
export interface Power {
  /** Ends what runs on a host. Of the coordinator it may end after the call that asked for it is answered. */
  off(host: Ref<'host'>): Promise<void>
  /** As `off`, and the host boots. */
  cycle(host: Ref<'host'>): Promise<void>
  on(host: Ref<'host'>): Promise<void>
}

const STILL_BOOTING: ErrorDescription = ['HOST_STILL_BOOTING']

/** The hosts of a pool as single machines: which of them run, and whom they listen to. */
export class Hosts {
  /** What the hosts of the pool know each other by. */
  secret: string
  readonly #firstSecret: string
  readonly #db: Database
  #power: Power | undefined
  readonly #states = new Map<Ref<'host'>, HostState>()

  constructor(db: Database, secret: string) {
    this.#db = db
    this.secret = secret
    this.#firstSecret = secret
  }

  get power(): Power {
    if (!this.#power) throw new Error('nobody switches the machines of this pool')
    return this.#power
  }

  /** Told by those who know how the machines are reached. */
  set power(power: Power) {
    this.#power = power
  }

  of(host: Ref<'host'>): HostState {
    const known = this.#states.get(host)
    if (known) return known
    const state: HostState = { ...asAtTheStart(), door: undefined, servedAt: undefined, sessions: new Set() }
    this.#states.set(host, state)
    return state
  }

  isRunning(host: Ref<'host'>): boolean {
    return this.of(host).state === 'running'
  }

  /** The host that the pool's record names; the null reference where there is no such record. */
  coordinator(): Ref<'host'> {
    const [pool] = this.#db.refs('pool')
    return pool === undefined ? NULL_REF : this.#db.get('pool', pool, 'master')
  }

  /** Whether a host is only known by name here: the coordinator of a pool that this one's host has joined. */
  isElsewhere(host: Ref<'host'>): boolean {
    return this.#db.exists('host', host) && this.#db.get('host', host, 'other_config').has(ELSEWHERE)
  }

  /** The host that calls come to which say of none: the coordinator, or the member that is here in its place. */
  entrance(): Ref<'host'> {
    const master = this.coordinator()
    if (!this.isElsewhere(master)) return master
    return this.#db.refs('host').find(host => host !== master) ?? master
  }

  /** A host is no longer one of the pool. Should it come back, it is as at the start. */
  forget(host: Ref<'host'>): void {
    begin(this.of(host))
  }

  /**
   * What a host answers to all but a few calls because it is starting, or because the one that it takes for its coordinator does
   * not answer as one (docs/spec/protocol-semantics.md 1.6, step 1).
   */
  emergency(host: Ref<'host'>): ErrorDescription | undefined {
    const { state, stray, trouble } = this.of(host)
    if (trouble) return trouble
    if (stray === host) return ['HOST_ITS_OWN_SLAVE']
    const coordinator = this.of(this.coordinator())
    const answers = coordinator.state === 'running' && coordinator.stray === undefined
    return state === 'booting' || stray !== undefined || !answers ? STILL_BOOTING : undefined
  }

  /** Everything as it was when the pool began, but for where the hosts are reached. */
  reset(): void {
    this.secret = this.#firstSecret
    for (const state of this.#states.values()) begin(state)
  }
}

type Passing = Omit<HostState, 'door' | 'servedAt' | 'sessions'>

const asAtTheStart = (): Passing => ({
  state: 'running',
  stray: undefined,
  proposed: undefined,
  trouble: undefined,
  autoEnable: true,
  lastDomid: 0,
  joinedFrom: undefined,
})

/** Where a host listens stays; one that came from elsewhere does not listen here. */
function begin(state: HostState): void {
  state.sessions.clear()
  if (state.joinedFrom !== undefined) state.servedAt = undefined
  Object.assign(state, asAtTheStart())
}
