import { datamodel, type Value } from '../../datamodel/index.ts'
import { checkFields, createObject, type Database, Findings, relatedSets, type Stored } from '../database/index.ts'
import { FakeHostError } from '../error.ts'
import { toJson } from '../json.ts'

/** Fields of an object, by name: plain JSON, or Maps for maps. */
export type FieldValues = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>

/** Writes fields of an object: any of them, without the checks of a message. Throws FakeHostError. */
export function writeObject(db: Database, cls: string, ref: string, fields: FieldValues): void {
  const known = existing(db, cls, ref)
  const checked = Object.entries(check(db, known, ref, fields))
  for (const [field, value] of checked) db.write(known, ref, field, value)
}

/** Adds an object; fields that are not given take their defaults. Returns its reference. Throws FakeHostError. */
export function addObject(db: Database, cls: string, fields: FieldValues, ref?: string): string {
  const known = stored(cls)
  if (ref !== undefined && db.exists(known, ref)) throw new FakeHostError(`there is a ${cls} ${ref}`)
  return createObject(db, known, ref, check(db, known, ref ?? 'new', fields))
}

/** Removes an object, and nothing with it. Throws FakeHostError. */
export function removeObject(db: Database, cls: string, ref: string): void {
  db.destroy(existing(db, cls, ref), ref)
}

function stored(cls: string): Stored {
  if (!datamodel().classes.get(cls)?.inDatabase) {
    throw new FakeHostError(`there are no objects of class ${JSON.stringify(cls)}`)
  }
  return cls as Stored // it is in the database
}

function existing(db: Database, cls: string, ref: string): Stored {
  const known = stored(cls)
  if (!db.exists(known, ref)) throw new FakeHostError(`there is no ${cls} ${ref}`)
  return known
}

function check(db: Database, cls: Stored, ref: string, fields: FieldValues): Record<string, Value> {
  const { derived } = relatedSets(cls)
  const values = checkFields(cls, ref, toJson(fields), new Findings({ name: 'fields', strict: true }))
  for (const [field, value] of Object.entries(values)) {
    if (derived.includes(field)) {
      throw new FakeHostError(`${cls}.${field} cannot be written: it follows from the objects that refer to this one`)
    }
    if (field === 'uuid' && value !== uuidOf(db, cls, ref) && db.hasUuid(String(value))) {
      throw new FakeHostError(`another object has the uuid ${String(value)}`)
    }
  }
  return values
}

const uuidOf = (db: Database, cls: Stored, ref: string): unknown =>
  db.exists(cls, ref) ? db.row(cls, ref).values.uuid : undefined
