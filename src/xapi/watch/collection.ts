import { isDeepStrictEqual } from 'node:util'
import { type ClassName, datamodel } from '../../datamodel/index.ts'
import { decode } from '../typed/decode.ts'
import type { Batch, HostEvent } from './batch.ts'
import type { Change } from './change.ts'

interface Kept {
  readonly name: ClassName
  readonly records: Map<string, unknown>
  /** How many more objects the host counted than it told of when it told of all. */
  surplus: number
}

/** The objects that a watch has told of, which is what makes each change of the host count once. */
export class Collection {
  /** By the name that events have, in lower case. */
  readonly #classes: ReadonlyMap<string, Kept>

  /** Throws TypeError on a class that has no events. */
  constructor(classes: readonly ClassName[]) {
    for (const name of classes) {
      if (!datamodel().classes.get(name)?.events) throw new TypeError(`XenAPI has no events of the class ${name}`)
    }
    this.#classes = new Map(classes.map(name => [name.toLowerCase(), { name, records: new Map(), surplus: 0 }]))
  }

  /** Takes in what happened; gives what of it is news. */
  update({ events }: Batch): Change[] {
    return events.flatMap(event => this.#take(event) ?? [])
  }

  /** Takes in all that there is, each object told as added; gives the difference to what was, in the order of a host. */
  replace(batch: Batch): Change[] {
    const vanished = this.#vanished(batch)
    const told = this.update(batch)
    const gone = vanished.flatMap(event => this.#take(event) ?? [])
    for (const [name, kept] of this.#classes) kept.surplus = surplusOf(name, kept, batch)
    const added = told.filter(change => change.operation === 'add')
    const changed = told.filter(change => change.operation === 'mod')
    return [...added, ...changed, ...gone]
  }

  /** Whether the host counts as many objects as it has told of. */
  agrees(batch: Batch): boolean {
    return [...this.#classes].every(([name, kept]) => surplusOf(name, kept, batch) === kept.surplus)
  }

  #vanished({ events }: Batch): HostEvent[] {
    const present = new Set(events.map(event => `${event.class}/${event.ref}`))
    return [...this.#classes].flatMap(([name, { records }]) =>
      [...records.keys()]
        .filter(ref => !present.has(`${name}/${ref}`))
        .map(ref => ({ class: name, ref, snapshot: undefined })),
    )
  }

  #take({ class: className, ref, snapshot }: HostEvent): Change | undefined {
    const kept = this.#classes.get(className)
    if (!kept) return undefined
    const { name, records } = kept
    const before = records.get(ref)
    if (!snapshot) {
      records.delete(ref)
      return before === undefined ? undefined : changeOf('del', name, ref, before)
    }
    const record = decode(snapshot, { kind: 'record', class: name }, `event.from, ${name}`)
    if (isDeepStrictEqual(before, record)) return undefined
    records.set(ref, record)
    return changeOf(before === undefined ? 'add' : 'mod', name, ref, record)
  }
}

/** Messages are no rows of the database, and a host counts none (docs/spec/protocol-semantics.md 5.2). */
function surplusOf(name: string, { records }: Kept, { counts }: Batch): number {
  const count = name === 'message' ? undefined : counts.get(name)
  return count === undefined ? 0 : count - records.size
}

function changeOf(operation: Change['operation'], name: ClassName, ref: string, record: unknown): Change {
  return { operation, class: name, ref, record } as Change // the record was decoded as one of this class
}
