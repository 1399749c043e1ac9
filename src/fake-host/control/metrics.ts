import { datamodel } from '../../datamodel/index.ts'
import type { Stored } from '../database/index.ts'
import type { FakePool } from '../pool.ts'

/** Numbers about a pool since its start or the last reset. */
export interface Metrics {
  /** Calls by message; what is none counts as `(unknown)`. */
  readonly calls: ReadonlyMap<string, number>
  /** Failures by error code. */
  readonly errors: ReadonlyMap<string, number>
  /** Objects by class, sessions and tasks among them. */
  readonly objects: ReadonlyMap<string, number>
  /** Counts changes of the database. */
  readonly generation: number
}

export function metrics({ pool: { db }, history }: FakePool): Metrics {
  const objects = new Map<string, number>()
  for (const { name, inDatabase } of datamodel().classes.values()) {
    const count = inDatabase ? db.table(name as Stored).rows.size : 0 // it is in the database
    if (count > 0) objects.set(name, count)
  }
  return { calls: history.methods, errors: history.errors, objects, generation: db.generation }
}
