import { XapiError } from '../../xapi/index.ts'
import type { Datum, Line } from '../command.ts'
import { parseInteger } from '../integers.ts'
import { type Entries, type Field, label, type Parts, type Shape, type Source, type Subject } from './field.ts'
import { NOT_IN_DATABASE } from './others.ts'
import { entriesText } from './sources.ts'

/** A value as it is shown and as it is. */
interface Shown {
  readonly value: string
  readonly data: Datum
}

/** Like `lines`, with the values as data too. A field that a list does not compute is left out: its value is not known. */
export async function dataLines(
  fields: readonly Field[],
  subject: Subject,
  cheaply: boolean,
): Promise<readonly Line[]> {
  const lines: Line[] = []
  for (const field of fields) {
    const shown = cheaply && field.expensive ? undefined : await shownOf(field, subject)
    if (shown) lines.push([label(field), shown.value, shown.data])
  }
  return lines
}

/** What a field shows, and as data; undefined where the host does not know it (see `display`). */
export async function shownOf(field: Field, subject: Subject): Promise<Shown | undefined> {
  const { from } = field.source
  if (from !== undefined && !subject.record.has(from)) return undefined
  try {
    return await read(field, subject)
  } catch (error) {
    if (!(error instanceof XapiError)) throw error
    if (error.code === 'HANDLE_INVALID') return { value: '<invalid reference>', data: null }
    if (error.code === 'MESSAGE_METHOD_UNKNOWN' && from === undefined) return undefined
    throw error
  }
}

async function read(field: Field, subject: Subject): Promise<Shown> {
  if (field.kind === 'set') return ofSet(field.source, members => members.join(field.separator), subject)
  if (field.kind === 'map') return ofMap(field.source, entriesText, subject)
  const { source } = field
  if (source.parts) return ofParts(source.parts, subject)
  const value = await source.read(subject)
  return { value, data: datum(value, source.shape) }
}

function ofParts(parts: Parts, subject: Subject): Promise<Shown> {
  return parts.kind === 'set' ? ofSet(parts.source, parts.text, subject) : ofMap(parts.source, parts.text, subject)
}

async function ofSet(
  { read, shape }: Source<readonly string[]>,
  text: (members: readonly string[]) => string,
  subject: Subject,
): Promise<Shown> {
  const members = await read(subject)
  return { value: text(members), data: members.map(member => datum(member, shape)) }
}

async function ofMap(
  { read, shape }: Source<Entries>,
  text: (entries: Entries) => string,
  subject: Subject,
): Promise<Shown> {
  const entries = await read(subject)
  return { value: text(entries), data: new Map(entries.map(([key, value]) => [key, datum(value, shape)])) }
}

/** What a text stands for; null for what xe writes where there is no value. */
function datum(text: string, shape: Shape = 'text'): Datum {
  if (shape === 'truth') return text === 'true' ? true : text === 'false' ? false : null
  if (shape === 'whole') return parseInteger(text) ?? null
  if (shape === 'decimal') return Number.isFinite(Number(text)) ? Number(text) : null
  return shape === 'reference' && text === NOT_IN_DATABASE ? null : text
}
