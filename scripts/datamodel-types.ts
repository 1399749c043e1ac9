import { type Class, datamodel, type Field, type Message } from '../src/datamodel/model.ts'
import type { Type } from '../src/datamodel/type.ts'

const header = '// Generated from datamodel.json by `npm run generate`. Do not edit.\n'

/** The generated files of src/datamodel, by name: what TypeScript knows of the datamodel. */
export function datamodelTypes(): Map<string, string> {
  return new Map([
    ['enums.gen.ts', enums()],
    ['errors.gen.ts', errors()],
    ['records.gen.ts', records()],
    ['api.gen.ts', api()],
  ])
}

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`
const key = (text: string): string => (/^[A-Za-z_$][\w$]*$/.test(text) ? text : quote(text))
const pascal = (text: string): string =>
  text
    .split('_')
    .map(part => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
const recordName = (cls: string): string => `${pascal(cls)}Record`

/** A type as TypeScript; `records` stands before the names of records, where they are in another module. */
function typeText(type: Type, records = ''): string {
  const text = (inner: Type) => typeText(inner, records)
  switch (type.kind) {
    case 'string':
    case 'datetime':
      return 'string'
    case 'int':
    case 'float':
      return 'number'
    case 'bool':
      return 'boolean'
    case 'void':
      return 'void'
    case 'any':
      return 'Value'
    case 'enum':
      return `E.${pascal(type.name)}`
    case 'ref':
      return `Ref<${quote(type.class)}>`
    case 'record':
      return `${records}${recordName(type.class)}`
    case 'set':
      return type.of.kind === 'set' ? `readonly (${text(type.of)})[]` : `readonly ${text(type.of)}[]`
    case 'option':
      return `${text(type.of)} | undefined`
    case 'map':
      return `ReadonlyMap<${text(type.key)}, ${text(type.value)}>`
  }
}

function enums(): string {
  const { enums } = datamodel()
  const table = [...enums].map(([name, values]) => `  ${key(name)}: [${values.map(quote).join(', ')}],`)
  const types = [...enums.keys()].map(name => `export type ${pascal(name)} = (typeof enums)[${quote(name)}][number]`)
  return `${header}
/** Every enumeration with its spellings, in datamodel order. */
export const enums = {
${table.join('\n')}
} as const

export type EnumName = keyof typeof enums
${types.join('\n')}
`
}

function errors(): string {
  const table = [...datamodel().errors].map(([code, labels]) => `  ${key(code)}: [${labels.map(quote).join(', ')}],`)
  return `${header}
/** The labels of each error code's parameters, in order. */
export const errorParameters = {
${table.join('\n')}
} as const

/** An error code that the datamodel declares. */
export type ErrorCode = keyof typeof errorParameters
`
}

function records(): string {
  const { classes } = datamodel()
  const parts: string[] = []
  for (const cls of classes.values()) {
    parts.push(recordInterface(cls))
    const make = cls.messages.find(message => message.implicit === 'make')
    if (make) parts.push(constructorInterface(cls))
  }
  const stored = [...classes.values()].filter(cls => cls.inDatabase)
  return `${header}
import type * as E from './enums.gen.ts'
import type { Ref, Value } from './values.ts'

export type ClassName =
${[...classes.keys()].map(name => `  | ${quote(name)}`).join('\n')}

${parts.join('\n\n')}

/** The record of each class. */
export interface Records {
${[...classes.keys()].map(name => `  ${key(name)}: ${recordName(name)}`).join('\n')}
}

/** What the database holds of each class: its record and the fields that no record shows. */
export interface Rows {
${stored.map(cls => `  ${key(cls.name)}: ${rowType(cls)}`).join('\n')}
}
`
}

const fieldLine = (field: Field, optional = false): string =>
  `  ${key(field.name)}${optional ? '?' : ''}: ${typeText(field.type)}`

function recordInterface(cls: Class): string {
  const fields = cls.fields.filter(field => !field.internal).map(field => fieldLine(field))
  return `export interface ${recordName(cls.name)} {\n${fields.join('\n')}\n}`
}

function constructorInterface(cls: Class): string {
  const fields = cls.fields
    .filter(field => !field.internal && field.qualifier !== 'RO/runtime')
    .map(field => fieldLine(field, field.default !== undefined))
  return `/** What ${cls.name}.create takes. */\nexport interface ${pascal(cls.name)}Constructor {\n${fields.join('\n')}\n}`
}

function rowType(cls: Class): string {
  const internal = cls.fields.filter(field => field.internal)
  if (internal.length === 0) return recordName(cls.name)
  return `${recordName(cls.name)} & { ${internal.map(field => fieldLine(field).trim()).join('; ')} }`
}

const reserved = new Set(['public', 'interface', 'class', 'import', 'export', 'enum', 'new', 'default', 'function'])

function parameterText(message: Message): string {
  return message.parameters
    .map(parameter => {
      const name = reserved.has(parameter.name) ? `${parameter.name}_` : parameter.name
      const type =
        message.implicit === 'make' ? `R.${pascal(message.class)}Constructor` : typeText(parameter.type, 'R.')
      return `${name}${parameter.optional ? '?' : ''}: ${type}`
    })
    .join(', ')
}

function resultText(message: Message): string {
  if (message.name === 'event.from')
    return 'Promise<{ events: readonly R.EventRecord[]; valid_ref_counts: ReadonlyMap<string, number>; token: string }>'
  return `Promise<${typeText(message.result, 'R.')}>`
}

function api(): string {
  const classes = [...datamodel().classes.values()].map(cls => {
    const messages = cls.messages.map(message => {
      const name = message.name.slice(cls.name.length + 1)
      return `    ${key(name)}(${parameterText(message)}): ${resultText(message)}`
    })
    return `  ${key(cls.name)}: {\n${messages.join('\n')}\n  }`
  })
  return `${header}
import type * as E from './enums.gen.ts'
import type * as R from './records.gen.ts'
import type { Ref } from './values.ts'

/** Every message of every class, without the session that the wire puts first. */
export interface XenApi {
${classes.join('\n')}
}
`
}
