import { setTimeout } from 'node:timers/promises'
import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { createBackend, DEFAULT_MTU, type RealSwitch } from './backends/index.ts'
import { BridgeNames } from './bridge-names.ts'
import { Conditions } from './conditions.ts'
import { pushControllerTo } from './controller-push.ts'
import { type Backend, type DaemonCall, DaemonError, type NetworkDaemon, ScriptError } from './daemon.ts'
import { type Disturbance, disturbed } from './disturbance.ts'
import { keepNbdFirewall, PurposedNetworks } from './nbd-firewall.ts'
import { PifIndex } from './pif-index.ts'
import { createQueue } from './queue.ts'
import { bringToSwitch } from './real-switches.ts'
import { restoreBridges } from './restore.ts'
import type { SwitchBridge, SwitchEdit } from './switch.ts'

/** A network card that is in a host, whether it has a PIF or not. */
export interface Nic {
  readonly MAC: string
  readonly MTU: number
  readonly PCI: Ref<'PCI'>
  readonly capabilities: readonly string[]
}

/** One host's network daemon. */
export interface HostNetwork {
  /** By device name. A host's NICs are those that its physical PIFs told of when its toolstack started. */
  readonly nics: ReadonlyMap<string, Nic>
  readonly backend: Backend
  /**
   * Runs a task on the daemon when those before it are done. Before the first, the host gets the bridges of its attached PIFs,
   * as a toolstack that starts finds them.
   */
  run<T>(task: (daemon: NetworkDaemon) => Promise<T>): Promise<T>
  /** What is on the switch, whatever the daemon is busy with. */
  inspect(): Promise<readonly SwitchBridge[]>
  /** Changes what is on the switch from outside. Throws DaemonError. */
  edit(edits: readonly SwitchEdit[]): Promise<void>
  /** How many changes of its rows there have been. */
  readonly next_cfg: number
  /** Whether frames of VXLAN come in. */
  isVxlanOpen(): boolean
}

export interface NetworksOptions {
  /** Hears of each call to a daemon before it is made. */
  readonly onCall?: (host: Ref<'host'>, call: DaemonCall, parameters: readonly unknown[]) => void
  /** How a call is delayed. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>
  /** How the firewall of a host waits for changes to gather; without keeping anything alive unless told. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
  /** Fires when the hosts are no longer needed. */
  readonly signal?: AbortSignal
  /** Real switches of hosts; the others have theirs in memory. */
  readonly switches?: ReadonlyMap<Ref<'host'>, RealSwitch>
}

const UNDISTURBED: Disturbance = { fail: undefined, delay_ms: 0 }

/** What of a PIF decides where frames get. */
const ON_THE_WIRE: ReadonlySet<string> = new Set(['IP', 'IPv6', 'netmask', 'currently_attached'])

/** What needs a switch that runs; its database answers without one. */
const SWITCHED: ReadonlySet<DaemonCall> = new Set(['Bridge.make_config', 'Bridge.create', 'Bridge.destroy'])

/** `ovs-vsctl` has waited for the switch as long as it was told to, and ends by SIGALRM. */
const NO_ANSWER = { script: '/usr/bin/ovs-vsctl', code: '142', stdout: '', stderr: '' }

type DisturbedHost = HostNetwork & { readonly disturbance: Disturbance }

/** What outlasts a boot. */
interface Kept extends Partial<Pick<DisturbedHost, 'nics' | 'disturbance'>> {
  /** The host itself has booted, and not only its toolstack: what that made on a real switch goes. */
  readonly boots?: boolean
  /** The names of the bridges that come back; all do unless given. */
  readonly persistent?: ReadonlySet<string>
}

/** The network daemons of all hosts of a pool, and what networking remembers besides the database. */
export class Networks {
  readonly #db: Database
  readonly #options: NetworksOptions
  /** What is broken beside the records. */
  readonly conditions: Conditions = new Conditions()
  readonly #hosts = new Map<Ref<'host'>, DisturbedHost>()
  /** What each host's toolstack does by itself, to be ended with it. */
  readonly #toolstacks = new Map<Ref<'host'>, AbortController>()
  #bridgeNames: BridgeNames
  #pifs: PifIndex
  #purposed: PurposedNetworks
  #disturbance: Disturbance = UNDISTURBED

