import { datamodel, type Parameter } from '../../datamodel/index.ts'
import type { Candidate } from './candidate.ts'
import type { Live } from './live.ts'

/** Classes, and once one is typed its messages. */
export function messages(typed: string): readonly Candidate[] {
  const [, prefix = '', cls = '', message] = /^(Async\.)?([^.]*)(\..*)?$/.exec(typed) ?? []
  const { classes } = datamodel()
  const found = message === undefined ? undefined : classes.get(cls)
  if (!found) return [...classes.keys()].map(word => ({ word: `${prefix}${word}.` }))
  return found.messages
    .filter(({ async, session, removed }) => session && !removed && (prefix === '' || async))
    .map(({ name, parameters }) => ({
      word: `${prefix}${name}`,
      description: parameters.map(parameter => parameter.name).join(', '),
    }))
}

/** The parameters of a message, and what each may be. */
export async function values(
  [method = '', ...given]: readonly string[],
  typed: string,
  live: Live,
): Promise<readonly Candidate[]> {
  const message = datamodel().messages.get(method.replace(/^Async\./, ''))
  if (!message) return []
  const at = typed.indexOf('=')
  const named = message.parameters.find(({ name }) => name === typed.slice(0, Math.max(at, 0)))
  if (named)
    return (await possible(named, live)).map(({ word, ...rest }) => ({ word: `${named.name}=${word}`, ...rest }))
  const there = new Set(given.map(word => word.split('=', 1)[0]))
  return message.parameters.filter(({ name }) => !there.has(name)).map(({ name }) => ({ word: `${name}=` }))
}

async function possible({ type }: Parameter, live: Live): Promise<readonly Candidate[]> {
  if (type.kind === 'bool') return [{ word: 'true' }, { word: 'false' }]
  if (type.kind === 'enum') return (datamodel().enums.get(type.name) ?? []).map(word => ({ word }))
  if (type.kind === 'ref') return live.objects(`${type.class.toLowerCase().replaceAll('_', '-')}-list`)
  return []
}
