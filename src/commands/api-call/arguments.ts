import type { Message, Parameter } from '../../datamodel/index.ts'
import { CommandError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { describeParameter } from './types.ts'

/**
 * What was typed for each parameter of a message: NAME=VALUE for the one of that name, in any order, and other words for those that are
 * left, in the order of the message. Throws CommandError where a parameter is missing, or there is one too many.
 */
export function assign(message: Message, words: readonly string[]): readonly (readonly [Parameter, string])[] {
  const named = new Map<string, string>()
  const others: string[] = []
  for (const word of words) {
    const at = word.indexOf('=')
    const name = at < 0 ? undefined : message.parameters.find(parameter => parameter.name === word.slice(0, at))?.name
    if (name === undefined) others.push(word)
    else if (named.has(name)) throw new CommandError(`${message.name}: ${name} is given twice`)
    else named.set(name, word.slice(at + 1))
  }
  const given = new Map<Parameter, string>()
  for (const parameter of message.parameters) {
    const value = named.get(parameter.name) ?? others.shift()
    if (value !== undefined) given.set(parameter, value)
  }
  const [spare] = others
  if (spare !== undefined) throw new CommandError(tooMany(message, spare))
  return upToLast(message, given)
}

/** Calls have no names for what they carry: what stands before something that is given has to be there. */
function upToLast(message: Message, given: ReadonlyMap<Parameter, string>): readonly (readonly [Parameter, string])[] {
  const last = message.parameters.findLastIndex(parameter => given.has(parameter))
  const assigned: (readonly [Parameter, string])[] = []
  for (const [at, parameter] of message.parameters.entries()) {
    const value = given.get(parameter)
    if (value !== undefined) assigned.push([parameter, value])
    else if (!parameter.optional || at < last)
      throw new CommandError(`${message.name}: ${describeParameter(parameter)} is missing. ${usage(message)}`)
  }
  return assigned
}

function tooMany(message: Message, spare: string): string {
  const [typed = ''] = spare.split('=', 1)
  const [meant] = spare.includes('=') ? nearest(typed, message.parameters.map(parameter => parameter.name)) : [] // biome-ignore format: a list
  const hint = meant === undefined ? '' : ` Did you mean ${meant}=?`
  return `${message.name}: ${JSON.stringify(spare)} is one too many.${hint} ${usage(message)}`
}

function usage({ name, parameters }: Message): string {
  return `${name} takes ${parameters.map(describeParameter).join(', ') || 'nothing'}.`
}
