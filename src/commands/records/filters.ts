import { XapiError } from '../../xapi/index.ts'
import { CommandError } from '../errors.ts'
import type { Field, RecordTable, Subject } from './field.ts'
import { type Target, target, unknownField } from './target.ts'
import { display, entriesOf, membersOf, prepare } from './view.ts'

/** The subjects that `name=value` lets through. Throws CommandError where it names nothing to compare. */
export async function filter(
  table: RecordTable,
  subjects: readonly Subject[],
  name: string,
  value: string,
): Promise<readonly Subject[]> {
  const about = target(table, name)
  const matches = test(about, value)
  await prepare([about.field], subjects)
  const kept: Subject[] = []
  for (const subject of subjects) {
    const match = await matches(subject)
    if (match === undefined) throw unknownField(name)
    if (match) kept.push(subject)
  }
  return kept
}

/** Undefined where the host does not know the field. */
type Test = (subject: Subject) => Promise<boolean | undefined>

function test(about: Target, value: string): Test {
  if (about.kind === 'whole') return equals(about.field, value)
  const { field } = about
  if (about.kind === 'part') throw new CommandError(`${field.name} has no keys or members to compare`)
  if (about.kind === 'key')
    return tolerant(async subject =>
      (await entriesOf(about.field, subject))?.some(([key, shown]) => key === about.key && shown === value),
    )
  if (about.key !== 'contains') throw new CommandError(`write ${field.name}:contains=VALUE to compare with its members`)
  return tolerant(async subject => (await membersOf(about.field, subject))?.includes(value))
}

function equals(field: Field, value: string): Test {
  const folded = (text: string): string => (field.ignoresCase ? text.toLowerCase() : text)
  return async subject => {
    const shown = await display(field, subject)
    return shown === undefined ? undefined : folded(shown) === folded(value)
  }
}

/** Parts of a value that cannot be read match nothing; a whole value that cannot be read ends the command. */
function tolerant(matches: Test): Test {
  return async subject => {
    try {
      return await matches(subject)
    } catch (error) {
      if (error instanceof XapiError) return false
      throw error
    }
  }
}
