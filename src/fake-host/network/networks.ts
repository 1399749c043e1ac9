import { setTimeout } from 'node:timers/promises'
import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { createBackend, DEFAULT_MTU } from './backends/index.ts'
import { BridgeNames } from './bridge-names.ts'
import type { Backend, DaemonCall, NetworkDaemon } from './daemon.ts'
import { type Disturbance, disturbed } from './disturbance.ts'
import { PifIndex } from './pif-index.ts'
import { createQueue } from './queue.ts'
import { restoreBridges } from './restore.ts'

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
}

export interface NetworksOptions {
  /** Hears of each call to a daemon before it is made. */
  readonly onCall?: (host: Ref<'host'>, call: DaemonCall, parameters: readonly unknown[]) => void
  /** How a call is delayed. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>
}

type DisturbedHost = HostNetwork & { readonly disturbance: Disturbance }

/** The network daemons of all hosts of a pool, and what networking remembers besides the database. */
export class Networks {
  readonly bridgeNames: BridgeNames
  readonly pifs: PifIndex
  readonly #db: Database
  readonly #options: NetworksOptions
  readonly #hosts = new Map<Ref<'host'>, DisturbedHost>()
  #disturbance: Disturbance = { fail: undefined, delay_ms: 0 }

  /** @param db holds the pool as it is when its toolstack starts */
  constructor(db: Database, options: NetworksOptions = {}) {
    this.#db = db
    this.#options = options
    this.bridgeNames = new BridgeNames(db)
    this.pifs = new PifIndex(db)
    for (const host of db.refs('host')) this.of(host)
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

  #start(ref: Ref<'host'>): DisturbedHost {
    const { onCall, sleep = setTimeout } = this.#options
    const db = this.#db
    const nics = nicsOf(db, ref)
    const backend = createBackend(backendKind(db, ref), new Map([...nics].map(([device, nic]) => [device, nic.MTU])))
    const disturbance = { ...this.#disturbance }
    const daemon = disturbed(backend, disturbance, {
      sleep,
      onCall: (call, parameters) => onCall?.(ref, call, parameters),
    })
    const queue = createQueue()
    let restored: Promise<void> | undefined
    const host: DisturbedHost = {
      nics,
      backend,
      disturbance,
      run(task) {
        restored ??= queue(() => restoreBridges(db, ref, backend))
        return restored.then(() => queue(() => task(daemon)))
      },
    }
    this.#hosts.set(ref, host)
    return host
  }
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
