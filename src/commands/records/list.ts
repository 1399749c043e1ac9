import type { Command, Context, Output, Session } from '../command.ts'
import { find, flag, type Parameters } from '../parameters.ts'
import { struct } from '../wire.ts'
import { withDatabase } from './database.ts'
import type { Field, RecordTable, Subject } from './field.ts'
import { filter } from './filters.ts'
import { Others } from './others.ts'
import { isGeneral } from './target.ts'
import { lines, prepare } from './view.ts'

/** `X-list` (docs/spec/xe-cli-semantics.md 3.5). */
export function listCommand(table: RecordTable): Command {
  const names = table.fields.filter(field => !field.hidden).map(field => field.name)
  const sets = table.fields.filter(field => field.kind === 'set').map(field => `${field.name}:contains`)
  return {
    name: `${table.name}-list`,
    required: [],
    optional: ['params', 'database:', ...names, ...sets],
    description: `List the ${table.nouns[1]}${table.class === 'pool' ? '' : ' of the pool'}, or those that match every FIELD=VALUE given.`,
    prints:
      'One record for each, with the fields named in params= (comma-separated, or all), in a fixed order, and two empty lines after each record.',
    choices: { params: [...names, 'all'], ...choicesOf(table) },
    examples: [`${table.name}-list`, `${table.name}-list params=all`, `${table.name}-list --minimal`],
    run: (context, parameters) => list(table, context, parameters),
    watches: parameters => watched(table, parameters),
  }
}

/** The class itself, and the classes of what the shown fields and the filters look at. */
function watched(table: RecordTable, parameters: Parameters): readonly string[] {
  const names = parameters.map(([name]) => name)
  const compared = table.fields.filter(({ name }) =>
    names.some(given => given === name || given.startsWith(`${name}:`) || given.startsWith(`${name}-`)),
  )
  const looked = [...selected(table, find(parameters, 'params')), ...compared]
  return [
    ...new Set([
      table.class,
      ...(table.alsoReads ?? []),
      ...looked.flatMap(({ source: { refersTo } }) => refersTo ?? []),
    ]),
  ]
}

/** What fields can be shown as, where that is known. */
export function choicesOf({ fields }: RecordTable): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    fields.flatMap(({ name, source: { choices } }) => (choices === undefined ? [] : [[name, choices] as const])),
  )
}

async function list(table: RecordTable, context: Context, parameters: Parameters): Promise<Output> {
  const unfiltered = flag(parameters, 'all')
  return withDatabase(context, parameters, async session => {
    const all = await allSubjects(session, table)
    const presets = (table.presets ?? []).filter(([name]) => find(parameters, name) === undefined)
    let left = all
    for (const [name, value] of [...presets, ...parameters])
      if (left.length > 0 && isFilter(name)) left = await filter(table, left, name, value)
    const shown = unfiltered ? all : left
    // Of a minimal list only the first field of each record is ever printed.
    const isMinimal = find(parameters, 'minimal') === 'true'
    const fields = selected(table, find(parameters, 'params')).slice(0, isMinimal ? 1 : undefined)
    await prepare(
      fields.filter(field => !field.expensive),
      shown,
    )
    return recordsOf(fields, shown, context)
  })
}

/** The records of a list: what each subject shows of the fields, as data too where they are wanted. */
export async function recordsOf(
  fields: readonly Field[],
  subjects: readonly Subject[],
  { asData }: Context,
): Promise<Output> {
  const records = asData
    ? await inTurn(subjects, async subject => (await import('./data.ts')).dataLines(fields, subject, true))
    : await inTurn(subjects, subject => lines(fields, subject, true))
  return { kind: 'records', records, fields: fields.map(field => field.name) }
}

/** Every object of a class, in the order of the host. */
export async function allSubjects(session: Session, table: RecordTable): Promise<readonly Subject[]> {
  if (table.subjects) return table.subjects(session)
  const records = struct(await session.call(`${table.class}.get_all_records_where`, 'true'))
  const others = new Others(session)
  return Array.from(records, ([ref, record]) => ({ session, ref, record: struct(record), others }))
}

function isFilter(name: string): boolean {
  return name !== 'params' && !isGeneral(name) && !name.startsWith('database:')
}

/** Names that are no fields are dropped without a word, and so are hidden fields. */
function selected(table: RecordTable, params: string | undefined): readonly Field[] {
  const asked = params?.split(',')
  return table.fields.filter(
    field => !field.hidden && (asked === undefined ? field.listed : params === 'all' || asked.includes(field.name)),
  )
}

/** One after the other: the first failure is then always the same one. */
async function inTurn<T, U>(items: readonly T[], work: (item: T) => U | Promise<U>): Promise<readonly U[]> {
  const results: U[] = []
  for (const item of items) {
    const result = work(item)
    results.push(result instanceof Promise ? await result : result)
  }
  return results
}
