import { datamodel, type Value } from '../../datamodel/index.ts'
import type { Row } from './table.ts'

/** What a row holds in the place of a derived set. */
export const DERIVED: readonly Value[] = []

interface End {
  readonly class: string
  readonly field: string
}
type Touched = readonly { class: string; row: Row }[]

/**
 * Relations between tables (docs/spec/protocol-semantics.md 3.4). Of a one-to-many relation only the reference is stored; the
 * set on the other side is kept here, newest member first when read. Of a many-to-many relation both sets are stored and
 * follow each other. A reference to an object that does not exist is legal and simply has no far end.
 */
export class Links {
  /** class -> stored reference field -> the set that follows it. */
  readonly #one = new Map<string, Map<string, End>>()
  /** class -> set field -> the set that mirrors it. */
  readonly #many = new Map<string, Map<string, End>>()
  readonly #derived = new Map<string, Set<string>>()
  readonly #find: (cls: string, ref: string) => Row | undefined
  readonly #before: (cls: string, row: Row, field: string) => void

  /** @param before hears of each set before its members or their order change */
  constructor(
    find: (cls: string, ref: string) => Row | undefined,
    before: (cls: string, row: Row, field: string) => void,
  ) {
    this.#find = find
    this.#before = before
    const put = (map: Map<string, Map<string, End>>, from: End, to: End) => {
      const fields = map.get(from.class) ?? new Map<string, End>()
      map.set(from.class, fields.set(from.field, to))
    }
    for (const { kind, from, to } of datamodel().relations) {
      if (kind === 'one-to-many') {
        put(this.#one, from, to)
        this.#derived.set(to.class, (this.#derived.get(to.class) ?? new Set()).add(to.field))
      } else {
        put(this.#many, from, to)
        put(this.#many, to, from)
      }
    }
  }

  isDerived(cls: string, field: string): boolean {
    return this.#derived.get(cls)?.has(field) ?? false
  }

  /** Whether writing this field changes the far end of a relation. */
  isEnd(cls: string, field: string): boolean {
    return (this.#one.get(cls)?.has(field) || this.#many.get(cls)?.has(field)) ?? false
  }

  members(row: Row, field: string): ReadonlySet<string> {
    return row.links?.get(field) ?? NONE
  }

  read(cls: string, row: Row, field: string): Value {
    const value = row.values[field]
    if (value === DERIVED) return [...this.members(row, field)].reverse()
    if (value === undefined) throw new Error(`${cls} has no field ${field}`)
    return value
  }

  /** Adds a row to the far ends of all its relations; a row that was there moves to the front. */
  attach(cls: string, row: Row): Touched {
    return this.#farEnds(cls, row, (far, field, mirrored) => {
      if (mirrored) far.values[field] = [row.ref, ...without(far.values[field], row.ref)]
      else linked(far, field).add(row.ref)
    })
  }

  /** Takes a row out of the far ends of all its relations. */
  detach(cls: string, row: Row): Touched {
    return this.#farEnds(cls, row, (far, field, mirrored) => {
      if (mirrored) far.values[field] = without(far.values[field], row.ref)
      else far.links?.get(field)?.delete(row.ref)
    })
  }

  arrange(row: Row, field: string, newestFirst: readonly string[]): void {
    const members = this.members(row, field)
    if (members.size === newestFirst.length && newestFirst.every(ref => members.has(ref)))
      row.links?.set(field, new Set([...newestFirst].reverse()))
  }

  #farEnds(cls: string, row: Row, change: (far: Row, field: string, mirrored: boolean) => void): Touched {
    const touched: { class: string; row: Row }[] = []
    const visit = (end: End, ref: Value, mirrored: boolean) => {
      const far = typeof ref === 'string' ? this.#find(end.class, ref) : undefined
      if (!far) return
      this.#before(end.class, far, end.field)
      change(far, end.field, mirrored)
      touched.push({ class: end.class, row: far })
    }
    for (const [field, end] of this.#one.get(cls) ?? []) visit(end, row.values[field] ?? null, false)
    for (const [field, end] of this.#many.get(cls) ?? []) {
      const refs = row.values[field]
      if (Array.isArray(refs)) for (const ref of refs) visit(end, ref, true)
    }
    return touched
  }
}

const without = (value: Value | undefined, ref: string): Value[] =>
  Array.isArray(value) ? value.filter(item => item !== ref) : []

const NONE: ReadonlySet<string> = new Set()

function linked(row: Row, field: string): Set<string> {
  row.links ??= new Map()
  const members = row.links.get(field) ?? new Set()
  row.links.set(field, members)
  return members
}
