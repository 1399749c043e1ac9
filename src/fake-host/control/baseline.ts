import { datamodel, type Value } from '../../datamodel/index.ts'
import { type Database, type Row, relatedSets, type Stored } from '../database/index.ts'
import type { Pool } from '../dispatch/context.ts'

/** An object that has changed: its row, and what its changed fields held, each set in its order. */
interface Changed {
  readonly class: Stored
  readonly before: Map<string, Value>
}

/**
 * A pool as it was at one time, to come back to. Only what has changed since is remembered: values are never changed in place, so
 * that remembering costs a reference.
 */
export class Baseline {
  readonly #pool: Pool
  readonly #seed: number
  /** Rows that were created later are none of it. */
  #generation: number
  #changed = new Map<Row, Changed>()
  #destroyed: { readonly class: Stored; readonly row: Row }[] = []

  /** The pool as it is now. */
  constructor(pool: Pool) {
    const { db, random } = pool
    this.#pool = pool
    this.#seed = random.seed
    this.#generation = db.generation
    db.watchBefore((cls, row, field) => this.#remember(cls, row, field))
    db.onChange(change => {
      if (change.kind === 'destroy' && this.#has(change.row)) {
        this.#destroyed.push({ class: change.class, row: change.row })
      }
    })
  }

  /**
   * Makes the pool what it was. What differs changes as any other change would, so that watchers see it; what has come since is
   * gone, sessions and tasks as well, and references that are given out come again.
   */
  restore(): void {
    const { db, random } = this.#pool
    const destroyed = this.#destroyed
    const gone = new Set(destroyed.map(({ row }) => row))
    this.#removeNew(new Set(destroyed.map(({ row }) => row.ref)))
    for (const { class: cls, row } of destroyed) this.#bringBack(cls, row)
    for (const [row, { class: cls, before }] of [...this.#changed]) {
      if (!gone.has(row)) writeAll(db, cls, row.ref, before)
    }
    if (destroyed.length > 0) db.relate() // those that came back have those that referred to them all the time
    for (const [row, { class: cls, before }] of this.#changed)
      if (db.exists(cls, row.ref)) order(db, cls, row.ref, before)
    for (const { class: cls, row } of destroyed) order(db, cls, row.ref, this.#valuesOf(cls, row))
    random.seed = this.#seed
    this.#generation = db.generation
    this.#changed = new Map()
    this.#destroyed = []
  }

  #has(row: Row): boolean {
    return row.created <= this.#generation
  }

  #remember(cls: Stored, row: Row, field: string): void {
    if (!this.#has(row)) return
    const changed = this.#changed.get(row) ?? { class: cls, before: new Map<string, Value>() }
    this.#changed.set(row, changed)
    if (!changed.before.has(field)) changed.before.set(field, this.#pool.db.get(cls, row.ref, field as never) as Value) // by name
  }

  /** Destroys what is not of the baseline, but for objects that stand in the place of one that was destroyed. */
  #removeNew(kept: ReadonlySet<string>): void {
    const { db } = this.#pool
    for (const { name, inDatabase } of datamodel().classes.values()) {
      if (!inDatabase) continue
      const cls = name as Stored // it is in the database
      const rows = [...db.table(cls).rows.values()]
      for (const row of rows) if (!this.#has(row) && !kept.has(row.ref)) db.destroy(cls, row.ref)
    }
  }

  #bringBack(cls: Stored, row: Row): void {
    const { db } = this.#pool
    const values = this.#valuesOf(cls, row)
    if (db.exists(cls, row.ref)) {
      writeAll(db, cls, row.ref, values)
      return
    }
    const derived = new Set(relatedSets(cls).derived)
    const fields = Object.fromEntries([...values].filter(([field]) => !derived.has(field)))
    db.create(cls, fields as never, { ref: row.ref, uuid: String(fields.uuid) }) // what a row of the class held
  }

  /** All fields of a row of the baseline, as they were. */
  #valuesOf(cls: Stored, row: Row): ReadonlyMap<string, Value> {
    const { db } = this.#pool
    return new Map([...db.storedOf(cls, row), ...(this.#changed.get(row)?.before ?? [])])
  }
}

function writeAll(db: Database, cls: Stored, ref: string, values: ReadonlyMap<string, Value>): void {
  const { derived } = relatedSets(cls)
  for (const [field, value] of values) if (!derived.includes(field)) db.write(cls, ref, field, value)
}

/** Sets that follow other objects have the right members by now, if not in the order of before. */
function order(db: Database, cls: Stored, ref: string, values: ReadonlyMap<string, Value>): void {
  const { derived, mirrored } = relatedSets(cls)
  for (const field of derived) {
    const members = values.get(field)
    if (members !== undefined) db.arrange(cls, ref, field, members as readonly string[]) // references
  }
  for (const field of mirrored) {
    const members = values.get(field)
    if (members !== undefined) db.row(cls, ref).values[field] = members
  }
}
