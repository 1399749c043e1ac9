import type { Ref } from '../../datamodel/index.ts'
import type { Change, Database } from '../database/index.ts'

interface Host {
  /** How many access PIFs have the device name of each number. */
  readonly used: Map<number, number>
  readonly accessPifs: Set<Ref<'PIF'>>
  /** No smaller number is free. */
  floor: number
}

/** The access PIFs of each host and their device names, kept true as the database changes. */
export class TunnelDevices {
  readonly #db: Database
  readonly #hosts = new Map<string, Host>()
  readonly #known = new Map<Ref<'PIF'>, { host: Host; number: number | undefined }>()

  /** Lets go of the database. */
  readonly end: () => void

  constructor(db: Database) {
    this.#db = db
    for (const tunnel of db.refs('tunnel')) this.#add(db.get('tunnel', tunnel, 'access_PIF'))
    this.end = db.onChange(change => this.#follow(change))
  }

  accessPifs(host: Ref<'host'>): ReadonlySet<Ref<'PIF'>> {
    return this.#host(host).accessPifs
  }

  /** `tunnelN` with the smallest N that no access PIF of the host has (docs/spec/networking-semantics.md 3.3). */
  free(host: Ref<'host'>): string {
    const entry = this.#host(host)
    while (entry.used.has(entry.floor)) entry.floor++
    return `tunnel${entry.floor}`
  }

  #follow(change: Change): void {
    if (change.class === 'tunnel' && change.kind === 'create') {
      this.#add(this.#db.get('tunnel', change.ref, 'access_PIF'))
    }
    if (change.kind !== 'destroy') return
    if (change.class === 'tunnel') this.#remove(String(change.row.values.access_PIF))
    if (change.class === 'PIF') this.#remove(change.ref)
  }

  #add(pif: Ref<'PIF'>): void {
    if (this.#known.has(pif) || !this.#db.exists('PIF', pif)) return
    const host = this.#host(this.#db.get('PIF', pif, 'host'))
    const digits = /^tunnel(\d+)$/.exec(this.#db.get('PIF', pif, 'device'))?.[1]
    const number = digits === undefined ? undefined : Number(digits)
    if (number !== undefined) host.used.set(number, (host.used.get(number) ?? 0) + 1)
    host.accessPifs.add(pif)
    this.#known.set(pif, { host, number })
  }

  #remove(pif: Ref<'PIF'>): void {
    const known = this.#known.get(pif)
    if (!known) return
    this.#known.delete(pif)
    known.host.accessPifs.delete(pif)
    if (known.number === undefined) return
    const left = (known.host.used.get(known.number) ?? 1) - 1
    if (left > 0) known.host.used.set(known.number, left)
    else known.host.used.delete(known.number)
    known.host.floor = Math.min(known.host.floor, known.number)
  }

  #host(ref: Ref<'host'>): Host {
    const host = this.#hosts.get(ref) ?? { used: new Map(), accessPifs: new Set(), floor: 0 }
    this.#hosts.set(ref, host)
    return host
  }
}
