import { datamodel, parseType, type Type, type Value } from '../../datamodel/index.ts'
import { decode } from './decode.ts'
import { encodeParameters } from './encode.ts'

/** Makes a call whose parameters are wire values; `session` tells whether the session goes first. */
export type SendValues = (method: string, parameters: readonly Value[], session: boolean) => Promise<Value>

const COUNTS: Type = parseType('(string -> int) map')

/** Makes a call with parameters and result in the types of the datamodel. Throws TypeError on a message that it lacks. */
export async function callTyped(send: SendValues, method: string, parameters: readonly unknown[]): Promise<unknown> {
  const message = datamodel().messages.get(method)
  if (!message) throw new TypeError(`XenAPI has no message ${method}`)
  const answer = await send(method, encodeParameters(message, parameters), message.session)
  return method === 'event.from' ? decodeEvents(answer, message.result) : decode(answer, message.result, method)
}

/** The answer of event.from is a struct around what the datamodel says that it is (docs/spec/protocol-semantics.md 5.2). */
function decodeEvents(answer: Value, events: Type): object {
  const member = (name: string): Value => (answer instanceof Map ? (answer.get(name) ?? null) : null)
  return {
    events: decode(member('events'), events, 'event.from, events'),
    valid_ref_counts: decode(member('valid_ref_counts'), COUNTS, 'event.from, valid_ref_counts'),
    token: decode(member('token'), { kind: 'string' }, 'event.from, token'),
  }
}
