import { XapiError } from '../../xapi/index.ts'
import type { Line } from '../command.ts'
import { type Entries, type Field, label, type MapField, type SetField, type Source, type Subject } from './field.ts'
import { entriesText } from './sources.ts'

/** Learns in as few calls as possible what the fields will say of other objects. The subjects share one `others`. */
export async function prepare(fields: readonly Field[], subjects: readonly Subject[]): Promise<void> {
  await subjects[0]?.others.fetch(
    fields.flatMap(({ source: { from, wants } }) =>
      subjects.flatMap(({ record }) => {
        const raw = from === undefined ? undefined : record.get(from)
        return raw === undefined || !wants ? [] : wants(raw)
      }),
    ),
  )
}

/** Something that is there at once, or will be: of ten thousand records most are, and a promise for each takes its time. */
type Soon<T> = T | Promise<T>

const after = <T, U>(value: Soon<T>, next: (value: T) => U): Soon<U> =>
  value instanceof Promise ? value.then(next) : next(value)

/**
 * What a field shows. Undefined where the host does not know the field or the message behind it: xe of that host would not
 * have it either.
 */
export function display(field: Field, subject: Subject): Soon<string | undefined> {
  const instead = (error: unknown): string | undefined => {
    if (!(error instanceof XapiError)) throw error
    if (error.code === 'HANDLE_INVALID') return '<invalid reference>'
    if (error.code === 'MESSAGE_METHOD_UNKNOWN' && field.source.from === undefined) return undefined
    throw error
  }
  try {
    const shown = shownBy(field, subject)
    return shown instanceof Promise ? shown.catch(instead) : shown
  } catch (error) {
    return instead(error)
  }
}

function shownBy(field: Field, subject: Subject): Soon<string | undefined> {
  if (field.kind === 'set') return after(read(field.source, subject), members => members?.join(field.separator))
  if (field.kind === 'map') return after(read(field.source, subject), entries => entries && entriesText(entries))
  return read(field.source, subject)
}

export async function membersOf(field: SetField, subject: Subject): Promise<readonly string[] | undefined> {
  return read(field.source, subject)
}

export async function entriesOf(field: MapField, subject: Subject): Promise<Entries | undefined> {
  return read(field.source, subject)
}

/** Labels and values of the fields that the host knows. An expensive one is only named where `cheaply` is asked for. */
export function lines(fields: readonly Field[], subject: Subject, cheaply: boolean): Soon<readonly Line[]> {
  const shownOf = (field: Field) => (cheaply && field.expensive ? '<expensive field>' : display(field, subject))
  const shown: Line[] = []
  const add = (field: Field, value: string | undefined) => {
    if (value !== undefined) shown.push([label(field), value])
  }
  for (const [i, field] of fields.entries()) {
    const value = shownOf(field)
    if (value instanceof Promise) return rest(field, value, fields.slice(i + 1))
    add(field, value)
  }
  return shown

  async function rest(waiting: Field, value: Promise<string | undefined>, others: readonly Field[]) {
    add(waiting, await value)
    for (const field of others) add(field, await shownOf(field))
    return shown
  }
}

function read<T>(source: Source<T>, subject: Subject): Soon<T | undefined> {
  return source.from !== undefined && !subject.record.has(source.from) ? undefined : source.read(subject)
}
