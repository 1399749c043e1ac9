import type { Host, Tunnel } from '../model.ts'

/**
 * Which access PIFs are to be plugged without anybody having asked: those that were plugged before their host went down, since
 * a host comes back without them (docs/spec/networking-semantics.md 13), and those of tunnels that a host was given
 * when it joined. What somebody unplugs stays so.
 */
export class Plugging {
  readonly #graceMs: number
  readonly #attached = new Set<string>()
  /** When each host was last seen to be down or to come back. */
  readonly #downAt = new Map<string, number>()
  /** Tunnels that were seen unplugged since they were last seen plugged, */
  readonly #missing = new Set<string>()
  /** and those that were plugged again since their host was down. Whatever unplugs these is not its boot. */
  readonly #replugged = new Set<string>()
  /** Tunnels that came unplugged, since when. */
  readonly #newcomers = new Map<string, number>()
  readonly #known = new Set<string>()
  #isStarted = false

  /** `graceMs`: how long a host takes to come back, and somebody else to plug what he has made. */
  constructor(graceMs: { readonly reboot: number; readonly plug: number }) {
    this.#graceMs = graceMs.reboot
    this.#plugMs = graceMs.plug
  }

  readonly #plugMs: number

  /** Those to plug now, and when to look again; undefined where nothing is awaited. */
  look(
    hosts: ReadonlyMap<string, Host>,
    tunnels: Iterable<readonly Tunnel[]>,
    now: number,
  ): { readonly plug: readonly string[]; readonly next: number | undefined } {
    for (const { uuid, live } of hosts.values()) if (!live) this.#downAt.set(uuid, now)
    const plug: string[] = []
    const seen = new Set<string>()
    let next: number | undefined
    for (const { uuid, host, attached } of [...tunnels].flat()) {
      seen.add(uuid)
      const isNew = this.#isStarted && !this.#known.has(uuid)
      const wasAttached = this.#attached.has(uuid)
      const isLive = hosts.get(host)?.live ?? false
      if (!isLive) this.#replugged.delete(uuid)
      if (!attached) this.#missing.add(uuid)
      else if (this.#missing.delete(uuid) && isLive) this.#replugged.add(uuid)
      if (attached) {
        if (isLive) this.#attached.add(uuid)
        this.#newcomers.delete(uuid)
        continue
      }
      if (isNew) this.#newcomers.set(uuid, now)
      if (!isLive) continue
      const sinceDown = now - (this.#downAt.get(host) ?? Number.NEGATIVE_INFINITY)
      const isRebooted = sinceDown < this.#graceMs && !this.#replugged.has(uuid)
      const due = (this.#newcomers.get(uuid) ?? Number.POSITIVE_INFINITY) + this.#plugMs
      if (wasAttached && !isRebooted) this.#attached.delete(uuid)
      else if (wasAttached || due <= now) {
        plug.push(uuid)
        this.#newcomers.delete(uuid)
        this.#attached.delete(uuid)
      } else if (due !== Number.POSITIVE_INFINITY) next = Math.min(due, next ?? due)
    }
    for (const kept of [this.#attached, this.#known, this.#newcomers, this.#missing, this.#replugged]) {
      for (const uuid of kept.keys()) if (!seen.has(uuid)) kept.delete(uuid)
    }
    for (const uuid of seen) this.#known.add(uuid)
    this.#isStarted = true
    return { plug, next }
  }
}
