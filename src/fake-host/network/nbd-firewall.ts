import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { DaemonError } from './daemon.ts'
import { pifsOn } from './topology.ts'

/** How long a host lets changes gather after it has looked, in milliseconds (docs/spec/networking-semantics.md 8.4). */
const GATHERING_MS = 5000
/** How long it waits after a firewall that could not be changed, in milliseconds. */
const RETRY_MS = 5000

/** What the firewall of a host goes by. */
export interface NbdFirewallOptions {
  readonly db: Database
  readonly host: Ref<'host'>
  readonly networks: PurposedNetworks
  /** Lets NBD through on these bridges and on no others. */
  apply(bridges: readonly string[]): Promise<void>
  /** Waits. Nothing is to be kept alive by it. */
  pause(milliseconds: number): Promise<unknown>
  /** Fires when the host's toolstack ends. */
  readonly signal: AbortSignal
}

/**
 * Keeps the firewall of a host in step with the purposes of its networks: the bridges of its PIFs' networks with a purpose of NBD
 * are applied at the start, even none, and whenever they differ from those applied last. Fulfilled when the signal fires.
 */
export async function keepNbdFirewall(options: NbdFirewallOptions): Promise<void> {
  const { networks, apply, pause, signal } = options
  const ended = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
  let applied: readonly string[] | undefined
  while (!signal.aborted) {
    const changed = networks.changed()
    const wanted = nbdBridges(options)
    if (applied === undefined || wanted.join() !== applied.join()) {
      try {
        await apply(wanted)
        applied = wanted
      } catch (error) {
        if (!(error instanceof DaemonError)) throw error
        await pause(RETRY_MS)
        continue
      }
    }
    await pause(GATHERING_MS)
    await Promise.race([changed, ended])
  }
}

function nbdBridges({ db, host, networks }: NbdFirewallOptions): readonly string[] {
  const own = [...networks.refs].filter(network => pifsOn(db, network, host).length > 0)
  return [...new Set(own.map(network => db.get('network', network, 'bridge')))].sort()
}

/** The networks of a pool that have a purpose, and when any network changes: one look at a change serves all hosts. */
export class PurposedNetworks {
  readonly refs: Set<Ref<'network'>> = new Set()
  /** Lets go of the database, and wakes who waits. */
  readonly end: () => void
  #wake: () => void = () => {}
  #changed: Promise<void> | undefined

  constructor(db: Database) {
    for (const network of db.refs('network')) this.#update(db, network)
    const forget = db.onChange(change => {
      if (change.class !== 'network') return
      if (change.kind !== 'touch') this.#update(db, change.ref)
      this.#tell()
    })
    this.end = () => {
      forget()
      this.#tell()
    }
  }

  /** Fulfilled when a network changes after this was called, or its PIFs do. */
  changed(): Promise<void> {
    this.#changed ??= new Promise(resolve => {
      this.#wake = resolve
    })
    return this.#changed
  }

  #tell(): void {
    this.#changed = undefined
    this.#wake()
  }

  #update(db: Database, network: Ref<'network'>): void {
    if (db.exists('network', network) && db.get('network', network, 'purpose').length > 0) this.refs.add(network)
    else this.refs.delete(network)
  }
}
