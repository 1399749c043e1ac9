import {
  type MemoryAnswer,
  memoryTransport,
  type Transport,
  TransportError,
  type Value,
} from '../../../src/xapi/index.ts'

interface Row {
  readonly record: ReadonlyMap<string, Value>
  readonly created: number
  modified: number
}

interface Table {
  readonly rows: Map<string, Row>
  deletions: { readonly ref: string; readonly created: number; readonly deleted: number }[]
}

/** What becomes of one call: it does not arrive, its answer does not arrive, it arrives as something else, it fails. */
export type Fault = 'unsent' | 'lost' | 'garbage' | readonly string[]

/** A host that has objects and events of them, as docs/spec/protocol-semantics.md 5.2 has it, and no other behaviour. */
export class EventSource {
  readonly transport: Transport
  readonly calls: [method: string, ...parameters: unknown[]][] = []
  readonly sessions: Set<unknown> = new Set()
  /** Each is used up by one call of event.from. */
  readonly faults: Fault[] = []
  password: string = 'pw'
  /** Told each call before it is answered. */
  onCall: (method: string) => void = () => {}
  /** How many more objects of each class it counts than it has. */
  miscount: number = 0
  generation: number = 100
  readonly #tables = new Map<string, Table>()
  /** Calls that wait for a change. */
  readonly #waiting = new Set<(error?: Error) => void>()
  /** Counts how often the connections of all were lost. */
  #losses = 0

  constructor(...classes: string[]) {
    for (const name of classes) this.#tables.set(name, { rows: new Map(), deletions: [] })
    this.transport = memoryTransport(async (method, parameters, { signal }) => {
      this.calls.push([method, ...parameters])
      this.onCall(method)
      if (method === 'session.login_with_password') return this.#login(parameters[1])
      if (!this.sessions.has(parameters[0])) return failed('SESSION_INVALID', String(parameters[0]))
      if (method === 'session.logout') this.forget(parameters[0])
      if (method !== 'event.from') return { ok: true, value: '' }
      const [session, classNames, token, seconds] = parameters as [string, string[], string, string] // as the watch sends them
      const fault = this.faults.shift()
      if (fault === 'unsent') throw closed()
      if (typeof fault === 'object') return failed(...fault)
      const answer = await this.#from(session, classNames, token, Number(seconds), signal)
      if (fault === 'lost') throw closed()
      return fault === 'garbage' ? { ok: true, value: 'nonsense' } : answer
    })
  }

  /** How many calls wait for a change. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** The calls of event.from, by token and time-out. */
  get asked(): [token: unknown, seconds: unknown][] {
    return this.calls.filter(([method]) => method === 'event.from').map(([, , , token, seconds]) => [token, seconds])
  }

