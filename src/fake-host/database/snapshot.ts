import { datamodel } from '../../datamodel/index.ts'
import { type Json, JsonError, readJson } from '../../xapi/wire/json.ts'
import { FakeHostError } from '../error.ts'
import { countDangling } from './dangling.ts'
import type { Stored } from './database.ts'
import { checkFields, type Fields } from './fields.ts'
import { Findings, type SnapshotOptions } from './findings.ts'

export const FORMAT = 'xe-tunnel-snapshot/1'

/** A saved pool that was read and found good. */
export interface Snapshot {
  /** Where the pool's randomness goes on; undefined where the file does not say. */
  readonly seed: number | undefined
  /** class -> reference -> the fields that the file gives. */
  readonly objects: ReadonlyMap<Stored, ReadonlyMap<string, Fields>>
  /** One line each. */
  readonly warnings: readonly string[]
}

/**
 * Reads a snapshot: `{"format": "xe-tunnel-snapshot/1", "seed", "objects": {class: {reference: record}}}` with records as in
 * JSON-RPC. References to objects that are not there stay, as in a real database. Throws FakeHostError.
 */
export async function readSnapshot(text: string, options: SnapshotOptions): Promise<Snapshot> {
  const { seed, objects } = await readEnvelope(text, options.name)
  return { seed, ...checkObjects(objects, new Findings(options), options.name) }
}

/**
 * The objects of a saved pool, class -> reference -> record, if they are good, and what is odd about them. Throws FakeHostError.
 * @param name how messages call it
 */
export function checkObjects(
  given: ReadonlyMap<string, Json>,
  findings: Findings,
  name: string,
): Pick<Snapshot, 'objects' | 'warnings'> {
  const objects = new Map<Stored, ReadonlyMap<string, Fields>>()
  for (const [cls, records] of given) {
    const known = datamodel().classes.get(cls)
    const where = `class ${cls}`
    if (!(records instanceof Map)) findings.refuse(where, 'an object of references and records is needed')
    else if (!known?.inDatabase) findings.drop(where, 'this release has no such objects', where, records.size)
    else if (!known.persistent) findings.leave(`${cls} objects, which do not outlive a restart`, records.size)
    else objects.set(cls as Stored, checkRecords(cls as Stored, records, findings)) // it is in the database
  }
  refuseSharedUuids(objects, findings)
  const dangling = countDangling(objects)
  const warnings = findings.warnings()
  if (dangling > 0) warnings.push(`${name}: references to objects that are not there (${dangling})`)
  return { objects, warnings }
}

function checkRecords(cls: Stored, records: ReadonlyMap<string, Json>, findings: Findings): Map<string, Fields> {
  const checked = new Map<string, Fields>()
  for (const [ref, record] of records) checked.set(ref, checkFields(cls, ref, record, findings))
  return checked
}

function refuseSharedUuids(objects: Snapshot['objects'], findings: Findings): void {
  const owners = new Map<string, string>()
  for (const [cls, records] of objects) {
    for (const [ref, { uuid }] of records) {
      if (typeof uuid !== 'string') continue
      const other = owners.get(uuid)
      if (other !== undefined) findings.refuse(`${cls} ${ref}`, `its uuid ${uuid} is also that of ${other}`)
      owners.set(uuid, `${cls} ${ref}`)
    }
  }
}

async function readEnvelope(
  text: string,
  name: string,
): Promise<{ seed: number | undefined; objects: ReadonlyMap<string, Json> }> {
  const json = parse(text.replace(/^\uFEFF/, ''), name)
  if (!(json instanceof Map) || typeof json.get('format') !== 'string') {
    throw new FakeHostError(`${name}: this is JSON, but no snapshot of a pool (it has no "format")`)
  }
  const format = json.get('format')
  if (format !== FORMAT) {
    const newer = /^xe-tunnel-snapshot\/\d+$/.test(String(format))
    throw new FakeHostError(
      newer
        ? `${name}: format ${format} is not known here (only ${FORMAT}); a newer release wrote it`
        : `${name}: the format is ${JSON.stringify(format)}, not ${FORMAT}`,
    )
  }
  const { envelope } = await import('./envelope.ts')
  return envelope(json, name)
}

function parse(text: string, name: string): Json {
  try {
    return readJson(text)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    const what = error.truncated ? 'the file is truncated' : 'this is not JSON'
    throw new FakeHostError(`${name}: ${what} (${error.message})`)
  }
}
