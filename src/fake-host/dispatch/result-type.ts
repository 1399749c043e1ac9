import type { Message, Value } from '../../datamodel/index.ts'
import { eventBatchType, eventListType } from '../events/answer-type.ts'
import type { AnswerType } from './call.ts'

/** The type that an answer is written by. Events carry records of any class, so that theirs depends on what is in them. */
export function resultType(message: Message, value: Value): AnswerType {
  if (message.name === 'event.from') return eventBatchType(value)
  if (message.name === 'event.next') return eventListType(value)
  return message.result
}
