import { XapiError } from '../../xapi/index.ts'
import { type Command, nothing, type Session } from '../command.ts'
import { CommandError } from '../errors.ts'
import { find, type Parameters, required } from '../parameters.ts'
import type { Field, RecordTable } from './field.ts'
import { named, subjectOf } from './object.ts'
import { isGeneral } from './target.ts'
import { entriesOf, membersOf, prepare } from './view.ts'

/** `X-param-add`, `X-param-remove` and `X-param-clear`, where the class has fields for them (docs/spec/xe-cli-semantics.md 4.3). */
export function paramChangeCommands(table: RecordTable): readonly Command[] {
  const [one] = table.nouns
  const fields = table.fields.filter(field => !field.hidden)
  const changing = fields.filter(field => field.kind !== 'plain' && field.change).map(field => field.name)
  const emptied = fields.filter(field => (field.kind === 'plain' ? field.set : field.change)).map(field => field.name)
  const addable = fields.find(field => field.kind !== 'plain' && field.change)?.name
  const clearable = fields.find(field => field.kind !== 'plain' || field.set)?.name
  const command = (verb: string, work: Work, rest: Omit<Command, 'name' | 'prints' | 'run'>): Command => ({
    name: `${table.name}-param-${verb}`,
    prints: 'Nothing.',
    ...rest,
    async run({ session }, parameters) {
      const [ref, field] = await named(session, table, parameters)
      await work(new Place(session, table, ref, field), parameters)
      return nothing
    },
  })
  const adding = command('add', add, {
    required: ['uuid', 'param-name'],
    optional: ['param-key'],
    choices: { 'param-name': changing },
    description: `Add keys to a map of one ${one} (KEY=VALUE ...), or a member to a set (param-key=MEMBER).`,
    examples: [`${table.name}-param-add uuid=UUID param-name=${addable} KEY=VALUE`],
  })
  const removing = command('remove', remove, {
    required: ['uuid', 'param-name', 'param-key'],
    optional: [],
    choices: { 'param-name': changing },
    description: `Remove a key from a map of one ${one}, or a member from a set.`,
    examples: [`${table.name}-param-remove uuid=UUID param-name=${addable} param-key=KEY`],
  })
  const clearing = command('clear', clear, {
    required: ['uuid', 'param-name'],
    optional: [],
    choices: { 'param-name': emptied },
    description: `Empty a field of one ${one}: all keys of a map, all members of a set, or a text.`,
    examples: [`${table.name}-param-clear uuid=UUID param-name=${addable ?? clearable}`],
  })
  return [...(addable ? [adding, removing] : []), ...(clearable ? [clearing] : [])]
}

type Work = (place: Place, parameters: Parameters) => Promise<void>

/** One field of one object that is being changed. */
class Place {
  readonly session: Session
  readonly field: Field
  readonly #table: RecordTable
  readonly #ref: string

  constructor(session: Session, table: RecordTable, ref: string, field: Field) {
    this.session = session
    this.field = field
    this.#table = table
    this.#ref = ref
  }

  readonly call: Session['call'] = (method, ...values) =>
    this.session.call(`${this.#table.class}.${method}`, this.#ref, ...values)

  /** The keys of a map, or the members of a set, as they are shown. */
  async parts(): Promise<readonly string[]> {
    const { field } = this
    if (field.kind === 'plain') return []
    const subject = await subjectOf(this.session, this.#table, this.#ref)
    await prepare([field], [subject])
    if (field.kind === 'set') return (await membersOf(field, subject)) ?? []
    return ((await entriesOf(field, subject)) ?? []).map(([key]) => key)
  }

  async removeParts(parts: readonly string[]): Promise<void> {
    const { field, session } = this
    if (field.kind === 'set' && field.change)
      for (const part of parts)
        await this.call(field.change.remove, await field.change.reads(part, field.name, session))
    if (field.kind === 'map' && field.change) for (const part of parts) await this.call(field.change.remove, part)
  }
}

/** docs/spec/xe-cli-semantics.md 3.11. */
async function add({ session, field, call }: Place, parameters: Parameters): Promise<void> {
  if (field.kind === 'set' && field.change) {
    const member = find(parameters, 'param-key')
    if (member === undefined) throw new CommandError(`name the member to add to ${field.name} with param-key=`)
    await call(field.change.add, await field.change.reads(member, field.name, session))
  } else if (field.kind === 'map' && field.change) {
    for (const [name, value] of parameters) if (isKey(name)) await call(field.change.add, name, value)
  } else {
    throw new CommandError(`nothing can be added to ${field.name}`)
  }
}

function isKey(name: string): boolean {
  return name !== 'uuid' && name !== 'param-name' && name !== 'param-key' && !isGeneral(name)
}

/** docs/spec/xe-cli-semantics.md 3.12. */
async function remove(place: Place, parameters: Parameters): Promise<void> {
  const { field } = place
  if (field.kind === 'plain' || !field.change) throw new CommandError(`nothing can be removed from ${field.name}`)
  const part = required(parameters, 'param-key')
  if (!(await place.parts()).includes(part))
    throw new CommandError(`${field.name} has no ${field.kind === 'map' ? 'key' : 'member'} '${part}'`)
  await place.removeParts([part])
}

/** docs/spec/xe-cli-semantics.md 3.13. */
async function clear(place: Place): Promise<void> {
  const { field, session, call } = place
  if (field.kind !== 'plain' && field.change) return place.removeParts(await place.parts())
  if (!field.set) throw new CommandError(`${field.name} cannot be cleared`)
  try {
    await call(field.set.method, await field.set.reads('', field.name, session))
  } catch (error) {
    // Whatever goes wrong here, on this side or on the host's, xe says one thing only.
    if (!(error instanceof XapiError || error instanceof CommandError)) throw error
    throw new CommandError(`${field.name} cannot be made empty`)
  }
}
