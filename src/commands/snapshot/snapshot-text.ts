import {
  type Class,
  datamodel,
  isSecretField,
  isSecretKey,
  NULL_REF,
  type Type,
  type Value,
} from '../../datamodel/index.ts'
import { jsonForm } from '../../xapi/wire/json-form.ts'
import type { Objects } from './read-pool.ts'

export interface SnapshotText {
  readonly text: string
  /** How many secrets were left out, by `class.field`. */
  readonly secrets: ReadonlyMap<string, number>
}

const ANY: Type = { kind: 'any' }

/**
 * Objects as a snapshot that a fake host starts from: classes and fields in the order of the datamodel, those that it does not
 * know behind them, references ascending, one object a line. Secrets are left out.
 */
export function snapshotText(objects: Objects): SnapshotText {
  const secrets = new Map<string, number>()
  const order = [...datamodel().classes.keys()]
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  const names = [...objects.keys()].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  const classes = names.map(name => {
    const records = [...(objects.get(name) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
    const lines = records.map(([ref, record]) => `${JSON.stringify(ref)}:${recordText(name, record, secrets)}`)
    return `${JSON.stringify(name)}:{\n${lines.join(',\n')}\n}`
  })
  return { text: `{"format":"xe-tunnel-snapshot/1","objects":{\n${classes.join(',\n')}\n}}\n`, secrets }
}

function recordText(cls: string, record: ReadonlyMap<string, Value>, secrets: Map<string, number>): string {
  const model = datamodel().classes.get(cls)
  const count = (field: string) => secrets.set(`${cls}.${field}`, (secrets.get(`${cls}.${field}`) ?? 0) + 1)
  const members: string[] = []
  for (const [name, value] of inOrder(model, record)) {
    const type = model?.fields.find(field => field.name === name)?.type ?? ANY
    if (isSecretField(cls, name)) {
      if (value !== '' && value !== NULL_REF) count(name)
      continue
    }
    const open = withoutSecretKeys(value, () => count(name))
    members.push(`${JSON.stringify(name)}:${jsonForm(type, typed(type, open))}`)
  }
  return `{${members.join()}}`
}

function inOrder(model: Class | undefined, record: ReadonlyMap<string, Value>): readonly [string, Value][] {
  const known = (model?.fields ?? []).flatMap(({ name }): [string, Value][] => {
    const value = record.get(name)
    return value === undefined ? [] : [[name, value]]
  })
  const names = new Set(known.map(([name]) => name))
  return [...known, ...[...record].filter(([name]) => !names.has(name))]
}

function withoutSecretKeys(value: Value, onSecret: () => void): Value {
  if (!(value instanceof Map)) return value
  const map = value as ReadonlyMap<string, Value> // the only kind of Map in a Value
  return new Map(
    [...map].filter(([key, item]) => {
      const isSecret = isSecretKey(key)
      if (isSecret && item !== '') onSecret()
      return !isSecret
    }),
  )
}

/** A value with numbers for the texts that a wire without ints sends; what does not fit its type stays as it came. */
function typed(type: Type, value: Value): Value {
  switch (type.kind) {
    case 'int':
      return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : value
    case 'float':
      return typeof value === 'string' && value !== '' ? float(value) : value
    case 'set':
      return Array.isArray(value) ? value.map(item => typed(type.of, item as Value)) : value // what an array holds
    case 'map':
      return value instanceof Map ? new Map([...value].map(([key, item]) => [key, typed(type.value, item)])) : value
    default:
      return value
  }
}

const WORDS: Readonly<Record<string, number>> = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY }

function float(text: string): number {
  return WORDS[text] ?? Number(text)
}
