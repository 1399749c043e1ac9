import { byUuid } from '../calls.ts'
import { type Command, type Context, nothing, type Output, type Session } from '../command.ts'
import { CommandError } from '../errors.ts'
import { type Parameters, required } from '../parameters.ts'
import type { Field, MapField, RecordTable, Subject } from './field.ts'
import { choicesOf } from './list.ts'
import { subjectOf } from './object.ts'
import { isGeneral, target } from './target.ts'
import { entriesOf } from './view.ts'

/** `X-param-set`, for classes with something to set (docs/spec/xe-cli-semantics.md 3.10, 4.3). */
export function paramSetCommands(table: RecordTable): readonly Command[] {
  const settable = table.fields.filter(field => field.set && !field.hidden).map(field => field.name)
  const keyed = table.fields.filter(field => field.kind === 'map' && hasKeys(field)).map(field => `${field.name}:`)
  if (settable.length + keyed.length === 0) return []
  const example = keyed[0] ? `${keyed[0]}KEY=VALUE` : `${settable[0]}=VALUE`
  return [
    {
      name: `${table.name}-param-set`,
      required: ['uuid'],
      optional: [...settable, ...keyed],
      choices: choicesOf(table),
      description: `Change fields of one ${table.nouns[0]}, in the order given.`,
      prints: 'Nothing. A failure stops there; what was set before it stays set.',
      examples: [`${table.name}-param-set uuid=UUID ${example}`],
      run: (context, parameters) => paramSet(table, context, parameters),
    },
  ]
}

function hasKeys(field: MapField): boolean {
  return field.change !== undefined || field.put !== undefined
}

async function paramSet(table: RecordTable, { session }: Context, parameters: Parameters): Promise<Output> {
  const ref = await byUuid(session, table.class, required(parameters, 'uuid'))
  // Whether a key is there is judged by what the object held before the command changed anything, as in xe.
  let before: Promise<Subject> | undefined
  const object: Editing = {
    table,
    session,
    call: (method, ...values) => session.call(`${table.class}.${method}`, ref, ...values),
    before: () => (before ??= subjectOf(session, table, ref)),
  }
  for (const [name, value] of parameters) if (name !== 'uuid' && !isGeneral(name)) await set(object, name, value)
  return nothing
}

/** One object while its fields are being set. */
interface Editing {
  readonly table: RecordTable
  readonly session: Session
  readonly call: Session['call']
  readonly before: () => Promise<Subject>
}

async function set(object: Editing, name: string, value: string): Promise<void> {
  const about = target(object.table, name)
  const { field } = about
  if (about.kind === 'whole') await setWhole(object, field, value)
  else if (about.kind === 'key') await setKey(object, about.field, about.key, value)
  else if (about.kind === 'part') throw new CommandError(`${field.name} has no keys, so that none can be set`)
  else throw new CommandError(`${field.name} is a set: ${object.table.name}-param-add and -param-remove change it`)
}

async function setWhole({ session, call }: Editing, field: Field, value: string): Promise<void> {
  if (field.set) await call(field.set.method, await field.set.reads(value, field.name, session))
  else if (field.kind === 'map' && field.change)
    throw new CommandError(`${field.name} is set key by key: write ${field.name}:KEY=VALUE`)
  else throw new CommandError(`${field.name} cannot be set`)
}

async function setKey({ call, before }: Editing, field: MapField, key: string, value: string): Promise<void> {
  if (field.put) {
    await call(field.put, key, value)
  } else if (field.change) {
    const entries = await entriesOf(field, await before())
    if (entries?.some(([name]) => name === key)) await call(field.change.remove, key)
    await call(field.change.add, key, value)
  } else {
    throw new CommandError(`the keys of ${field.name} cannot be set`)
  }
}
