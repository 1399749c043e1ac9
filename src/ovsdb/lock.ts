import { OvsdbError } from './error.ts'

/** A lock that was asked for (RFC 7047 4.1.8). It says who may write, and binds only those who ask. */
export interface Lock {
  readonly name: string
  /** Whether we have it now. */
  readonly held: boolean
  /** Gives it back, or no longer waits for it. Throws OvsdbError. */
  unlock(): Promise<void>
}

interface Entry {
  held: boolean
  readonly onChange: ((held: boolean) => void) | undefined
}

/** The locks of one connection. */
export class Locks {
  readonly #entries = new Map<string, Entry>()

  /** Throws OvsdbError `usage` where this connection has asked for the lock already. */
  add(name: string, onChange: ((held: boolean) => void) | undefined, release: () => Promise<void>): Lock {
    if (this.#entries.has(name)) throw new OvsdbError('usage', `the lock ${name} has been asked for already`)
    const entry: Entry = { held: false, onChange }
    this.#entries.set(name, entry)
    return {
      name,
      get held() {
        return entry.held
      },
      unlock: async () => {
        if (this.#entries.get(name) !== entry) return
        this.#entries.delete(name)
        entry.held = false
        await release()
      },
    }
  }

  /** What the answer told, of which nobody needs to hear. */
  begin(name: string, held: boolean): void {
    const entry = this.#entries.get(name)
    if (entry) entry.held = held
  }

  changed(name: string, held: boolean): void {
    const entry = this.#entries.get(name)
    if (!entry || entry.held === held) return
    entry.held = held
    entry.onChange?.(held)
  }

  remove(name: string): void {
    this.#entries.delete(name)
  }

  /** The connection has ended, and with it every lock. */
  lost(): void {
    for (const name of this.#entries.keys()) this.changed(name, false)
    this.#entries.clear()
  }
}
