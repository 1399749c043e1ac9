import { datamodel, type Message } from '../datamodel/index.ts'
import { generatedBody } from './dispatch/generated.ts'
import { bodyOf } from './messages/index.ts'

/** How far a fake host answers a message as a host does. */
export type Coverage = 'implemented' | 'generated' | 'removed' | 'not implemented'

export function coverageOf(message: Message): Coverage {
  if (message.removed) return 'removed'
  if (bodyOf(message)) return 'implemented'
  return generatedBody(message) ? 'generated' : 'not implemented'
}

/** That of every message, by `class.message`, in the order of system.listMethods. */
export function coverage(): ReadonlyMap<string, Coverage> {
  return new Map([...datamodel().messages].map(([name, message]) => [name, coverageOf(message)]))
}