  /** All records, by class and reference. */
  contents(): Record<string, Record<string, unknown>> {
    return Object.fromEntries(
      Array.from(this.#tables, ([name, { rows }]) => [
        name,
        Object.fromEntries(Array.from(rows, ([ref, { record }]) => [ref, Object.fromEntries(record)])),
      ]),
    )
  }

  /** Creates an object or writes all its fields. */
  put(className: string, ref: string, fields: Record<string, Value>): void {
    const { rows } = this.#table(className)
    const generation = ++this.generation
    const created = rows.get(ref)?.created ?? generation
    rows.set(ref, { record: new Map(Object.entries(fields)), created, modified: generation })
    this.#wake()
  }

  /** Counts an object as modified, as event.inject does. */
  touch(className: string, ref: string): void {
    const row = this.#table(className).rows.get(ref)
    if (row) row.modified = ++this.generation
    this.#wake()
  }

  remove(className: string, ref: string): void {
    const { rows, deletions } = this.#table(className)
    const row = rows.get(ref)
    if (!row) return
    rows.delete(ref)
    deletions.push({ ref, created: row.created, deleted: ++this.generation })
    this.#wake()
  }

  /** Forgets what has been deleted, as a host does after some hundred deletions. */
  forgetDeletions(): void {
    for (const table of this.#tables.values()) table.deletions = []
  }

  /** Ends the calls that wait. */
  disconnect(): void {
    this.#losses += 1
    this.#wake()
  }

  /** Goes back in time, and loses connections and, as real hosts do, sessions. */
  restart({ keepSessions = false }: { keepSessions?: boolean } = {}): void {
    this.generation = 0
    for (const table of this.#tables.values()) {
      table.deletions = []
      for (const [ref, { record }] of table.rows) {
        const generation = ++this.generation
        table.rows.set(ref, { record, created: generation, modified: generation })
      }
    }
    if (!keepSessions) this.sessions.clear()
    this.disconnect()
  }

  #login(password: unknown): MemoryAnswer {
    if (password !== this.password) return failed('SESSION_AUTHENTICATION_FAILED', 'root', 'no')
    const ref = `OpaqueRef:session-${this.calls.length}`
    this.sessions.add(ref)
    return { ok: true, value: ref }
  }

  /** Logs a session out, as the host itself may do, which its waiting calls hear of. */
  forget(session: unknown): void {
    this.sessions.delete(session)
    this.#wake()
  }

  async #from(
    session: string,
    classes: readonly string[],
    token: string,
    seconds: number,
    signal: AbortSignal | undefined,
  ): Promise<MemoryAnswer> {
    const since = Number(token.split(',')[0])
    const losses = this.#losses
    let isLate = seconds === 0
    let wake: (error?: Error) => void = () => {}
    const timer = setTimeout(() => {
      isLate = true
      wake()
    }, seconds * 1000)
    const abandon = () => wake(closed())
    signal?.addEventListener('abort', abandon)
    try {
      for (;;) {
        if (losses !== this.#losses) throw closed()
        if (!this.sessions.has(session)) return failed('SESSION_INVALID', session)
        const batch = this.#batch(classes, since, token)
        if (isLate || batch.found) return { ok: true, value: batch.value }
        await new Promise<void>((resolve, reject) => {
          wake = error => {
            this.#waiting.delete(wake)
            if (error) reject(error)
            else resolve()
          }
          this.#waiting.add(wake)
        })
      }
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abandon)
    }
  }

  #batch(classes: readonly string[], since: number, token: string): { found: boolean; value: Value } {
    const found: { operation: string; class: string; ref: string; generation: number; snapshot?: Value }[] = []
    for (const name of classes) {
      const { rows, deletions } = this.#table(name)
      for (const [ref, { record, created, modified }] of rows) {
        const operation = created > since ? 'add' : 'mod'
        if (modified > since) found.push({ operation, class: name, ref, generation: modified, snapshot: record })
      }
      for (const { ref, created, deleted } of deletions) {
        if (deleted > since && created <= since) found.push({ operation: 'del', class: name, ref, generation: deleted })
      }
    }
    const order = ['add', 'mod', 'del']
    found.sort((a, b) => order.indexOf(a.operation) - order.indexOf(b.operation))
    const latest = Math.max(since, ...found.map(event => event.generation))
    const events = found.map(({ generation, ...event }) => {
      return new Map<string, Value>([
        ['id', String(generation)],
        ['timestamp', '0.0'],
        ...Object.entries({ ...event, class: event.class.toLowerCase() }),
      ])
    })
    const counts = Array.from(this.#tables, ([name, { rows }]): [string, number] => [
      name.toLowerCase(),
      rows.size + this.miscount,
    ])
    return {
      found: events.length > 0,
      value: new Map<string, Value>([
        ['events', events],
        ['valid_ref_counts', new Map(counts)],
        ['token', found.length > 0 || token === '' ? printed(latest) : token],
      ]),
    }
  }

  #table(name: string): Table {
    const table = this.#tables.get(name)
    if (!table) throw new Error(`no table ${name}`)
    return table
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}

const printed = (generation: number): string => `${String(generation).padStart(20, '0')},${'0'.repeat(20)}`
const failed = (...error: string[]): MemoryAnswer => ({ ok: false, error })
const closed = (): TransportError => new TransportError('closed', 'the host closed the connection')
