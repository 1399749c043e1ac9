import type { Field, RecordTable, Shape } from '../src/commands/records/field.ts'
import { recordTables } from '../src/commands/records/tables.ts'

type Schema = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const reference = (name: string): Schema => ({ $ref: `#/$defs/${name}` })
const listOf = (items: Schema): Schema => ({ type: 'array', items })
const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values })
const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter(name => !optional.includes(name)),
  additionalProperties: false,
})

/** schema/output-v1.json: the shape of --output=json, which docs/output.md explains. */
export function outputSchema(): string {
  const kinds: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
    records: { records: listOf(mapOf(reference('value'))) },
    values: { values: listOf(reference('value')) },
    nothing: {},
    file: { path: text, notes: listOf(text) },
    calls: {
      calls: listOf(
        object({
          method: text,
          parameters: listOf(reference('value')),
          made: { type: 'boolean' },
          result: reference('value'),
        }),
      ),
    },
    change: { operation: { enum: ['add', 'mod', 'del'] }, record: mapOf(reference('value')) },
    remark: { message: text },
    error: {
      code: text,
      params: listOf(text),
      details: listOf(object({ label: text, value: text })),
      message: text,
      hint: { type: ['string', 'null'] },
      exit_status: { type: 'integer', minimum: 1 },
    },
  }
  const schema: Schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:xe-tunnel:output:v1',
    title: 'What xe-tunnel prints with --output=json, and the remarks and failures it then writes to standard error',
    oneOf: [...Object.keys(kinds), 'batch-line'].map(kind => reference(kind)),
    allOf: recordTables.flatMap(ofCommands),
    $defs: {
      value: {
        description:
          'A value of any kind: text, an integer, a truth value, null for a reference to nothing, a set, a map',
        type: ['string', 'number', 'boolean', 'null', 'array', 'object'],
      },
      ...Object.fromEntries(
        Object.entries(kinds).map(([kind, rest]) => [
          kind,
          object({ version: { const: 1 }, command: text, kind: { const: kind }, ...rest }),
        ]),
      ),
      'batch-line': {
        description: 'What a command of a batch came to',
        ...object({
          version: { const: 1 },
          line: { type: 'integer', minimum: 1 },
          command: text,
          status: { type: 'integer', minimum: 0 },
          output: reference('value'),
          error: reference('value'),
        }),
      },
      ...Object.fromEntries(recordTables.map(table => [`${table.name}-record`, record(table)])),
    },
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

/** What holds for the commands that show objects of a class. */
function ofCommands({ name }: RecordTable): readonly Schema[] {
  const commands = [`${name}-list`, `${name}-param-list`, ...(name === 'vif' ? ['vm-vif-list'] : [])]
  const shown = reference(`${name}-record`)
  const when = (kind: string, member: Schema): Schema => ({
    if: { type: 'object', properties: { command: { enum: commands }, kind: { const: kind } } },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON schema
    then: { type: 'object', properties: member },
  })
  return [when('records', { records: listOf(shown) }), when('change', { record: shown })]
}

/** A record of a class: any of its fields, since params= chooses among them and an older host lacks some. */
function record({ fields }: RecordTable): Schema {
  const shown = fields.filter(field => !field.hidden)
  const properties = Object.fromEntries(shown.map(field => [field.name, shownAs(field)]))
  return object(properties, Object.keys(properties))
}

function shownAs(field: Field): Schema {
  const { parts } = field.kind === 'plain' ? field.source : {}
  const { kind, source } = parts ?? field
  const { shape = 'text', from, refersTo } = source
  // What is asked for, or belongs to another object, may not be there.
  const isSure = from !== undefined && refersTo === undefined && shape !== 'decimal'
  const one = isSure ? typeOf(shape) : [typeOf(shape), 'null']
  if (kind === 'set') return orNull(listOf({ type: one }), field)
  return kind === 'map' ? orNull(mapOf({ type: one }), field) : { type: one }
}

/** A set or a map of which a part cannot be read is none. */
function orNull(schema: Schema, { source }: Field): Schema {
  return source.from === undefined || source.refersTo !== undefined
    ? { ...schema, type: [schema.type, 'null'] }
    : schema
}

function typeOf(shape: Shape): string {
  return shape === 'truth' ? 'boolean' : shape === 'whole' ? 'integer' : shape === 'decimal' ? 'number' : 'string'
}
