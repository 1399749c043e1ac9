import { isObject, OvsdbError } from './error.ts'
import { type Row, rowFromJson } from './value.ts'

/** A row that has come, gone or changed; an absent side is one where it is not there. */
export interface Change {
  readonly table: string
  readonly uuid: string
  readonly before: Row | undefined
  readonly after: Row | undefined
}

/** A part of a database as it is now, kept up to date while the connection lives. */
export interface Replica {
  /** The rows of a table by their uuids, with the columns that were asked for. Throws RangeError for a table that was not. */
  table(name: string): ReadonlyMap<string, Row>
  /** Ends it. The rows stay as they are. Throws OvsdbError. */
  cancel(): Promise<void>
}

/** The rows behind a replica. */
export class ReplicaRows {
  readonly #tables: ReadonlyMap<string, Map<string, Row>>

  constructor(tables: Iterable<string>) {
    this.#tables = new Map([...tables].map(name => [name, new Map()]))
  }

  table(name: string): ReadonlyMap<string, Row> {
    const rows = this.#tables.get(name)
    if (!rows) throw new RangeError(`the replica has no table ${name}`)
    return rows
  }

  /** Takes table updates, the first with all rows (RFC 7047 4.1.5, 4.1.6). Throws OvsdbError `protocol`. */
  take(updates: unknown): readonly Change[] {
    if (!isObject(updates)) throw new OvsdbError('protocol', 'table updates are no object')
    return Object.entries(updates).flatMap(([table, rows]) => {
      const known = this.#tables.get(table)
      if (!known || !isObject(rows)) throw new OvsdbError('protocol', `an update of ${table} was not asked for`)
      return Object.entries(rows).map(([uuid, update]) => change(table, known, uuid, update))
    })
  }
}

function change(table: string, rows: Map<string, Row>, uuid: string, update: unknown): Change {
  const before = rows.get(uuid)
  const after = isObject(update) && update.new !== undefined ? rowFromJson(update.new) : undefined
  if (after) rows.set(uuid, after)
  else rows.delete(uuid)
  return { table, uuid, before, after }
}
