import { datamodel, type Value } from '../../datamodel/index.ts'
import type { Database, Stored } from '../database/index.ts'
import type { ChangeLog } from './log.ts'
import type { Subscription } from './subscription.ts'
import { printToken, type Token } from './token.ts'

interface Found {
  readonly class: Stored
  readonly ref: string
  readonly generation: number
}

/** What event.from answers: events and the token to go on from. */
export interface EventBatch {
  readonly events: readonly ReadonlyMap<string, Value>[]
  readonly token: string
}

/** Classes that have events, in datamodel order, each with its place in that order. */
let order: ReadonlyMap<string, number> | undefined
const classesWithEvents = (): ReadonlyMap<string, number> => {
  order ??= new Map([...datamodel().classes.values()].filter(c => c.inDatabase && c.events).map((c, i) => [c.name, i]))
  return order
}

/**
 * The changes that a subscription covers since a token, computed from the database and the token alone: all `add`, then all
 * `mod`, then all `del` (docs/spec/protocol-semantics.md 5.2).
 */
export function eventsSince(db: Database, log: ChangeLog, wanted: Subscription, token: Token): EventBatch {
  const since = Number(token.generation)
  const added: Found[] = []
  const modified: Found[] = []
  for (const candidate of candidates(db, log, wanted, since)) {
    const row = db.table(candidate.class).rows.get(candidate.ref)
    if (row && row.modified > since) {
      const found = { ...candidate, generation: row.modified }
      if (row.created > since) added.push(found)
      else modified.push(found)
    }
  }
  const deleted = deletions(db, wanted, since)
  const all = [...added.sort(byClassAndRef), ...modified.sort(byClassAndRef), ...deleted]
  const latest = all.reduce((most, found) => Math.max(most, found.generation), since)
  const operation = (i: number) => (i < added.length ? 'add' : i < added.length + modified.length ? 'mod' : 'del')
  return {
    events: all.map((found, i) => event(db, found, operation(i))),
    token: printToken({
      generation: all.length > 0 ? BigInt(latest) : token.generation,
      messages: token.messages > 0n ? token.messages : 0n,
    }),
  }
}

function* candidates(
  db: Database,
  log: ChangeLog,
  wanted: Subscription,
  since: number,
): Iterable<{ class: Stored; ref: string }> {
  const classes = classesWithEvents()
  const recent = log.since(since)
  if (recent) {
    for (const [ref, cls] of recent) {
      if (classes.has(cls) && wanted.covers(cls.toLowerCase(), ref)) yield { class: cls, ref }
    }
    return
  }
  for (const name of classes.keys()) {
    const cls = name as Stored // these classes are in the database
    const lower = name.toLowerCase()
    if (!wanted.mentions(lower)) continue
    for (const ref of db.table(cls).rows.keys()) if (wanted.covers(lower, ref)) yield { class: cls, ref }
  }
}

function deletions(db: Database, wanted: Subscription, since: number): Found[] {
  return [...classesWithEvents().keys()].flatMap(name => {
    const cls = name as Stored // these classes are in the database
    const lower = name.toLowerCase()
    if (!wanted.mentions(lower)) return []
    return db
      .table(cls)
      .deletions.filter(gone => gone.deleted > since && gone.created <= since && wanted.covers(lower, gone.ref))
      .map(gone => ({ class: cls, ref: gone.ref, generation: gone.deleted }))
  })
}

function byClassAndRef(a: Found, b: Found): number {
  const classes = classesWithEvents()
  return (classes.get(a.class) ?? 0) - (classes.get(b.class) ?? 0) || (a.ref < b.ref ? -1 : 1)
}

function event(db: Database, found: Found, operation: 'add' | 'mod' | 'del'): ReadonlyMap<string, Value> {
  const members: [string, Value][] = [
    ['id', String(found.generation)],
    ['timestamp', '0.0'],
    ['class', found.class.toLowerCase()],
    ['operation', operation],
    ['ref', found.ref],
  ]
  if (operation !== 'del') members.push(['snapshot', db.record(found.class, found.ref)])
  return new Map(members)
}

/** How many objects of every class there are, those without a table included. */
export function refCounts(db: Database): ReadonlyMap<string, number> {
  return new Map(
    [...datamodel().classes.values()].map(cls => [
      cls.name.toLowerCase(),
      cls.inDatabase ? db.table(cls.name as Stored).rows.size : 0, // it has a table
    ]),
  )
}
