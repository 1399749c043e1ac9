import { byUuid } from './calls.ts'
import { type Command, nothing } from './command.ts'
import { required } from './parameters.ts'

/** A command that finds the object that `uuid=` names and calls one message on it. */
export function onObject(
  name: string,
  message: `${string}.${string}`,
  description: string,
  more: { readonly hidden?: true } = {},
): Command {
  const cls = message.slice(0, message.indexOf('.'))
  return {
    name,
    required: ['uuid'],
    optional: [],
    description,
    prints: 'Nothing.',
    examples: [`${name} uuid=UUID`],
    ...more,
    async run({ session }, parameters) {
      await session.call(message, await byUuid(session, cls, required(parameters, 'uuid')))
      return nothing
    },
  }
}
