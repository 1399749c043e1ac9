import { datamodel, type Message } from '../../datamodel/index.ts'
import type { Command } from '../command.ts'
import { CommandError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { text } from '../wire.ts'
import { assign } from './arguments.ts'
import { readValue } from './read-value.ts'
import { outputOf } from './result.ts'

const ASYNC = 'Async.'

export const apiCallCommands: readonly Command[] = [
  {
    name: 'api-call',
    required: [],
    optional: [],
    verbatim: true,
    words: 'CLASS.MESSAGE [[PARAMETER=]VALUE ...]',
    description: 'Make any call of XenAPI (CLASS.MESSAGE), with the values (VALUE or PARAMETER=VALUE) that it takes.',
    prints:
      'What the call answers: a value, a line for each member of a set, or a record for each object, with its reference first. Nothing for a call that answers nothing.',
    examples: [
      'api-call network.get_by_name_label red',
      'api-call PIF.get_record self=UUID',
      `api-call tunnel.set_other_config UUID '{"automation":"overlay"}'`,
      'api-call SDN_controller.introduce -- ssl 192.0.2.1 port=6640',
      'api-call Async.PIF.scan UUID',
    ],
    async run({ session }, parameters) {
      const [method, ...words] = parameters.filter(([name]) => name === '').map(([, word]) => word)
      if (method === undefined) throw new CommandError('api-call needs CLASS.MESSAGE, such as network.get_all_records')
      const message = messageCalled(method)
      const values = []
      for (const [parameter, typed] of assign(message, words))
        values.push(await readValue(typed, parameter.type, `${message.name}: ${parameter.name}`, session))
      const answer = await session.call(method, ...values)
      // Around what the datamodel says that it is there is a struct (docs/spec/protocol-semantics.md 5.2).
      if (method === 'event.from') return outputOf(answer, { kind: 'any' })
      return method.startsWith(ASYNC) ? { kind: 'values', values: [text(answer)] } : outputOf(answer, message.result)
    },
  },
]

/** Throws CommandError where there is no such message, or it cannot be called from here. */
function messageCalled(method: string): Message {
  const { messages } = datamodel()
  const name = method.startsWith(ASYNC) ? method.slice(ASYNC.length) : method
  const message = messages.get(name)
  if (!message) {
    const meant = nearest(name, messages.keys())
    const hint = meant.length === 0 ? '' : ` Did you mean ${meant.join(' or ')}?`
    throw new CommandError(`XenAPI has no message ${JSON.stringify(name)}.${hint}`)
  }
  if (!message.session)
    throw new CommandError(`${name} opens a session, which this program does itself: see -u and -pw`)
  if (method !== name && !message.async) throw new CommandError(`${name} cannot be called asynchronously`)
  return message
}
