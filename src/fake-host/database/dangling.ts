import { datamodel, NULL_REF, type Type, type Value } from '../../datamodel/index.ts'
import type { Stored } from './database.ts'
import type { Fields } from './fields.ts'

/**
 * How many references of saved objects lead nowhere. Null references do not count, nor do those to objects that no restart
 * leaves, such as sessions.
 */
export function countDangling(objects: ReadonlyMap<Stored, ReadonlyMap<string, Fields>>): number {
  let count = 0
  for (const [name, rows] of objects) {
    const referring = (datamodel().classes.get(name)?.fields ?? []).filter(field => refersTo(field.type) !== undefined)
    for (const fields of rows.values()) {
      for (const { name: field, type } of referring) {
        for (const [target, ref] of references(type, fields[field])) {
          if (leadsNowhere(objects, target, ref)) count++
        }
      }
    }
  }
  return count
}

function leadsNowhere(objects: ReadonlyMap<Stored, ReadonlyMap<string, Fields>>, target: string, ref: string): boolean {
  if (ref === NULL_REF || ref === '' || objects.get(target as Stored)?.has(ref)) return false // any name may be asked for
  if (target === 'role') return !datamodel().roles.some(role => role.ref === ref) // in every pool, and in no snapshot
  return datamodel().classes.get(target)?.persistent ?? false
}

/** The class that a type has references to, anywhere in it. */
function refersTo(type: Type): string | undefined {
  if (type.kind === 'ref') return type.class
  if (type.kind === 'set') return refersTo(type.of)
  if (type.kind === 'map') return refersTo(type.key) ?? refersTo(type.value)
  return undefined
}

function* references(type: Type, value: Value | undefined): Generator<readonly [target: string, ref: string]> {
  if (type.kind === 'ref' && typeof value === 'string') yield [type.class, value]
  if (type.kind === 'set' && Array.isArray(value)) for (const item of value) yield* references(type.of, item)
  if (type.kind === 'map' && value instanceof Map) {
    for (const [key, item] of value) {
      yield* references(type.key, key)
      yield* references(type.value, item)
    }
  }
}
