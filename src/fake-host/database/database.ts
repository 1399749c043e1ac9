import { datamodel, type Ref, type Rows, type Value } from '../../datamodel/index.ts'
import { Failure } from '../dispatch/failure.ts'
import type { Random } from '../random.ts'
import { defaultOf } from './defaults.ts'
import { equalValues } from './equal.ts'
import { DERIVED, Links } from './links.ts'
import { type Row, Table } from './table.ts'

/** A class that the database has a table for. */
export type Stored = keyof Rows

/**
 * One effective change, told to listeners after it happened. `touch`: the row's own fields are the same but it counts as
 * modified, since a relation of another row moved or somebody asked for it.
 */
export type Change =
  | { readonly kind: 'create'; readonly class: Stored; readonly ref: string }
  | {
      readonly kind: 'write'
      readonly class: Stored
      readonly ref: string
      readonly field: string
      readonly before: Value
    }
  | { readonly kind: 'touch'; readonly class: Stored; readonly ref: string; readonly cause: 'relation' | 'inject' }
  | { readonly kind: 'destroy'; readonly class: Stored; readonly ref: string; readonly row: Row }

/**
 * A pool's objects: one table a class, relation fields that follow their other side, and a generation that counts effective
 * changes (docs/spec/protocol-semantics.md 3.1, 3.4, 3.5). It checks no permissions and no rules of networking.
 */
export class Database {
  /** Counts effective changes; every row knows the generation of its creation and of its last modification. */
  generation = 0
  readonly #random: Random
  readonly #tables = new Map<string, Table>()
  readonly #uuids = new Map<string, { class: Stored; ref: string }>()
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #links: Links
  #before: ((cls: Stored, row: Row, field: string) => void) | undefined

