import { datamodel, type Value } from '../../datamodel/index.ts'
import type { Database, Stored } from './database.ts'
import type { Fields } from './fields.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * Puts a snapshot's objects into an empty database. Sets that follow from references are worked out anew; where they have the
 * members that the snapshot says, they also get its order.
 */
export function loadObjects(db: Database, objects: Snapshot['objects']): void {
  const completed = withBothSides(objects)
  for (const name of datamodel().classes.keys()) {
    const cls = name as Stored // others have no objects in a snapshot
    const rows = completed.get(cls)
    for (const ref of [...(rows?.keys() ?? [])].sort()) createObject(db, cls, ref, rows?.get(ref) ?? {})
  }
  db.relate()
  for (const [cls, rows] of completed) restoreOrder(db, cls, rows)
}

/** Adds one object, under its saved reference if it has one; fields that it lacks take their defaults. Returns its reference. */
export function createObject(db: Database, cls: Stored, ref: string | undefined, fields: Fields): string {
  const device = impliedDeviceName(cls, fields.device)
  if (device !== undefined) fields.device_name ??= device
  const { uuid } = fields
  const identity = { ...(ref !== undefined && { ref }), ...(typeof uuid === 'string' && { uuid }) }
  return db.create(cls, fields as never, identity) // checked against the datamodel
}

/** PIF.device_name, which no record shows, is the device's first name (docs/spec/networking-semantics.md 1.3). */
export const impliedDeviceName = (cls: Stored, device: Value | undefined): Value | undefined =>
  cls === 'PIF' ? device : undefined

/** Many-to-many: a side that a hand-written file left out follows from the other. */
function withBothSides(objects: Snapshot['objects']): Snapshot['objects'] {
  for (const { from, to } of datamodel().relations.filter(relation => relation.kind === 'many-to-many')) {
    for (const [near, far] of [
      [from, to],
      [to, from],
    ] as const) {
      for (const [ref, fields] of objects.get(near.class as Stored) ?? []) {
        for (const other of setOf(fields[near.field])) {
          const mirrored = objects.get(far.class as Stored)?.get(other)
          const members = setOf(mirrored?.[far.field])
          if (mirrored && !members.includes(ref)) mirrored[far.field] = [...members, ref]
        }
      }
    }
  }
  return objects
}

function restoreOrder(db: Database, cls: Stored, rows: ReadonlyMap<string, Fields>): void {
  const { derived, mirrored } = relatedSets(cls)
  for (const [ref, fields] of rows) {
    for (const field of derived) db.arrange(cls, ref, field, setOf(fields[field]))
    for (const field of mirrored) db.row(cls, ref).values[field] = setOf(fields[field])
  }
}

/** The sets of a class that follow references to it, and those that mirror a set of another class. */
export function relatedSets(cls: Stored): {
  readonly derived: readonly string[]
  readonly mirrored: readonly string[]
} {
  const { relations } = datamodel()
  const ends = (kind: 'one-to-many' | 'many-to-many') => relations.filter(relation => relation.kind === kind)
  return {
    derived: ends('one-to-many')
      .filter(({ to }) => to.class === cls)
      .map(({ to }) => to.field),
    mirrored: ends('many-to-many')
      .flatMap(({ from, to }) => [from, to])
      .filter(end => end.class === cls)
      .map(end => end.field),
  }
}

const setOf = (value: Value | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : [] // sets of references
