import { datamodel, type Message, type Value } from '../../datamodel/index.ts'
import { matches, parseFilter } from '../database/filter.ts'
import type { Database, Stored } from '../database/index.ts'
import { Failure, internalError } from './failure.ts'

/** A generated message's body, from its parameters. */
export type Generated = (db: Database, parameters: readonly Value[]) => Value

/**
 * The body of a message that follows from a field or a class, and which no class writes by hand
 * (docs/spec/protocol-semantics.md 3.2). Undefined for other messages. Constructors and destructors here only keep records;
 * where a class has more to them, its body of that name goes first.
 */
export function generatedBody(message: Message): Generated | undefined {
  if (!datamodel().classes.get(message.class)?.inDatabase) return undefined
  const cls = message.class as Stored // it is in the database
  const field = message.field ?? ''
  switch (message.implicit) {
    case 'get':
      return (db, [ref]) => db.get(cls, text(ref), field as never) as Value // a field of the class, by its message
    case 'set':
      return set(cls, field)
    case 'add':
      return message.parameters.length === 3 ? addToMap(cls, field) : addToSet(cls, field)
    case 'remove':
      return remove(cls, field)
    case 'get_record':
      return (db, [ref]) => db.record(cls, text(ref))
    case 'get_by_uuid':
      return (db, [uuid]) => db.byUuid(cls, text(uuid))
    case 'get_by_label':
      return (db, [label]) => db.refs(cls).filter(ref => db.row(cls, ref).values.name_label === label)
    case 'get_all':
      return db => db.refs(cls)
    case 'get_all_records':
      return db => new Map(db.refs(cls).map(ref => [ref, db.record(cls, ref)]))
    case 'get_all_where':
      return (db, [expression]) => select(db, cls, text(expression))
    case 'get_all_records_where':
      return (db, [expression]) => new Map(select(db, cls, text(expression)).map(ref => [ref, db.record(cls, ref)]))
    case 'make':
      return (db, [record]) => db.create(cls, Object.fromEntries(record instanceof Map ? record : []))
    case 'delete':
      return (db, [ref]) => {
        db.destroy(cls, text(ref))
        return ''
      }
    case undefined:
      return undefined
  }
}

const text = (value: Value | undefined): string => value as string // dispatch has checked the types

/** The bodies of what sets a map field, adds to it and removes from it, for messages that look written by hand and are not. */
export const mapBodies = (cls: Stored, field: string): Readonly<Record<'set' | 'add' | 'remove', Generated>> => ({
  set: set(cls, field),
  add: addToMap(cls, field),
  remove: remove(cls, field),
})

function set(cls: Stored, field: string): Generated {
  return (db, [ref, value]) => {
    db.row(cls, text(ref))
    db.write(cls, text(ref), field, checked(value ?? ''))
    return ''
  }
}

function addToMap(cls: Stored, field: string): Generated {
  return (db, [ref, key, value]) => {
    const map = db.get(cls, text(ref), field as never) as ReadonlyMap<string, Value> // a map field, by its message
    if (map.has(text(key))) throw new Failure('MAP_DUPLICATE_KEY', cls, fieldName(cls, field), text(ref), text(key))
    if (key === '') throw internalError('Db_exn.Empty_key_in_map')
    db.write(cls, text(ref), field, new Map([[cut(text(key)), cutValue(value ?? '')], ...map]))
    return ''
  }
}

function addToSet(cls: Stored, field: string): Generated {
  return (db, [ref, value]) => {
    const set = db.get(cls, text(ref), field as never) as readonly Value[] // a set field, by its message
    const member = cutValue(value ?? '')
    if (!set.includes(member)) db.write(cls, text(ref), field, [member, ...set])
    return ''
  }
}

function remove(cls: Stored, field: string): Generated {
  return (db, [ref, what]) => {
    const value = db.get(cls, text(ref), field as never) as Value // a set or map field, by its message
    const gone = cutValue(what ?? '')
    if (value instanceof Map) db.write(cls, text(ref), field, new Map([...value].filter(([key]) => key !== gone)))
    else if (Array.isArray(value))
      db.write(
        cls,
        text(ref),
        field,
        value.filter(member => member !== gone),
      )
    return ''
  }
}

function select(db: Database, cls: Stored, expression: string): string[] {
  const filter = parseFilter(expression)
  if (filter.kind === 'constant') return filter.value ? [...db.refs(cls)] : []
  const { class: known } = db.table(cls)
  return db.refs(cls).filter(ref => matches(filter, known, ref, field => db.get(cls, ref, field as never) as Value)) // by name
}

/** The database's name of a field, which errors show (docs/spec/protocol-semantics.md 3.5). */
const fieldName = (cls: Stored, field: string): string =>
  datamodel()
    .classes.get(cls)
    ?.fields.find(candidate => candidate.name === field)?.dbName ?? field

const ILLEGAL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Setters refuse texts that XML cannot carry, and maps with an empty key; adding cuts them off (docs/spec/protocol-semantics.md 3.5). */
function checked(value: Value): Value {
  const refuse = (item: Value) => {
    if (typeof item === 'string' && ILLEGAL.test(item)) throw internalError('Db_exn.Invalid_value')
  }
  refuse(value)
  if (Array.isArray(value)) value.forEach(refuse)
  if (value instanceof Map) {
    for (const [key, item] of value) {
      if (key === '') throw internalError('Db_exn.Empty_key_in_map')
      refuse(key)
      refuse(item)
    }
  }
  return value
}

const cut = (value: string): string => {
  const at = value.search(ILLEGAL)
  return at < 0 ? value : value.slice(0, at)
}
const cutValue = (value: Value): Value => (typeof value === 'string' ? cut(value) : value)
