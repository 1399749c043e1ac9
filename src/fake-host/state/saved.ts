import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { type Database, loadObjects, readSnapshot } from '../database/index.ts'
import { FakeHostError } from '../error.ts'
import { decode, readIfThere } from './files.ts'
import { type Replay, readJournal, replayChanges } from './journal.ts'

/** A kept pool as it is on disk: a snapshot, and a journal of what changed since. */
export interface SavedState {
  /** Where the pool's randomness goes on; undefined where nothing says. */
  readonly seed: number | undefined
  readonly warnings: readonly string[]
  /** Of the snapshot. */
  readonly checksum: string
  /** How long the whole lines of the journal are, in bytes; undefined where there is no journal. */
  readonly journalEnd: number | undefined
  /** Whether the journal adds anything to the snapshot. */
  readonly hasChanges: boolean
  /** Puts the pool's objects into an empty database. */
  fill(db: Database): void
  /** Whether it is still what is on disk. */
  isCurrent(): Promise<boolean>
}

export const journalOf = (path: string): string => `${path}.journal`
export const checksumOf = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')

/** Reads a kept pool, also while another process changes it. Undefined where there is none. Throws FakeHostError. */
export async function readState(
  path: string,
  options: { readonly lenient?: boolean | undefined } = {},
): Promise<SavedState | undefined> {
  for (;;) {
    const version = await versionOf(path)
    const snapshot = await readIfThere(path)
    const journal = await readIfThere(journalOf(path))
    // A snapshot that was replaced meanwhile has taken in what was in the journal.
    if (version === (await versionOf(path))) return assemble(path, version, { snapshot, journal }, options)
  }
}

async function assemble(
  path: string,
  version: string,
  files: { snapshot: Buffer | undefined; journal: Buffer | undefined },
  { lenient }: { readonly lenient?: boolean | undefined },
): Promise<SavedState | undefined> {
  const { snapshot: bytes, journal } = files
  if (bytes === undefined) {
    if (journal === undefined || journal.length === 0) return undefined
    throw new FakeHostError(`${path}: no such file, but there is ${journalOf(path)}; remove that too to begin anew`)
  }
  const snapshot = await readSnapshot(decode(bytes, path), { name: path, lenient })
  const checksum = checksumOf(bytes)
  const replay: Replay = journal ? readJournal(journal, checksum, journalOf(path)) : { batches: [], end: 0 }
  return {
    seed: replay.batches.at(-1)?.seed ?? snapshot.seed,
    warnings: snapshot.warnings,
    checksum,
    journalEnd: journal && replay.end,
    hasChanges: replay.batches.length > 0,
    fill(db) {
      loadObjects(db, snapshot.objects)
      for (const { changes } of replay.batches) replayChanges(db, changes, journalOf(path))
    },
    isCurrent: async () =>
      version === (await versionOf(path)) && (await sizeOf(journalOf(path))) === (journal?.length ?? 0),
  }
}

/** Differs from one snapshot at a path to the next, which is always another file. */
async function versionOf(path: string): Promise<string> {
  const status = await stat(path, { bigint: true }).catch(() => undefined)
  return status ? `${status.ino} ${status.mtimeNs} ${status.size}` : ''
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0
