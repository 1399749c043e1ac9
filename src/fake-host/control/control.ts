import type { Ref } from '../../datamodel/index.ts'
import type { AdjustableClock } from '../clock.ts'
import { type Coverage, coverage } from '../coverage.ts'
import { writeSnapshot } from '../database/index.ts'
import { FakeHostError } from '../error.ts'
import {
  bridgesOf,
  changedState,
  type HostBridges,
  type Reach,
  reach,
  type SwitchState,
  switchState,
} from '../fabric/index.ts'
import type { FaultCount, FaultRule } from '../faults/index.ts'
import { hostNamed } from '../host-named.ts'
import { DaemonError, type SwitchEdit } from '../network/index.ts'
import { type FakePool, seedOfFaults } from '../pool.ts'
import { type RunningScenario, type ScenarioParameters, Scenarios, vifNamed } from '../scenarios/index.ts'
import { Baseline } from './baseline.ts'
import { Leases } from './leases.ts'
import { type Metrics, metrics } from './metrics.ts'
import { disturbNetwork, type NetworkChange } from './network-change.ts'
import { addObject, type FieldValues, removeObject, writeObject } from './objects.ts'
import { openRoleSession } from './role-session.ts'

/**
 * What tests do to a pool beside the API: past its checks, and without its help. All of it throws FakeHostError where it is
 * asked for something that cannot be.
 */
export interface Control {
  /** Writes any fields of an object but those that follow from other objects. */
  writeObject(cls: string, ref: string, fields: FieldValues): Promise<void>
  /** Adds an object; fields that are not given take their defaults. Returns its reference. */
  addObject(cls: string, fields?: FieldValues, ref?: string): Promise<string>
  removeObject(cls: string, ref: string): Promise<void>
  /** Makes the networking daemon of the hosts, or of one, slow or failing until it is told otherwise. */
  disturbNetwork(change: NetworkChange): Promise<void>
  /** The bridges of every host, or of one, with what is on them. */
  bridges(host?: string): Promise<readonly HostBridges[]>
  /**
   * Whether a frame gets from one VIF to another, each named by its uuid, its reference, or `VM/DEVICE`.
   * @param vlan the tag that the guest puts on it; 0 unless told: none
   */
  reachable(from: string, to: string, vlan?: number): Promise<Reach>
  /** What the database of a host's switch says; with `after`, as soon as it is another version, or after the time-out. */
  switchState(host: string, wait?: SwitchWait): Promise<SwitchState>
  /** Changes tunnel ports of a host's switch, all of what is asked or nothing. */
  editSwitch(host: string, edits: readonly SwitchEdit[]): Promise<void>
  /** Takes a lease for one of several programs, or holds it for longer. Returns who has it. */
  lease(name: string, owner: string, leaseMs: number): string
  /** Gives a lease back. */
  release(name: string, owner: string): void
  /** What goes wrong by name: see docs/fake-host.md. It lasts until it is undone. */
  scenario(name: string, parameters: ScenarioParameters): Promise<Scenario>
  readonly scenarios: readonly RunningScenario[]
  /** Takes back what a scenario did. */
  undoScenario(id: string): Promise<void>
  /** Opens a session with the permissions of one role. */
  openSession(role: string): Promise<Ref<'session'>>
  /** What goes wrong with calls, in order, and how often it did. */
  readonly faults: readonly FaultCount[]
  /** Rules that ever held and never acted. */
  readonly unusedFaults: readonly FaultRule[]
  setFaults(rules: readonly FaultRule[]): Promise<void>
  addFaults(...rules: readonly FaultRule[]): Promise<void>
  /** Forgets the calls that came in, and their numbers. */
  forgetCalls(): void
  /** The pool's clock, which also decides what is collected. */
  readonly clock: AdjustableClock
  /** Where references, uuids and MACs go on, and the randomness of faults. */
  seed(seed: number): Promise<void>
  /** One pass of the coordinator's tidying up. */
  collect(): Promise<void>
  /** Stops the host with this name, uuid or reference: it takes no connections, as if its power had failed. */
  stopHost(host: string): Promise<void>
  /** Whether nobody could reach the pool any more, from outside of this process, while a host was stopped. */
  isLastDoor(host: string): boolean
  startHost(host: string): Promise<void>
  /**
   * Makes the pool, its faults, its clock and its randomness what they were at the start, and forgets the calls. Sessions and
   * tasks end. A host that was stopped starts.
   */
  reset(): Promise<void>
  /** The pool as a snapshot. */
  state(): string
  /** How far each message is answered as a host does. */
  coverage(): ReadonlyMap<string, Coverage>
  metrics(): Metrics
}

