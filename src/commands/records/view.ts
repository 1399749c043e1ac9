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

/**
 * What a field shows. Undefined where the host does not know the field or the message behind it: xe of that host would not
 * have it either.
 */
export async function display(field: Field, subject: Subject): Promise<string | undefined> {
  try {
    if (field.kind === 'set') return (await membersOf(field, subject))?.join(field.separator)
    if (field.kind === 'map') {
      const entries = await entriesOf(field, subject)
      return entries && entriesText(entries)
    }
    return await read(field.source, subject)
  } catch (error) {
    if (!(error instanceof XapiError)) throw error
    if (error.code === 'HANDLE_INVALID') return '<invalid reference>'
    if (error.code === 'MESSAGE_METHOD_UNKNOWN' && field.source.from === undefined) return undefined
    throw error
  }
}

export async function membersOf(field: SetField, subject: Subject): Promise<readonly string[] | undefined> {
  return read(field.source, subject)
}

export async function entriesOf(field: MapField, subject: Subject): Promise<Entries | undefined> {
  return read(field.source, subject)
}

/** Labels and values of the fields that the host knows. An expensive one is only named where `cheaply` is asked for. */
export async function lines(fields: readonly Field[], subject: Subject, cheaply: boolean): Promise<readonly Line[]> {
  const shown: Line[] = []
  for (const field of fields) {
    const value = cheaply && field.expensive ? '<expensive field>' : await display(field, subject)
    if (value !== undefined) shown.push([label(field), value])
  }
  return shown
}

function read<T>(source: Source<T>, subject: Subject): T | Promise<T> | undefined {
  return source.from !== undefined && !subject.record.has(source.from) ? undefined : source.read(subject)
}
