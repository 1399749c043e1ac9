import { datamodel, type Type, type Value } from '../../datamodel/index.ts'
import type { Datum, Line, Output } from '../command.ts'
import { nothing } from '../command.ts'
import { integer, list, struct, text } from '../wire.ts'

/** What a call's result prints as: nothing, a line, a line for each member of a set, a record, or records with their references. */
export function outputOf(value: Value, type: Type): Output {
  if (type.kind === 'void') return nothing
  if (type.kind === 'set') {
    const data = list(value).map(item => datumOf(item, type.of))
    return { kind: 'values', values: data.map(flat), data }
  }
  if (type.kind === 'map' && type.value.kind === 'record') {
    const { key, value: record } = type
    const records = [...struct(value)].map(([ref, item]): Line[] => [
      ['ref', ref, datumOf(ref, key)],
      ...linesOf(datumOf(item, record)),
    ])
    return { kind: 'records', records }
  }
  const data = datumOf(value, type)
  if (data instanceof Map) return { kind: 'records', records: [linesOf(data)], single: true }
  return { kind: 'values', values: [flat(data)], data: [data] }
}

const linesOf = (data: Datum): readonly Line[] =>
  data instanceof Map
    ? Array.from(data, ([name, item]) => [name, flat(item), item] as const)
    : [['value', flat(data), data]]

/** A value by its type: wires bring an int as text. What the type does not fit stays as it came. */
function datumOf(value: Value, type: Type): Datum {
  switch (type.kind) {
    case 'int':
      return integer(value)
    case 'float':
      return Number(text(value))
    case 'set':
      return list(value).map(item => datumOf(item, type.of))
    case 'map':
      return new Map([...struct(value)].map(([key, item]) => [key, datumOf(item, type.value)]))
    case 'record': {
      const fields = new Map(
        datamodel()
          .classes.get(type.class)
          ?.fields.map(field => [field.name, field.type]),
      )
      return new Map([...struct(value)].map(([name, item]) => [name, datumOf(item, fields.get(name) ?? ANY)]))
    }
    case 'option':
      return value === null ? null : datumOf(value, type.of)
    default:
      return value
  }
}

const ANY: Type = { kind: 'any' }

/** On one line, as xe shows sets and maps (docs/spec/xe-cli-semantics.md 3.3). */
function flat(data: Datum): string {
  if (Array.isArray(data)) return data.map(flat).join('; ')
  if (data instanceof Map) return Array.from(data, ([key, item]) => `${key}: ${flat(item)}`).join('; ')
  return data === null ? '' : String(data)
}
