import { parseInteger } from '../../commands/index.ts'
import { Ending } from '../ending.ts'
import type { Given } from '../settings.ts'

/** What each key of a connection setting says (docs/spec/xe-cli-semantics.md 1.2). */
const keys = new Map<string, (value: string) => Given>([
  ['server', value => ({ server: value })],
  ['port', value => ({ port: port(value) })],
  ['username', value => ({ username: value })],
  ['password', value => ({ password: value })],
  ['passwordfile', value => ({ passwordFile: value })],
  ['nossl', value => ({ nossl: truth(value) })],
  ['debug', value => ({ debug: value === 'true' })],
  ['debugonfail', value => ({ debugOnFail: value === 'true' })],
  ['traceparent', value => ({ traceparent: value })],
])

/** Options that take the next word, whatever it is. `-h` is the host. */
const valued = new Map([
  ['-s', 'server'],
  ['-h', 'server'],
  ['-p', 'port'],
  ['-u', 'username'],
  ['-pw', 'password'],
  ['-pwf', 'passwordfile'],
  ['--traceparent', 'traceparent'],
])

const flags = new Map([
  ['--nossl', 'nossl'],
  ['--debug', 'debug'],
  ['--debug-on-fail', 'debugonfail'],
])

/** Whether `key=value` was a connection setting, which is then set. Throws Ending on a bad value. */
export function setKey(settings: Given, key: string, value: string): boolean {
  const read = keys.get(key)
  if (read) Object.assign(settings, read(value))
  return read !== undefined
}

/**
 * Picks the connection settings out of the words, wherever they stand, and returns the other words in order. The last
 * setting of a name wins. Throws Ending on a bad value.
 */
export function takeSettings(settings: Given, words: readonly string[]): readonly string[] {
  const kept: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const next = words[at + 1]
    const [key, value] = splitPair(word)
    const option = valued.get(word)
    if (option && next !== undefined) {
      setKey(settings, option, next)
      at++
    } else if (flags.has(word)) setKey(settings, flags.get(word) ?? '', 'true')
    else if (value === undefined || !setKey(settings, key, value)) kept.push(word)
  }
  return kept
}

/** The parts before and after the first `=`; the second is undefined where there is none. */
export function splitPair(word: string): readonly [string, string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}

function port(text: string): number {
  const number = parseInteger(text)
  if (typeof number === 'number' && number >= 0 && number <= 65535) return number
  throw new Ending(`'${text}' is not a port number.\n`, 0, true)
}

/** The original ends with an exception that nobody handles; scripts may look for its name. */
function truth(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new Ending('Unhandled exception\nInvalid_argument("bool_of_string")\n', 1)
}
