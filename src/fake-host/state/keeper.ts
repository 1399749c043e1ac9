import { constants } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { type Database, writeSnapshot } from '../database/index.ts'
import { FakeHostError, systemReason } from '../error.ts'
import type { Random } from '../random.ts'
import { syncFolder, writeWhole } from './files.ts'
import { changesLine, changeText, snapshotLine } from './journal.ts'
import { checksumOf, journalOf, type SavedState } from './saved.ts'

/** What of a pool is kept. */
interface Kept {
  readonly db: Database
  readonly random: Random
}

/** A journal is folded into the snapshot when it is longer than this, and longer than the snapshot. */
const LONG_JOURNAL = 2 ** 20

/**
 * Keeps a pool in a file: each change goes into the journal beside it, and changes that come while a write is under way go
 * together in the next. Whoever has one holds the file's lock.
 */
export class Keeper {
  readonly #path: string
  readonly #kept: Kept
  readonly #stopListening: () => void
  /** Changes that no write has taken yet. */
  #pending: string[] = []
  /** The last write that was begun or is to begin; it takes all changes so far. */
  #last: Promise<void> = Promise.resolve()
  #scheduled = false
  #journal: FileHandle | undefined
  /** Length of the journal's whole lines. */
  #end: number
  /** Whether there may be more than that in it. */
  #torn: boolean
  #checksum: string
  #limit = LONG_JOURNAL

  private constructor(path: string, kept: Kept, saved: SavedState | undefined) {
    this.#path = path
    this.#kept = kept
    this.#checksum = saved?.checksum ?? ''
    this.#end = saved?.journalEnd ?? 0
    this.#torn = saved?.journalEnd !== undefined
    this.#stopListening = kept.db.onChange(change => {
      const text = changeText(kept.db, change)
      if (text !== undefined) this.#pending.push(text)
    })
  }

  /**
   * Begins to keep a pool.
   * @param saved what the pool was made from; undefined for a new one, which is written now
   */
  static async start(path: string, kept: Kept, saved: SavedState | undefined): Promise<Keeper> {
    const keeper = new Keeper(path, kept, saved)
    try {
      if (saved?.journalEnd !== undefined) await keeper.#openJournal()
      if (!saved || saved.hasChanges) await keeper.#compact()
      return keeper
    } catch (error) {
      keeper.#stopListening()
      await keeper.#journal?.close()
      throw error
    }
  }

  /** Fulfilled when all changes so far are on disk. Throws FakeHostError where they cannot be written; later calls try again. */
  settled(): Promise<void> {
    if (this.#pending.length > 0 && !this.#scheduled) {
      this.#scheduled = true
      this.#last = this.#appendAfter(this.#last)
      this.#last.catch(() => {}) // told to those who wait for it
    }
    return this.#last
  }

  /** Writes what is left and folds the journal into the snapshot. */
  async close(): Promise<void> {
    this.#stopListening()
    try {
      await this.settled()
      if (this.#journal) {
        if (this.#end > 0) await this.#compact()
        await rm(journalOf(this.#path), { force: true })
      }
    } finally {
      await this.#journal?.close()
      this.#journal = undefined
    }
  }

  async #appendAfter(previous: Promise<void>): Promise<void> {
    await previous.catch(() => {}) // its changes are pending again
    this.#scheduled = false
    await this.#append()
    if (this.#end <= this.#limit) return
    try {
      await this.#compact()
    } catch {
      this.#limit = 2 * this.#end
      await this.#append()
    }
  }

  async #append(): Promise<void> {
    const changes = this.#pending
    if (changes.length === 0) return
    this.#pending = []
    try {
      const header = this.#end === 0 ? snapshotLine(this.#checksum) : ''
      await this.#write(header + changesLine(this.#kept.random.seed, changes))
    } catch (error) {
      this.#pending = [...changes, ...this.#pending]
      throw new FakeHostError(`${journalOf(this.#path)}: ${systemReason(error)}`)
    }
  }

  async #openJournal(): Promise<FileHandle> {
    const path = journalOf(this.#path)
    this.#journal = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    await syncFolder(path)
    return this.#journal
  }

  async #write(text: string): Promise<void> {
    const journal = this.#journal ?? (await this.#openJournal())
    const bytes = Buffer.from(text)
    if (this.#torn) await journal.truncate(this.#end)
    this.#torn = true
    for (let done = 0; done < bytes.length; ) {
      done += (await journal.write(bytes, done, bytes.length - done, this.#end + done)).bytesWritten
    }
    await journal.datasync()
    this.#torn = false
    this.#end += bytes.length
  }

  /**
   * Writes the pool as it is now as the new snapshot. Before that the journal says so, so that at every moment it fits the
   * snapshot that is there.
   */
  async #compact(): Promise<void> {
    const covered = this.#pending
    this.#pending = []
    const text = writeSnapshot(this.#kept.db, this.#kept.random.seed)
    const checksum = checksumOf(text)
    try {
      if (this.#journal && this.#end > 0) await this.#write(snapshotLine(checksum))
      await writeWhole(this.#path, text, `${this.#path}.tmp`)
    } catch (error) {
      this.#pending = [...covered, ...this.#pending]
      throw error
    }
    this.#checksum = checksum
    this.#limit = Math.max(LONG_JOURNAL, text.length)
    if (this.#journal) await this.#empty(this.#journal)
  }

  async #empty(journal: FileHandle): Promise<void> {
    this.#torn = true
    await journal.truncate(0)
    this.#end = 0
    this.#torn = false
  }
}
