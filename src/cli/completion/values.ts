import { type Command, type Description, findCommand } from '../../commands/index.ts'
import type { Candidate } from './candidate.ts'
import type { Live } from './live.ts'

/** Parameters that take several values between commas. */
const lists: ReadonlySet<string> = new Set(['params', 'pif-uuids', 'hosts', 'side'])

/** What may stand behind `NAME=`: what the table of commands knows of the parameter, or what objects of the pool have. */
export async function valuesOf(
  command: Command | Description,
  typed: string,
  given: readonly string[],
  live: Live,
): Promise<readonly Candidate[]> {
  const at = typed.indexOf('=')
  const name = typed.slice(0, at)
  const known = [...command.required, ...command.optional]
  const isKey = known.some(parameter => parameter.endsWith(':') && name.startsWith(parameter))
  if (!known.includes(name) && !isKey) return []
  // Of a list only the part behind the last comma is being typed, and nothing is named twice.
  const behind = lists.has(name) ? Math.max(at, typed.lastIndexOf(',')) : at
  const before = typed.slice(0, behind + 1)
  const named = new Set(before.slice(at + 1).split(','))
  const values = await possible(command, name, given, live)
  return values
    .filter(({ word }) => !lists.has(name) || !named.has(word))
    .map(({ word, description }) => ({ word: `${before}${word}`, description }))
}

async function possible(
  { name: command, choices = {} }: Command | Description,
  name: string,
  given: readonly string[],
  live: Live,
): Promise<readonly Candidate[]> {
  const known = Object.hasOwn(choices, name) ? choices[name] : undefined
  if (known) return known.map(word => ({ word }))
  if (name === 'params') return []
  if (name === 'uuid') return live.objects(await listOf(command))
  if (name === 'hosts') return live.objects('host-list')
  if (name === 'pif-device') return live.field('pif-list', 'device')
  const [, stem] = /^(.+)-uuids?$/.exec(name) ?? []
  if (stem !== undefined && !command.endsWith('-list')) return live.objects(`${stem}-list`)
  if (name === 'param-key') return live.keys(command, given)
  return command.endsWith('-list') ? live.field(command, name) : []
}

/** The list that shows the objects of a command: that of the longest beginning of its name that has one. */
async function listOf(command: string): Promise<string> {
  const parts = command.replace(/-param-\w+$/, '-param').split('-')
  for (let count = parts.length - 1; count > 0; count--) {
    const list = `${parts.slice(0, count).join('-')}-list`
    if (await findCommand(list)) return list
  }
  return `${parts[0]}-list`
}
