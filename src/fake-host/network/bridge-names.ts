import type { Change, Database } from '../database/index.ts'

/** The bridge names of all networks, and the counter that new ones come from. */
export class BridgeNames {
  readonly #uses = new Map<string, number>()
  /** As long as the process lives: a number that was tried is not tried again (docs/spec/networking-semantics.md 8.1). */
  #counter = 0
  /** Lets go of the database. */
  readonly end: () => void

  constructor(db: Database) {
    for (const network of db.refs('network')) this.#count(db.get('network', network, 'bridge'), 1)
    this.end = db.onChange(change => this.#follow(db, change))
  }

  has(bridge: string): boolean {
    return this.#uses.has(bridge)
  }

  /** The next `xapiN` that no network has. */
  next(): string {
    let name = `xapi${this.#counter++}`
    while (this.has(name)) name = `xapi${this.#counter++}`
    return name
  }

  #follow(db: Database, change: Change): void {
    if (change.class !== 'network') return
    if (change.kind === 'create') this.#count(db.get('network', change.ref, 'bridge'), 1)
    if (change.kind === 'destroy') this.#count(String(change.row.values.bridge), -1)
    if (change.kind === 'write' && change.field === 'bridge') {
      this.#count(String(change.before), -1)
      this.#count(db.get('network', change.ref, 'bridge'), 1)
    }
  }

  #count(bridge: string, step: 1 | -1): void {
    const uses = (this.#uses.get(bridge) ?? 0) + step
    if (uses > 0) this.#uses.set(bridge, uses)
    else this.#uses.delete(bridge)
  }
}
