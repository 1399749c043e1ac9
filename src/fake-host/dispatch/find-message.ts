import { datamodel, type Message } from '../../datamodel/index.ts'

let aliases: ReadonlyMap<string, Message> | undefined

/** The message of this name: each answers to `class.message` and to `class_message`. */
export function findMessage(method: string): Message | undefined {
  aliases ??= new Map([...datamodel().messages].map(([name, message]) => [name.replace('.', '_'), message]))
  return datamodel().messages.get(method) ?? aliases.get(method)
}

/** A method's name without the prefix that makes the call asynchronous. */
export const withoutAsync = (method: string): string =>
  method.includes('Async.') ? method.replace(/^(?:Internal)?Async\./, '') : method
