import type { Ref } from '../../datamodel/index.ts'
import type { SwitchBridge } from './switch.ts'

/** A switch when it stopped: what its ports told, and how many changes of its rows it had followed. */
interface LastState {
  readonly bridges: readonly SwitchBridge[]
  readonly cur_cfg: number
}

/** What is broken of the switches and the wires between hosts, which no record tells. */
export class Conditions {
  /** Hosts whose switch has stopped, with what its database goes on to say. */
  readonly crashed: Map<Ref<'host'>, LastState> = new Map()
  /** NICs without a cable, as `nicKey` names them. */
  readonly pulled: Set<string> = new Set()
  /** Groups of hosts that no wire joins to hosts outside their group. */
  readonly partitions: Map<string, readonly ReadonlySet<Ref<'host'>>[]> = new Map()
  readonly #listeners = new Set<() => void>()

  /** Whether the wires between two hosts are cut. Hosts in no group of a partition are on the same side as each other. */
  areParted(a: Ref<'host'>, b: Ref<'host'>): boolean {
    return [...this.partitions.values()].some(groups => {
      const sideOf = (host: Ref<'host'>) => groups.findIndex(group => group.has(host))
      return sideOf(a) !== sideOf(b)
    })
  }

  /** Hears whenever frames may begin or cease to get somewhere. Returns the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tells those who listen. */
  changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  /** Everything works again. */
  reset(): void {
    this.crashed.clear()
    this.pulled.clear()
    this.partitions.clear()
    this.changed()
  }
}

export const nicKey = (host: Ref<'host'>, device: string): string => `${host} ${device}`
