import type { Clock } from '../clock.ts'

/** Who holds what until when, for programs of which one at a time is to work on a pool. */
export class Leases {
  readonly #clock: Clock
  readonly #held = new Map<string, { owner: string; until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Takes a lease, or holds it for longer.
   * @param leaseMs how long from now, in milliseconds
   * @returns who holds it now
   */
  take(name: string, owner: string, leaseMs: number): string {
    const now = this.#clock()
    const held = this.#held.get(name)
    if (held && held.owner !== owner && held.until > now) return held.owner
    this.#held.set(name, { owner, until: now + leaseMs })
    return owner
  }

  /** Gives it back, if it is this one's. */
  release(name: string, owner: string): void {
    if (this.#held.get(name)?.owner === owner) this.#held.delete(name)
  }

  clear(): void {
    this.#held.clear()
  }
}
