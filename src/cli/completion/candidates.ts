import { allCommands, type Command, type Description, findCommand } from '../../commands/index.ts'
import { takeSettings } from '../arguments/client.ts'
import { ownOptions, splitOwn } from '../arguments/own-options.ts'
import { forms } from '../fitting.ts'
import { sharedOptions } from '../usage.ts'
import { values as callValues, messages } from './api-call.ts'
import type { Candidate } from './candidate.ts'
import type { Live } from './live.ts'
import { valuesOf } from './values.ts'

/** Options of xe's that take the next word. */
const VALUED: ReadonlySet<string> = new Set(['-s', '-h', '-p', '-u', '-pw', '-pwf', '--traceparent'])

/**
 * What may stand at the end of a command line, by the tables of commands, options and classes; values of objects come from the host.
 * @param words those before the one that is being typed, without the program
 */
export async function candidates(words: readonly string[], typed: string, live: Live): Promise<readonly Candidate[]> {
  return (await all(words, typed, live)).filter(({ word }) => word.startsWith(typed))
}

async function all(words: readonly string[], typed: string, live: Live): Promise<readonly Candidate[]> {
  if (VALUED.has(words.at(-1) ?? '')) return []
  const [name, ...given] = splitOwn(takeSettings({}, words)).rest
  const command = name === undefined ? undefined : await findCommand(name)
  if (typed.startsWith('-')) return options(typed, command)
  if (name === undefined || name === 'help') return commands(name === undefined)
  if (!command) return []
  if (command.name === 'api-call') return given.length === 0 ? messages(typed) : callValues(given, typed, live)
  return typed.includes('=') ? valuesOf(command, typed, given, live) : parameters(command, given, live)
}

async function commands(withHelp: boolean): Promise<readonly Candidate[]> {
  const shown = (await allCommands()).filter(command => !command.hidden)
  const own = shown.map(({ name, description }) => ({ word: name, description }))
  return withHelp ? [...own, { word: 'help', description: 'List the commands, or explain those named.' }] : own
}

/** Those that are missing, and what stands without a name. */
function parameters(
  command: Command | Description,
  given: readonly string[],
  live: Live,
): readonly Candidate[] | Promise<readonly Candidate[]> {
  const { required, optional, choices = {} } = command
  const there = new Set(given.map(word => word.split('=', 1)[0]))
  const named = (names: readonly string[], description?: string): readonly Candidate[] =>
    names.filter(name => !there.has(name)).map(name => ({ word: /[:-]$/.test(name) ? name : `${name}=`, description }))
  const bare = live.bare(command.name).map(word => ({ word }))
  const flags = optional.filter(name => choices[name]?.join() === 'true,false' && name === 'force')
  return [
    ...bare,
    ...named(required, 'required'),
    ...named(optional),
    ...named(flags.map(flag => `--${flag}`)).map(({ word }) => ({ word: word.slice(0, -1) })),
  ]
}

/** Options, and of one that is followed by an equals sign its values. */
function options(typed: string, command: Command | Description | undefined): readonly Candidate[] {
  const [name = ''] = typed.split('=', 1)
  const own = ownOptions.find(option => option.name === name)
  if (own && typed.includes('=')) {
    const known = name === '--output' ? [...forms, ...(command?.formats ?? [])] : (own.value?.split('|') ?? [])
    return known.length > 1 ? known.map(value => ({ word: `${name}=${value}` })) : []
  }
  const shared = sharedOptions.map(({ spelled, description }) => ({
    word: spelled.split(' ', 1)[0] ?? '',
    description,
  }))
  return [
    ...shared,
    ...ownOptions.map(option => ({
      word: option.value === undefined || option.isOptional ? option.name : `${option.name}=`,
      description: option.description,
    })),
    { word: '--help', description: 'how to use the program' },
    ...(command?.optional.includes('keep-going') ? [{ word: '--keep-going' }] : []),
    ...(command?.optional.includes('force') ? [{ word: '--force' }] : []),
  ]
}
