import { createHash } from 'node:crypto'
import { datamodel, type Value } from '../../datamodel/index.ts'
import type { Clock } from '../clock.ts'
import type { Change, Database, Row, Stored } from '../database/index.ts'
import { Failure } from '../dispatch/failure.ts'
import { type Subscription, subscription } from './subscription.ts'

interface Queued {
  readonly id: number
  readonly class: string
  readonly ref: string
  readonly event: ReadonlyMap<string, Value>
  readonly bytes: number
}

interface Listener {
  wanted: Subscription
  /** The first event that it has not had. */
  position: number
}

const MAX_BYTES = 10_000_000

/**
 * The older interface: every change is an event of its own, queued while anybody is registered for it, and lost where the
 * queue grows too long (docs/spec/protocol-semantics.md 5.4).
 */
export class EventQueue {
  #nextId = 0
  #events: Queued[] = []
  #bytes = 0
  readonly #listeners = new Map<string, Listener>()
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
    db.onChange(change => this.#note(change))
  }

  /** The id that the next queued event will have. */
  get nextId(): number {
    return this.#nextId
  }

  register(session: string, entries: readonly string[]): void {
    const listener = this.#listeners.get(session) ?? { wanted: subscription([]), position: this.#nextId }
    listener.wanted = subscription([...listener.wanted.entries, ...entries])
    this.#listeners.set(session, listener)
  }

  unregister(session: string, entries: readonly string[]): void {
    const listener = this.#listeners.get(session)
    if (listener) listener.wanted = subscription(listener.wanted.entries.filter(entry => !entries.includes(entry)))
  }

  /**
   * What a session has not had yet. Throws SESSION_NOT_REGISTERED, and EVENTS_LOST where something of it is gone; what is
   * left is skipped then.
   */
  take(session: string): readonly ReadonlyMap<string, Value>[] {
    const listener = this.#listeners.get(session)
    if (!listener)
      throw new Failure('SESSION_NOT_REGISTERED', `trackid=${createHash('md5').update(session).digest('hex')}`)
    const first = this.#events[0]?.id ?? this.#nextId
    const from = listener.position
    listener.position = this.#nextId
    if (from < first) throw new Failure('EVENTS_LOST')
    return this.#events
      .slice(from - first)
      .filter(queued => listener.wanted.covers(queued.class, queued.ref))
      .map(queued => queued.event)
  }

  /** Tells the listeners that an object changed, without a change in the database. */
  beat(cls: Stored, ref: string): void {
    this.#add(cls, ref, 'mod', this.#db.record(cls, ref))
  }

  #note(change: Change): void {
    if (change.class === 'session' && change.kind === 'destroy') this.#listeners.delete(change.ref)
    if (this.#listeners.size === 0) {
      this.#events = []
      this.#bytes = 0
      return
    }
    const { class: cls, ref } = change
    const row = change.kind === 'destroy' ? change.row : this.#db.row(cls, ref)
    if (change.kind === 'create') {
      this.#add(cls, ref, 'add', this.#db.record(cls, ref))
      this.#farEnds(cls, row)
    } else if (change.kind === 'destroy') {
      this.#add(cls, ref, 'del', this.#db.recordOf(cls, row))
      this.#farEnds(cls, row)
    } else if (change.kind === 'write') {
      this.#farEnd(cls, change.field, change.before)
      this.#add(cls, ref, 'mod', this.#db.record(cls, ref))
      this.#farEnd(cls, change.field, row.values[change.field])
    } else if (change.cause === 'inject') {
      this.#add(cls, ref, 'mod', this.#db.record(cls, ref))
    }
  }

  #farEnds(cls: Stored, row: Row): void {
    for (const { from } of datamodel().relations) {
      if (from.class === cls) this.#farEnd(cls, from.field, row.values[from.field])
    }
  }

  #farEnd(cls: Stored, field: string, target: Value | undefined): void {
    const relation = datamodel().relations.find(({ from }) => from.class === cls && from.field === field)
    if (!relation || typeof target !== 'string') return
    const far = relation.to.class as Stored // relations are between tables
    if (this.#db.exists(far, target)) this.#add(far, target, 'mod', this.#db.record(far, target))
  }

  #isWanted(cls: string, ref: string): boolean {
    for (const listener of this.#listeners.values()) if (listener.wanted.covers(cls, ref)) return true
    return false
  }

  #add(cls: Stored, ref: string, operation: 'add' | 'mod' | 'del', snapshot: ReadonlyMap<string, Value>): void {
    if (!datamodel().classes.get(cls)?.events || !this.#isWanted(cls.toLowerCase(), ref)) return
    const id = this.#nextId++
    const event = new Map<string, Value>([
      ['id', String(id)],
      ['timestamp', `${Math.floor(this.#clock() / 1000)}.`],
      ['class', cls.toLowerCase()],
      ['operation', operation],
      ['ref', ref],
      ['snapshot', snapshot],
    ])
    const bytes = sizeOf(event)
    this.#events.push({ id, class: cls.toLowerCase(), ref, event, bytes })
    this.#bytes += bytes
    let dropped = 0
    while (this.#bytes > MAX_BYTES) this.#bytes -= this.#events[dropped++]?.bytes ?? this.#bytes
    if (dropped > 0) this.#events = this.#events.slice(dropped)
  }
}

/** About the length of a value in JSON. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length + 2
  if (Array.isArray(value)) return value.reduce((sum: number, item: Value) => sum + sizeOf(item) + 1, 2)
  if (value instanceof Map) return [...value].reduce((sum, [key, item]) => sum + key.length + sizeOf(item) + 4, 2)
  return String(value).length
}
