import { Ending } from '../ending.ts'
import type { Given } from '../settings.ts'
import { connectionOptions } from './connection-options.ts'
import type { OwnOption } from './own-option.ts'

/** All of them: the parser, the usage text and the manual read this table. */
export const ownOptions: readonly OwnOption[] = [
  ...connectionOptions,
  {
    name: '--output',
    value: 'FORM',
    variable: 'XE_TUNNEL_OUTPUT',
    description: 'how to print: table, json, yaml, csv, or xe for the usual form',
    set(settings, value) {
      settings.output = value
      return /^[a-z]+$/.test(value)
    },
  },
  {
    name: '--watch',
    description: 'follow a list, and print what changes until it is stopped',
    set(settings) {
      settings.watch = true
      return true
    },
  },
  {
    name: '--dry-run',
    description: 'print the calls that the command would make, and make only those that read',
    set(settings) {
      settings.dryRun = true
      return true
    },
  },
  {
    name: '--hints',
    value: 'on|off',
    isOptional: true,
    variable: 'XE_TUNNEL_HINTS',
    description: 'end a failure with a line on what to do next; on a terminal unless told',
    set(settings, value) {
      settings.hints = value === '' || /^(on|true|yes|1)$/.test(value) ? 'on' : 'off'
      return value === '' || /^(on|off|true|false|yes|no|1|0)$/.test(value)
    },
  },
  {
    name: '--explain',
    value: 'CODE',
    description: 'say what an error code means and what to do about it',
    set(settings, value) {
      settings.explain = value
      return value !== ''
    },
  },
]

/** The option as a user types it. */
export function spelled({ name, value, isOptional }: OwnOption): string {
  if (value === undefined) return name
  return isOptional ? `${name}[=${value}]` : `${name}=${value}`
}

/** Splits words into those of our own options and the others. A value follows `=`, or is the next word. */
export function splitOwn(words: readonly string[]): {
  readonly own: readonly string[]
  readonly rest: readonly string[]
} {
  const own: string[] = []
  const rest: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const option = ownOptions.find(({ name }) => word === name || word.startsWith(`${name}=`))
    if (!option) {
      rest.push(word)
      continue
    }
    const next = words[at + 1]
    const takesNext = word === option.name && option.value !== undefined && !option.isOptional && next !== undefined
    own.push(takesNext ? `${word}=${next}` : word)
    if (takesNext) at++
  }
  return { own, rest }
}

/** What the environment says of our own options, as words, by the variable that says it. */
export function ownVariables(
  variables: Readonly<Record<string, string | undefined>>,
): readonly { readonly variable: string; readonly words: readonly string[] }[] {
  return ownOptions.flatMap(({ name, variable }) => {
    const value = variable === undefined ? '' : (variables[variable] ?? '')
    return variable === undefined || value === '' ? [] : [{ variable, words: [`${name}=${value}`] }]
  })
}

/** Sets what our own options say, the last of a name for good. Throws Ending on a bad one. */
export async function setOwn(settings: Given, words: readonly string[]): Promise<void> {
  if (words.length === 0) return
  const { Command, CommanderError, InvalidArgumentError } = await import('commander')
  const parser = new Command()
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr() {} })
  for (const { name, value, isOptional, set } of ownOptions) {
    parser.option(value === undefined ? name : `${name} ${isOptional ? `[${value}]` : `<${value}>`}`)
    parser.on(`option:${name.slice(2)}`, (given: string | null) => {
      if (!set(settings, given ?? '')) throw new InvalidArgumentError(`${name} cannot be '${given}'`)
    })
  }
  try {
    parser.parse([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    throw new Ending(`Error: ${error.message.replace(/^error: /, '').split('\n', 1)[0]}\n`, 1)
  }
}
