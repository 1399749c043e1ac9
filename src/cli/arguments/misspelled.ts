import { findCommand, nearest } from '../../commands/index.ts'
import { ownOptions } from './own-options.ts'
import { commandName } from './server.ts'

/** Words with dashes that the original knows: never taken for one of ours. */
const ORIGINAL: ReadonlySet<string> = new Set([
  '--minimal',
  '--multiple',
  '--all',
  '--force',
  '--trace',
  '--traceparent',
  '--nossl',
  '--debug',
  '--debug-on-fail',
  '--live',
  '--internal',
  '--help',
])

/**
 * What is wrong with the first word that all but spells one of our own options: the original takes it for a parameter that nobody
 * looks at, and a `--dry-runn` would change what it should not. Undefined where there is none. Words behind `--` are not ours.
 * @param words with our own options and the connection settings taken out
 */
export async function misspelled(words: readonly string[]): Promise<string | undefined> {
  const end = words.indexOf('--')
  for (const word of end < 0 ? words : words.slice(0, end)) {
    const [typed = ''] = word.split('=', 1)
    if (!typed.startsWith('--') || ORIGINAL.has(typed)) continue
    const [meant] = nearest(typed, ownOptions.map(({ name }) => name), 2) // biome-ignore format: a call
    if (meant === undefined || (await isParameter(words, typed.slice(2)))) continue
    return `there is no option ${typed}; did you mean ${meant}?`
  }
  return undefined
}

async function isParameter(words: readonly string[], name: string): Promise<boolean> {
  const command = await findCommand(commandName(words))
  return command !== undefined && [...command.required, ...command.optional].includes(name)
}
