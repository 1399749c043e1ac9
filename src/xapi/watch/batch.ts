import type { Value } from '../../datamodel/index.ts'
import { TransportError } from '../errors.ts'

/** What happened to an object, by one event of event.from (docs/spec/protocol-semantics.md 5.1). */
export interface HostEvent {
  /** In lower case. */
  readonly class: string
  readonly ref: string
  /** The object as it is now; undefined where it is gone. */
  readonly snapshot: ReadonlyMap<string, Value> | undefined
}

/** An answer of event.from. */
export interface Batch {
  readonly events: readonly HostEvent[]
  /** How many objects there are of each class, by its name in lower case. */
  readonly counts: ReadonlyMap<string, number>
  readonly token: string
}

/** Reads an answer of event.from. Throws a TransportError `protocol` where it is none. */
export function readBatch(answer: Value): Batch {
  const events = member(answer, 'events')
  const counts = member(answer, 'valid_ref_counts')
  const token = member(answer, 'token')
  if (!Array.isArray(events) || !(counts instanceof Map) || typeof token !== 'string' || token === '') throw noBatch()
  return {
    events: events.map(readEvent),
    counts: new Map(Array.from(counts, ([name, count]) => [name, Number(count)])),
    token,
  }
}

function readEvent(event: unknown): HostEvent {
  const operation = member(event, 'operation')
  const className = member(event, 'class')
  const ref = member(event, 'ref')
  const snapshot = operation === 'del' ? undefined : member(event, 'snapshot')
  if (operation !== 'add' && operation !== 'mod' && operation !== 'del') throw noBatch()
  if (typeof className !== 'string' || typeof ref !== 'string') throw noBatch()
  if (operation !== 'del' && !(snapshot instanceof Map)) throw noBatch()
  return { class: className.toLowerCase(), ref, snapshot: snapshot instanceof Map ? snapshot : undefined }
}

/**
 * A token from just before the last change that a token covers, so that asking with it brings that change again. Undefined
 * for the beginning, which has none before it (docs/spec/protocol-semantics.md 5.2).
 */
export function tokenBefore(token: string): string | undefined {
  const [, generation, messages] = /^0*(\d*),(\d+)$/.exec(token) ?? []
  return generation ? `${String(BigInt(generation) - 1n).padStart(20, '0')},${messages}` : undefined
}

const member = (struct: unknown, name: string): unknown => (struct instanceof Map ? struct.get(name) : undefined)

const noBatch = (): TransportError =>
  new TransportError('protocol', 'the host answered event.from with something other than events')
