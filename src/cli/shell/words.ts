import { CommandError } from '../../commands/index.ts'
import { lex } from './lex.ts'

const NAMES: Readonly<Record<string, string>> = { "'": 'single quotation mark', '"': 'double quotation mark' }

/**
 * The words of a line that is quoted for a shell. Nothing is expanded: what a shell would do more with is an error, so that nobody
 * takes it for done. Throws CommandError.
 */
export function shellWords(line: string): readonly string[] {
  const { words, quote, special } = lex(line)
  if (quote === '\\') throw new CommandError('the line ends with a backslash, and a command is one line')
  if (quote !== '') throw new CommandError(`a ${NAMES[quote]} is not closed`)
  if (special !== undefined)
    throw new CommandError(`${special} means something to a shell, and this is none: put it in single quotes`)
  return words
}