  constructor(random: Random) {
    this.#random = random
    for (const cls of datamodel().classes.values()) if (cls.inDatabase) this.#tables.set(cls.name, new Table(cls))
    this.#links = new Links(
      (cls, ref) => this.#tables.get(cls)?.rows.get(ref),
      (cls, row, field) => this.#before?.(cls as Stored, row, field), // links name tables only
    )
  }

  /** Calls back after each effective change, in order. Returns the function that ends it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Lets one listener see each field before it changes, those that follow from relations and their order included. */
  watchBefore(listener: (cls: Stored, row: Row, field: string) => void): void {
    this.#before = listener
  }

  /** Adds an object; fields that are not given take the datamodel's default. Returns its reference. */
  create<C extends Stored>(cls: C, fields: Partial<Rows[C]>, identity: { ref?: string; uuid?: string } = {}): Ref<C> {
    const table = this.table(cls)
    const ref = identity.ref ?? `OpaqueRef:${this.#fresh(uuid => table.rows.has(`OpaqueRef:${uuid}`))}`
    const uuid = identity.uuid ?? this.#fresh(candidate => this.#uuids.has(candidate))
    this.generation++
    const given: Partial<Record<string, Value>> = { uuid, ...fields }
    const values: Record<string, Value> = {}
    for (const field of table.class.fields) {
      const derived = this.#links.isDerived(cls, field.name)
      values[field.name] = derived ? DERIVED : (given[field.name] ?? defaultOf(field))
    }
    const row: Row = { ref, values, links: undefined, created: this.generation, modified: this.generation }
    table.add(row)
    this.#uuids.set(uuid, { class: cls, ref })
    const touched = this.#links.attach(cls, row)
    this.#tell({ kind: 'create', class: cls, ref })
    this.#touchAll(touched)
    return ref
  }

  /** Removes an object. References to it stay as they are. */
  destroy<C extends Stored>(cls: C, ref: Ref<C>): void {
    const table = this.table(cls)
    const row = this.row(cls, ref)
    this.generation++
    table.remove(row, this.generation)
    this.#uuids.delete(row.values.uuid as string) // every class of the database has a uuid
    const touched = this.#links.detach(cls, row)
    this.#tell({ kind: 'destroy', class: cls, ref, row })
    this.#touchAll(touched)
  }

  exists(cls: Stored, ref: string): boolean {
    return this.table(cls).rows.has(ref)
  }

  /** A field's value. HANDLE_INVALID [class; ref] where there is no such object. */
  get<C extends Stored, F extends keyof Rows[C] & string>(cls: C, ref: Ref<C>, field: F): Rows[C][F] {
    return this.#links.read(cls, this.row(cls, ref), field) as Rows[C][F] // the tables hold what Rows says
  }

  /** The members of a derived set, oldest first and without a copy: for tests of membership and size. */
  linked<C extends Stored, F extends keyof Rows[C] & string>(cls: C, ref: Ref<C>, field: F): ReadonlySet<string> {
    return this.#links.members(this.row(cls, ref), field)
  }

  /** Writes a field. An equal value changes nothing: no generation, no event. */
  set<C extends Stored, F extends keyof Rows[C] & string>(cls: C, ref: Ref<C>, field: F, value: Rows[C][F]): void {
    this.write(cls, ref, field, value as Value) // what a row holds is a Value
  }

  /** As `set`, for a field that is known by name only. */
  write(cls: Stored, ref: string, field: string, value: Value): void {
    const row = this.row(cls, ref)
    if (this.#links.isDerived(cls, field)) throw new Error(`${cls}.${field} follows from other objects`)
    const before = row.values[field]
    if (before === undefined) throw new Error(`${cls} has no field ${field}`)
    if (equalValues(before, value)) return
    this.generation++
    row.modified = this.generation
    const related = this.#links.isEnd(cls, field)
    const left = related ? this.#links.detach(cls, row) : []
    this.#before?.(cls, row, field)
    row.values[field] = value
    const joined = related ? this.#links.attach(cls, row) : []
    if (field === 'uuid') {
      if (this.#uuids.get(before as string)?.ref === ref) this.#uuids.delete(before as string) // uuids are strings
      this.#uuids.set(value as string, { class: cls, ref })
    }
    this.#tell({ kind: 'write', class: cls, ref, field, before })
    this.#touchAll([...left, ...joined])
  }

  /** Makes an object the first that the database ever held: created before any change was counted. */
  makeFirst(cls: Stored, ref: string): void {
    this.row(cls, ref).created = 0
  }

  /** Counts the row as modified without changing it (docs/spec/protocol-semantics.md 5.3). */
  inject(cls: Stored, ref: string): void {
    const row = this.row(cls, ref)
    this.generation += 2
    row.modified = this.generation
    this.#tell({ kind: 'touch', class: cls, ref, cause: 'inject' })
  }

  /** The object with this uuid. UUID_INVALID [class; uuid] where there is none or it is of another class. */
  byUuid<C extends Stored>(cls: C, uuid: string): Ref<C> {
    const found = this.#uuids.get(uuid)
    if (found?.class !== cls) throw new Failure('UUID_INVALID', cls, uuid)
    return found.ref
  }

  /** Whether any object has this uuid. */
  hasUuid(uuid: string): boolean {
    return this.#uuids.has(uuid)
  }

  /** All references of a class, in the order in which the database gives them: descending. */
  refs<C extends Stored>(cls: C): readonly Ref<C>[] {
    return this.table(cls).refs()
  }

  /** The record of an object: its public fields in datamodel order. */
  record<C extends Stored>(cls: C, ref: Ref<C>): ReadonlyMap<string, Value> {
    return this.recordOf(cls, this.row(cls, ref))
  }

  /** As `record`, of a row that may have been deleted. */
  recordOf(cls: Stored, row: Row): ReadonlyMap<string, Value> {
    const record = new Map<string, Value>()
    for (const field of this.table(cls).publicFields) record.set(field, this.#links.read(cls, row, field))
    return record
  }

  /** Every field of an object, internal ones included. */
  stored(cls: Stored, ref: string): ReadonlyMap<string, Value> {
    return this.storedOf(cls, this.row(cls, ref))
  }

  /** As `stored`, of a row that may have been deleted. */
  storedOf(cls: Stored, row: Row): ReadonlyMap<string, Value> {
    return new Map(this.table(cls).class.fields.map(field => [field.name, this.#links.read(cls, row, field.name)]))
  }

  /** The class that a reference belongs to. */
  classOf(ref: string): Stored | undefined {
    for (const [name, table] of this.#tables) if (table.rows.has(ref)) return name as Stored // names of tables
    return undefined
  }

  table(cls: Stored): Table {
    const table = this.#tables.get(cls)
    if (!table) throw new Error(`no table ${cls}`)
    return table
  }

  row(cls: Stored, ref: string): Row {
    const row = this.table(cls).rows.get(ref)
    if (!row) throw new Failure('HANDLE_INVALID', cls, ref)
    return row
  }

  /** Works out every relation anew: for objects that were put in after others that refer to them, as when a pool is loaded. */
  relate(): void {
    for (const [name, table] of this.#tables) for (const row of table.rows.values()) this.#links.attach(name, row)
  }

  /** Puts the members of a derived set in a given order, where they are the same members. For loading a saved pool. */
  arrange(cls: Stored, ref: string, field: string, newestFirst: readonly string[]): void {
    this.#links.arrange(this.row(cls, ref), field, newestFirst)
  }

  #fresh(taken: (uuid: string) => boolean): string {
    let uuid = this.#random.uuid()
    while (taken(uuid)) uuid = this.#random.uuid()
    return uuid
  }

  /** Relations touched the far ends: they count as modified by this change. */
  #touchAll(ends: readonly { class: string; row: Row }[]): void {
    for (const end of ends) {
      end.row.modified = this.generation
      this.#tell({ kind: 'touch', class: end.class as Stored, ref: end.row.ref, cause: 'relation' }) // links name tables only
    }
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }
}
