import { datamodel } from '../../datamodel/index.ts'
import { type Json, JsonError, readJson } from '../../xapi/wire/json.ts'
import { jsonForm } from '../../xapi/wire/json-form.ts'
import {
  type Change,
  checkFields,
  createObject,
  type Database,
  Findings,
  recordText,
  type Stored,
} from '../database/index.ts'
import { FakeHostError } from '../error.ts'

/**
 * A journal is a text of lines. `{"snapshot":"<sha256>"}` says: here the pool was what the snapshot with this checksum holds.
 * `{"seed":N,"changes":[...]}` is what happened next, all of it or nothing.
 */
export const snapshotLine = (checksum: string): string => `{"snapshot":"${checksum}"}\n`
export const changesLine = (seed: number, changes: readonly string[]): string =>
  `{"seed":${seed},"changes":[${changes.join()}]}\n`

/** A change as the journal keeps it; undefined where it is none of what a restart leaves. */
export function changeText(db: Database, change: Change): string | undefined {
  const { class: cls, ref } = change
  const model = datamodel().classes.get(cls)
  if (!model?.persistent || change.kind === 'touch') return undefined
  const object = `${JSON.stringify(cls)},${JSON.stringify(ref)}`
  if (change.kind === 'destroy') return `["destroy",${object}]`
  if (change.kind === 'create') return `["create",${object},${recordText(db, cls, ref)}]`
  const field = model.fields.find(({ name }) => name === change.field)
  if (!field) throw new Error(`${cls} has no field ${change.field}`)
  const value = jsonForm(field.type, db.row(cls, ref).values[field.name] ?? '') // every field is stored
  return `["write",${object},${JSON.stringify(field.name)},${value}]`
}

/** What a journal adds to the snapshot that it belongs to. */
export interface Replay {
  readonly batches: readonly { readonly seed: number; readonly changes: readonly Json[] }[]
  /** Where the next line goes, in bytes: after the last whole one. */
  readonly end: number
}

/**
 * The batches after the last mention of a snapshot. A last line that is not whole was never acknowledged and is left out.
 * Throws FakeHostError where the journal does not belong to the snapshot or is damaged further up.
 */
export function readJournal(bytes: Buffer, checksum: string, path: string): Replay {
  const lines = bytes.toString('utf8').split('\n')
  lines.pop() // what follows the last line end
  const parsed: ReadonlyMap<string, Json>[] = []
  let end = 0
  for (const [i, line] of lines.entries()) {
    const entry = parseLine(line)
    if (entry === undefined) {
      if (i === lines.length - 1) break
      throw new FakeHostError(`${path}: line ${i + 1} is damaged`)
    }
    parsed.push(entry)
    end += Buffer.byteLength(line) + 1
  }
  if (parsed.length === 0) return { batches: [], end: 0 }
  const start = parsed.findLastIndex(entry => entry.get('snapshot') === checksum)
  if (start < 0) {
    throw new FakeHostError(
      `${path}: it holds changes to another version of ${path.replace(/\.journal$/, '')}; remove it to give them up`,
    )
  }
  const batches = parsed.slice(start + 1).filter(entry => entry.has('changes'))
  return {
    batches: batches.map(entry => ({ seed: Number(entry.get('seed')), changes: list(entry.get('changes')) })),
    end,
  }
}

function parseLine(line: string): ReadonlyMap<string, Json> | undefined {
  try {
    const entry = readJson(line)
    return entry instanceof Map && (entry.has('snapshot') || entry.has('changes')) ? entry : undefined
  } catch (error) {
    if (error instanceof JsonError) return undefined
    throw error
  }
}

/** Does what a batch says. Throws FakeHostError where it does not fit the pool. */
export function replayChanges(db: Database, changes: readonly Json[], path: string): void {
  const findings: Findings = new Findings({ name: path })
  for (const change of changes) {
    const [kind, cls, ref, ...rest] = list(change)
    if (typeof cls !== 'string' || typeof ref !== 'string' || !datamodel().classes.get(cls)?.inDatabase) {
      findings.refuse('a change', 'of no known class')
    }
    replay(db, cls as Stored, ref, { kind, rest, findings }) // it is in the database
  }
}

function replay(
  db: Database,
  cls: Stored,
  ref: string,
  { kind, rest, findings }: { kind: Json | undefined; rest: readonly Json[]; findings: Findings },
): void {
  const fits = kind === 'create' ? !db.exists(cls, ref) : db.exists(cls, ref)
  if (!fits) findings.refuse(`${cls} ${ref}`, `a change of kind ${kind} does not fit the snapshot`)
  const [first = null, value = null] = rest
  if (kind === 'create') createObject(db, cls, ref, checkFields(cls, ref, first, findings))
  else if (kind === 'destroy') db.destroy(cls, ref)
  else {
    const written = checkFields(cls, ref, new Map([[String(first), value]]), findings)
    for (const [field, now] of Object.entries(written)) db.write(cls, ref, field, now)
  }
}

const list = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : [])
