import { datamodel, parseType, type Type, type Value } from '../../datamodel/index.ts'
import type { AnswerType } from '../dispatch/call.ts'

const TEXT: Type = parseType('string')

let byLowerCase: ReadonlyMap<string, Type> | undefined
const recordType = (cls: string): Type => {
  byLowerCase ??= new Map(
    [...datamodel().classes.keys()].map(name => [name.toLowerCase(), { kind: 'record', class: name }]),
  )
  return byLowerCase.get(cls) ?? TEXT
}

const struct = (value: Value | undefined, typeOf: (name: string) => AnswerType): AnswerType => ({
  kind: 'struct',
  members: new Map(value instanceof Map ? [...value.keys()].map(name => [name, typeOf(name)]) : []),
})

/** The type of one event: all texts, but for the record in it (docs/spec/protocol-semantics.md 5.1). */
const eventType = (event: Value): AnswerType =>
  struct(event, name => (name === 'snapshot' && event instanceof Map ? recordType(String(event.get('class'))) : TEXT))

/** The type of what event.next answers. */
export const eventListType = (events: Value | undefined): AnswerType => ({
  kind: 'tuple',
  of: Array.isArray(events) ? events.map(eventType) : [],
})

/** The type of what event.from answers: a struct of events, counts and token. */
export const eventBatchType = (batch: Value): AnswerType =>
  struct(batch, name => {
    const member = batch instanceof Map ? batch.get(name) : undefined
    if (name === 'events') return eventListType(member)
    return name === 'valid_ref_counts' ? struct(member, () => ({ kind: 'int32' })) : TEXT
  })
