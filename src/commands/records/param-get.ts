import { byUuid } from '../calls.ts'
import { type Command, type Context, type Output, values } from '../command.ts'
import { CommandError, missingParameter } from '../errors.ts'
import { find, type Parameters, required } from '../parameters.ts'
import { withDatabase } from './database.ts'
import type { RecordTable, Subject } from './field.ts'
import { named, subjectOf } from './object.ts'
import { Others } from './others.ts'
import { display, entriesOf, lines, prepare } from './view.ts'

/** `X-param-list` (docs/spec/xe-cli-semantics.md 3.8). */
export function paramListCommand(table: RecordTable): Command {
  return {
    name: `${table.name}-param-list`,
    required: ['uuid'],
    optional: ['database:'],
    description: `Show every field of one ${table.nouns[0]}.`,
    prints: 'One record with all fields, and two empty lines; with --minimal, the uuid.',
    examples: [`${table.name}-param-list uuid=UUID`],
    run: (context, parameters) => paramList(table, context, parameters),
  }
}

async function paramList(table: RecordTable, context: Context, parameters: Parameters): Promise<Output> {
  return withDatabase(context, parameters, async session => {
    const subject = await subjectOf(session, table, await byUuid(session, table.class, required(parameters, 'uuid')))
    const fields = table.fields.filter(field => !field.hidden)
    await prepare(fields, [subject])
    const record = context.asData
      ? await (await import('./data.ts')).dataLines(fields, subject, false)
      : await lines(fields, subject, false)
    return { kind: 'records', records: [record], fields: fields.map(field => field.name), single: true }
  })
}

/** `X-param-get` (docs/spec/xe-cli-semantics.md 3.9). */
export function paramGetCommand(table: RecordTable): Command {
  return {
    name: `${table.name}-param-get`,
    required: ['uuid', 'param-name'],
    optional: ['param-key', 'database:'],
    choices: { 'param-name': table.fields.map(field => field.name) },
    description: `Show one field of one ${table.nouns[0]}, or one key of it.`,
    prints: 'The value, on a line of its own.',
    examples: [`${table.name}-param-get uuid=UUID param-name=uuid`],
    run: (context, parameters) => paramGet(table, context, parameters),
  }
}

async function paramGet(table: RecordTable, context: Context, parameters: Parameters): Promise<Output> {
  return withDatabase(context, parameters, async session => {
    const [ref, field] = await named(session, table, parameters)
    const subject: Subject =
      field.source.from === undefined
        ? { session, ref, record: new Map(), others: new Others(session) }
        : await subjectOf(session, table, ref)
    await prepare([field], [subject])
    const key = find(parameters, 'param-key')
    if (field.kind === 'map' && key !== undefined) {
      const entry = (await entriesOf(field, subject))?.find(([name]) => name === key)
      if (!entry) throw new CommandError(`${field.name} has no key '${key}'`)
      return values(entry[1])
    }
    if (context.asData) {
      const known = await (await import('./data.ts')).shownOf(field, subject)
      if (known === undefined) throw missingParameter(field.name)
      return { kind: 'values', values: [known.value], data: [known.data] }
    }
    const shown = await display(field, subject)
    if (shown === undefined) throw missingParameter(field.name)
    return values(shown)
  })
}