interface Scenario extends RunningScenario {
  /** Takes it back. */
  undo(): Promise<void>
}

export interface SwitchWait {
  /** The version that the caller has. */
  readonly after: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Stops and starts single hosts. */
interface HostSwitch {
  stop(host: Ref<'host'>, options?: { readonly unnoticed: boolean }): Promise<void>
  start(host: Ref<'host'>): Promise<void>
  isLastDoor(host: Ref<'host'>): boolean
  /** Lets all run as at the start, without any of them booting. */
  reset(): Promise<void>
}

export interface ControlOptions {
  readonly fake: FakePool
  readonly clock: AdjustableClock
  readonly hosts: HostSwitch
  collect(): void
  /** Fulfilled when what was changed is where it is kept. */
  settled(): Promise<void>
}

export function createControl({ fake, clock, hosts, collect, settled }: ControlOptions): Control {
  const { pool, history, faults } = fake
  const { db } = pool
  const baseline = new Baseline(pool)
  const leases = new Leases(pool.clock)
  const scenarios = new Scenarios({
    pool,
    stop: (host, options) => hosts.stop(host, options),
    start: host => hosts.start(host),
  })
  const checkedFaults = async (rules: readonly FaultRule[]) => {
    const { checkFaults } = await import('../faults/check.ts')
    return checkFaults(rules, 'faults')
  }
  /** Does something to the pool and waits until it is kept. */
  const change = async <T>(work: () => T): Promise<T> => {
    const result = work()
    await settled()
    return result
  }

  const undoScenario = async (id: string): Promise<void> => {
    await scenarios.undo(id)
    await settled()
  }

  return {
    writeObject: (cls, ref, fields) => change(() => writeObject(db, cls, ref, fields)),
    addObject: (cls, fields = {}, ref) => change(() => addObject(db, cls, fields, ref)),
    removeObject: (cls, ref) => change(() => removeObject(db, cls, ref)),
    disturbNetwork: async request => disturbNetwork(pool, request),
    bridges: async host => bridgesOf(pool, host === undefined ? undefined : hostNamed(db, host)),
    reachable: async (from, to, vlan) => reach(pool, vifNamed(db, from), vifNamed(db, to), vlan),
    async switchState(name, wait) {
      const host = hostNamed(db, name)
      return wait ? changedState(pool, host, wait) : switchState(pool, host)
    },
    async editSwitch(name, edits) {
      const host = hostNamed(db, name)
      if (!pool.hosts.isRunning(host)) throw new FakeHostError(`${name} does not run`)
      try {
        await pool.networks.of(host).edit(edits)
      } catch (error) {
        throw error instanceof DaemonError ? new FakeHostError(error.message) : error
      }
    },
    lease: (name, owner, leaseMs) => leases.take(name, owner, leaseMs),
    release: (name, owner) => leases.release(name, owner),
    async scenario(name, parameters) {
      const begun = await scenarios.begin(name, parameters)
      await settled()
      return { ...begun, undo: () => undoScenario(begun.id) }
    },
    get scenarios() {
      return scenarios.running
    },
    undoScenario,
    openSession: async role => openRoleSession(pool, role),
    get faults() {
      return faults.counts
    },
    get unusedFaults() {
      return faults.unused
    },
    setFaults: async rules => faults.set(await checkedFaults(rules)),
    addFaults: async (...rules) => faults.add(await checkedFaults(rules)),
    forgetCalls: () => history.forget(),
    clock,
    async seed(seed) {
      pool.random.seed = seed
      faults.random.seed = seedOfFaults(seed)
    },
    collect: () => change(collect),
    isLastDoor: name => hosts.isLastDoor(hostNamed(db, name)),
    stopHost: async name => hosts.stop(hostNamed(db, name)),
    startHost: async name => hosts.start(hostNamed(db, name)),
    async reset() {
      await change(() => baseline.restore())
      scenarios.forget()
      leases.clear()
      pool.networks.restart()
      pool.users.reset()
      faults.reset()
      clock.reset()
      history.forget()
      await hosts.reset()
      await pool.networks.bringToSwitches()
    },
    state: () => writeSnapshot(db, pool.random.seed),
    coverage,
    metrics: () => metrics(fake),
  }
}
