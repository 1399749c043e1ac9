import { type Class, datamodel, type Field, type Value } from '../../datamodel/index.ts'
import type { Json } from '../../xapi/wire/json.ts'
import { checkValue } from './check.ts'
import type { Stored } from './database.ts'
import type { Findings } from './findings.ts'

/** Fields of a record, by name. The names are the datamodel's, so that an object can hold them. */
export type Fields = Record<string, Value>

const known = new Map<Class, ReadonlyMap<string, Field>>()

/** A saved record as fields of the database; those that it lacks are not there. */
export function checkFields(cls: Stored, ref: string, record: Json, findings: Findings): Fields {
  if (!(record instanceof Map)) return findings.refuse(`${cls} ${ref}`, 'a record is needed')
  const model = fieldsOf(cls)
  const fields: Fields = {}
  for (const [name, json] of record as ReadonlyMap<string, Json>) {
    const where = `${cls} ${ref}, field ${name}`
    const field = model.get(name)
    if (!field) {
      findings.drop(where, 'this release has no such field', `field ${cls}.${name}`)
      continue
    }
    const value = checkValue(field.type, json, ({ kind, text }) => {
      if (kind === 'unknown') findings.drop(where, text, `a value of ${cls}.${name}: ${text}`)
      else findings.refuse(where, text)
    })
    if (value !== undefined) fields[name] = value
  }
  return fields
}

function fieldsOf(cls: Stored): ReadonlyMap<string, Field> {
  const model = datamodel().classes.get(cls)
  if (!model) throw new Error(`no class ${cls}`)
  const fields = known.get(model) ?? new Map(model.fields.map(field => [field.name, field]))
  known.set(model, fields)
  return fields
}
