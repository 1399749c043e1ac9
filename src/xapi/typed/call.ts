import { datamodel, type Value } from '../../datamodel/index.ts'
import { decode } from './decode.ts'
import { encodeParameters } from './encode.ts'

/** Makes a call whose parameters are wire values; `session` tells whether the session goes first. */
export type SendValues = (method: string, parameters: readonly Value[], session: boolean) => Promise<Value>

/** Makes a call with parameters and result in the types of the datamodel. Throws TypeError on a message that it lacks. */
export async function callTyped(send: SendValues, method: string, parameters: readonly unknown[]): Promise<unknown> {
  const message = datamodel().messages.get(method)
  if (!message) throw new TypeError(`XenAPI has no message ${method}`)
  const answer = await send(method, encodeParameters(message, parameters), message.session)
  return decode(answer, message.result, method)
}
