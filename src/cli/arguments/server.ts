import type { Parameters } from '../../commands/index.ts'
import { UsageError } from '../ending.ts'
import { splitPair } from './client.ts'

/** What the words of a command line ask for. */
export interface Request {
  /** The session to use, where the first word names one. Nobody logs in or out then. */
  readonly sessionRef: string | undefined
  readonly name: string
  readonly parameters: Parameters
  /** Who logs in. Usually what the settings say; see `parseRequest`. */
  readonly username: string
  readonly password: string
}

/** Switches of two words that the original's server still knows, with the parameter that each stands for. */
const switches = new Map([
  ['-u', 'username'],
  ['-pw', 'password'],
  ['-s', 'server'],
  ['-h', 'server'],
  ['-p', 'port'],
])

/** The words of a command line as they travel: the credentials behind them. */
export function withCredentials(
  words: readonly string[],
  {
    username = 'root',
    password = 'null',
  }: { readonly username: string | undefined; readonly password: string | undefined },
): readonly string[] {
  return [...words, `username=${username}`, `password=${password}`]
}

/**
 * Reads words, the credentials behind them, as the original's server does (docs/spec/xe-cli-semantics.md 1.8). They travel with
 * a newline between any two, so that a newline inside a word splits it, and a switch in last place swallows the user name. Throws
 * UsageError where they make no command.
 */
export function parseRequest(words: readonly string[], isVerbatim = false): Request {
  const [first = '', ...others] = words
    .join('\n')
    .split('\n')
    .map(word => word.replace(/\r$/, ''))
  const sessionRef = first.startsWith('session_id=') ? first.slice('session_id='.length) : undefined
  const [name = '', ...rest] = sessionRef === undefined ? [first, ...others] : others
  if (name.includes('=')) throw syntaxError()
  if (isVerbatim) return { sessionRef, name, ...verbatim(words, sessionRef === undefined ? 1 : 2) }
  const all = parseParameters(rest)
  const credential = (wanted: string): string => all.find(([key]) => key === wanted)?.[1] ?? ''
  return {
    sessionRef,
    name,
    parameters: all,
    username: credential('username'),
    password: credential('password'),
  }
}

/** The name of the command that the words ask for, whatever else is wrong with them. */
export function commandName(words: readonly string[]): string {
  const [first = '', second = ''] = words.join('\n').split('\n', 2)
  return (first.startsWith('session_id=') ? second : first).replace(/\r$/, '')
}

/** Words that are nobody's to take apart, and the credentials behind them. */
function verbatim(words: readonly string[], skipped: number): Pick<Request, 'parameters' | 'username' | 'password'> {
  const rest = words.slice(skipped, -2)
  const end = rest.indexOf('--')
  const [before, behind] = end < 0 ? [rest, []] : [rest.slice(0, end), rest.slice(end + 1)]
  const option = /^--[a-z]/
  const [username = '', password = ''] = words.slice(-2).map(word => splitPair(word)[1] ?? '')
  return {
    parameters: [
      ...before.map(word => (option.test(word) ? ([word.slice(2), 'true'] as const) : (['', word] as const))),
      ...behind.map(word => ['', word] as const),
    ],
    username,
    password,
  }
}

function parseParameters(words: readonly string[]): Parameters {
  const parameters: [string, string][] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word.startsWith('--')) {
      parameters.push([word.slice(2), 'true'])
    } else if (word.startsWith('-')) {
      const name = switches.get(word)
      const value = words[++at]
      if (name === undefined || value === undefined) throw syntaxError()
      parameters.push([name, value])
    } else {
      const [name, value = ''] = splitPair(word)
      parameters.push([name, value])
    }
  }
  return parameters
}

/** The original loses what it had to say about it on the way (docs/spec/xe-cli-semantics.md 1.8). */
function syntaxError(): UsageError {
  return new UsageError('Syntax error: ')
}
