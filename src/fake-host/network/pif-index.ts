import type { Ref } from '../../datamodel/index.ts'
import type { Change, Database } from '../database/index.ts'
import { TunnelDevices } from './tunnel-devices.ts'

const ADDRESSING = new Set(['ip_configuration_mode', 'ipv6_configuration_mode', 'management'])

/** What would otherwise take a look at every PIF of a host, kept true as the database changes. */
export class PifIndex {
  readonly tunnelDevices: TunnelDevices
  readonly #db: Database
  readonly #addressed = new Map<string, Set<Ref<'PIF'>>>()
  /** Lets go of the database. */
  readonly end: () => void

  constructor(db: Database) {
    this.#db = db
    this.tunnelDevices = new TunnelDevices(db)
    for (const pif of db.refs('PIF')) this.#update(pif)
    const forget = db.onChange(change => this.#follow(change))
    this.end = () => {
      forget()
      this.tunnelDevices.end()
    }
  }

  /** A host's PIFs that have an IP configuration or are the management interface, in the order of the database. */
  addressed(host: Ref<'host'>): readonly Ref<'PIF'>[] {
    return [...(this.#addressed.get(host) ?? [])].sort((a, b) => (a < b ? 1 : -1))
  }

  #follow(change: Change): void {
    if (change.class !== 'PIF') return
    if (change.kind === 'create') this.#update(change.ref)
    if (change.kind === 'write' && ADDRESSING.has(change.field)) this.#update(change.ref)
    if (change.kind === 'write' && change.field === 'host') {
      this.#addressed.get(String(change.before))?.delete(change.ref)
      this.#update(change.ref)
    }
    if (change.kind === 'destroy') this.#addressed.get(String(change.row.values.host))?.delete(change.ref)
  }

  #update(pif: Ref<'PIF'>): void {
    const db = this.#db
    const host = db.get('PIF', pif, 'host')
    const addressed =
      db.get('PIF', pif, 'ip_configuration_mode') !== 'None' ||
      db.get('PIF', pif, 'ipv6_configuration_mode') !== 'None' ||
      db.get('PIF', pif, 'management')
    if (addressed) this.#addressed.set(host, (this.#addressed.get(host) ?? new Set()).add(pif))
    else this.#addressed.get(host)?.delete(pif)
  }
}
