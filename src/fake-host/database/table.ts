import type { Class, Value } from '../../datamodel/index.ts'

export interface Row {
  readonly ref: string
  /** By wire name, internal fields included; derived sets are in `links` instead. */
  readonly values: Record<string, Value>
  /** Derived sets that have members, or had: by field, oldest member first. */
  links: Map<string, Set<string>> | undefined
  created: number
  modified: number
}

export interface Deletion {
  readonly ref: string
  readonly created: number
  readonly deleted: number
}

const DELETIONS_KEPT = 511
const DELETIONS_AFTER_TRIM = 257

/** The rows of one class. */
export class Table {
  readonly class: Class
  readonly publicFields: readonly string[]
  readonly rows: Map<string, Row> = new Map()
  /** What was deleted lately, newest first (docs/spec/protocol-semantics.md 3.1). */
  deletions: Deletion[] = []
  #order: readonly string[] | undefined

  constructor(cls: Class) {
    this.class = cls
    this.publicFields = cls.fields.filter(field => !field.internal).map(field => field.name)
  }

  add(row: Row): void {
    this.rows.set(row.ref, row)
    this.#order = undefined
  }

  remove(row: Row, generation: number): void {
    this.rows.delete(row.ref)
    this.#order = undefined
    this.deletions.unshift({ ref: row.ref, created: row.created, deleted: generation })
    if (this.deletions.length > DELETIONS_KEPT) this.deletions.length = DELETIONS_AFTER_TRIM
  }

  /** References in descending order, which is how the database gives them. */
  refs(): readonly string[] {
    this.#order ??= [...this.rows.keys()].sort((a, b) => (a < b ? 1 : -1))
    return this.#order
  }
}