  /** @param db holds the pool as it is when its toolstack starts */
  constructor(db: Database, options: NetworksOptions = {}) {
    this.#db = db
    this.#options = options
    this.#bridgeNames = new BridgeNames(db)
    this.#pifs = new PifIndex(db)
    this.#purposed = new PurposedNetworks(db)
    options.signal?.addEventListener('abort', () => this.#endFirewalls(), { once: true })
    for (const host of db.refs('host')) this.of(host)
    db.onChange(change => {
      if (change.class === 'PIF' && change.kind === 'write' && ON_THE_WIRE.has(change.field)) this.conditions.changed()
    })
  }

  get bridgeNames(): BridgeNames {
    return this.#bridgeNames
  }

  get pifs(): PifIndex {
    return this.#pifs
  }

  /** As if all hosts had been started anew, on the database as it is now. */
  restart(): void {
    this.#bridgeNames.end()
    this.#pifs.end()
    this.#bridgeNames = new BridgeNames(this.#db)
    this.#pifs = new PifIndex(this.#db)
    this.#endFirewalls()
    this.#purposed = new PurposedNetworks(this.#db)
    this.#disturbance = UNDISTURBED
    this.conditions.reset()
    this.end()
    this.#hosts.clear()
    for (const host of this.#db.refs('host')) this.#start(host, { boots: true })
  }

  /** Brings the bridges of hosts to their real switches. Throws FakeHostError where one does not answer. Gives warnings. */
  async bringToSwitches(): Promise<readonly string[]> {
    const real = [...(this.#options.switches ?? [])]
    const warnings = await Promise.all(
      real.map(([ref, it]) => bringToSwitch(this.#db.get('host', ref, 'name_label'), it, this.of(ref))),
    )
    return warnings.flat()
  }

  /** Lets go of real switches, which stay as they are. */
  end(): void {
    for (const { backend } of this.#hosts.values()) backend.close()
  }

  /** A toolstack starts anew, while its daemon goes on. With the coordinator's, free numbers of bridges are given out again. */
  restartToolstack(ref: Ref<'host'>, isCoordinator: boolean): void {
    this.#keepFirewall(ref, this.#find(ref).backend)
    if (!isCoordinator) return
    this.#bridgeNames.end()
    this.#bridgeNames = new BridgeNames(this.#db)
  }

  /**
   * A host has lost its power and boots: its daemon makes the persistent bridges again, and knows of no others. The cards are the
   * same.
   */
  async reboot(ref: Ref<'host'>): Promise<void> {
    const { run, backend, nics, disturbance } = this.#find(ref)
    const bridges = await run(() => backend.describe()).catch(noneOnFailure)
    backend.close()
    const persistent = new Set(bridges.filter(bridge => bridge.persistent).map(bridge => bridge.name))
    this.#start(ref, { nics, disturbance, persistent, boots: true })
  }

  /** A host is none of the pool any more, or begins anew with the cards that its records tell of. */
  forget(ref: Ref<'host'>): void {
    this.#toolstacks.get(ref)?.abort()
    this.#toolstacks.delete(ref)
    this.#hosts.get(ref)?.backend.close()
    this.#hosts.delete(ref)
    this.conditions.changed()
  }

  /** The daemon of a host, of the kind that its record told when the toolstack started or the host came. */
  of(host: Ref<'host'>): HostNetwork {
    return this.#find(host)
  }

  /** Makes the daemon of one host, or of all, slow or failing until the next call of this. */
  disturb(change: Partial<Disturbance>, host?: Ref<'host'>): void {
    if (host === undefined) this.#disturbance = { ...this.#disturbance, ...change }
    const affected = host === undefined ? this.#hosts.values() : [this.#find(host)]
    for (const { disturbance } of affected) Object.assign(disturbance, change)
  }

  #find(host: Ref<'host'>): DisturbedHost {
    return this.#hosts.get(host) ?? this.#start(host)
  }

  #start(ref: Ref<'host'>, kept: Kept = {}): DisturbedHost {
    const { onCall, sleep = setTimeout } = this.#options
    const db = this.#db
    const { nics = nicsOf(db, ref), disturbance = { ...this.#disturbance }, persistent, boots = false } = kept
    const mtus = new Map([...nics].map(([device, nic]) => [device, nic.MTU]))
    const backend = createBackend(backendKind(db, ref), mtus, this.#options.switches?.get(ref))
    const daemon = disturbed(backend, disturbance, {
      sleep,
      onCall: (call, parameters) => {
        onCall?.(ref, call, parameters)
        if (this.conditions.crashed.has(ref) && SWITCHED.has(call)) throw new ScriptError(NO_ANSWER)
      },
    })
    const queue = createQueue()
    let restored: Promise<void> | undefined
    const ready = (): Promise<void> => {
      restored ??= queue(async () => {
        try {
          await backend.describe() // whether anybody answers
          if (boots) await backend.boot()
          await pushControllerTo(db, backend) // what resets bridges comes before those that are made now
          await restoreBridges(db, ref, backend, persistent)
        } catch (error) {
          if (!(error instanceof DaemonError)) throw error
          restored = undefined // nobody could be told; whoever comes next tries again
        }
      })
      return restored
    }
    let changes = 0
    const changing = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work()
      } finally {
        changes++
        this.conditions.changed()
      }
    }
    const host: DisturbedHost = {
      nics,
      backend,
      disturbance,
      run: task => ready().then(() => queue(() => changing(() => task(daemon)))),
      inspect: () => ready().then(() => backend.inspect()),
      edit: edits => ready().then(() => changing(() => backend.edit(edits))),
      get next_cfg() {
        return changes
      },
      isVxlanOpen: () => backend.isVxlanOpen(),
    }
    this.#hosts.set(ref, host)
    this.#keepFirewall(ref, backend)
    return host
  }

  /** For a toolstack that starts; what the one before did, ends. */
  #keepFirewall(host: Ref<'host'>, backend: Backend): void {
    const { pause = pauseUnnoticed } = this.#options
    this.#toolstacks.get(host)?.abort()
    const toolstack = new AbortController()
    this.#toolstacks.set(host, toolstack)
    const { signal } = toolstack
    void keepNbdFirewall({
      db: this.#db,
      host,
      networks: this.#purposed,
      apply: bridges => backend.setNbdBridges(bridges),
      pause: milliseconds => pause(milliseconds, signal),
      signal,
    })
  }

  #endFirewalls(): void {
    this.#purposed.end()
    for (const toolstack of this.#toolstacks.values()) toolstack.abort()
  }
}

/** Keeps no process alive. */
const pauseUnnoticed = (milliseconds: number, signal: AbortSignal): Promise<unknown> =>
  setTimeout(milliseconds, undefined, { ref: false, signal }).catch(() => {})
function noneOnFailure(error: unknown): readonly [] {
  if (error instanceof DaemonError) return []
  throw error
}

const backendKind = (db: Database, host: Ref<'host'>): Backend['kind'] =>
  db.get('host', host, 'software_version').get('network_backend') === 'bridge' ? 'bridge' : 'openvswitch'

function nicsOf(db: Database, host: Ref<'host'>): ReadonlyMap<string, Nic> {
  const physical = db.get('host', host, 'PIFs').filter(pif => db.get('PIF', pif, 'physical'))
  return new Map(
    physical.map(pif => {
      const [MAC, MTU] = [db.get('PIF', pif, 'MAC'), db.get('PIF', pif, 'MTU')]
      const [PCI, capabilities] = [db.get('PIF', pif, 'PCI'), db.get('PIF', pif, 'capabilities')]
      return [db.get('PIF', pif, 'device'), { MAC, MTU: MTU > 0 ? MTU : DEFAULT_MTU, PCI, capabilities }]
    }),
  )
}
