import { FakeHostError } from './error.ts'
import { hostAndPort, reachable } from './server/address.ts'

export interface Reachable {
  /** Empty where nothing listens on TCP. */
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  /** The file with what has to be trusted; empty without TLS. */
  readonly caFile?: string
  /** Empty where nothing listens on a unix socket. */
  readonly socketPath?: string
}

/**
 * The environment in which programs reach a pool: settings for xe, which xe-tunnel reads as well, the address, and the process.
 * Throws FakeHostError where the user or the password is something that they cannot say.
 */
export function variablesOf(pool: Reachable, pid: number): ReadonlyMap<string, string> {
  const { port, username, password, caFile = '', socketPath = '' } = pool
  const server = reachable(pool.host)
  // At 127.0.0.1 xe tries the socket of a host's own toolstack first, and does without TLS (docs/spec/xe-cli-semantics.md 6.6).
  const name = server === '127.0.0.1' ? 'localhost' : server
  const place = server === '' ? [`server=unix:${socketPath}`] : [`server=${name}`, `port=${port}`]
  const words = [...place, `username=${username}`, `password=${password}`, ...(caFile === '' ? ['nossl=true'] : [])]
  const url = server === '' ? '' : `http${caFile === '' ? '' : 's'}://${hostAndPort(server, port)}`
  const variables: [name: string, value: string][] = [
    ['XE_EXTRA_ARGS', words.map(extraArgument).join()],
    ['XE_TUNNEL_FAKE_URL', url],
    ['XE_TUNNEL_FAKE_CA', caFile],
    ['XE_TUNNEL_FAKE_SOCKET', socketPath],
    ['XE_TUNNEL_FAKE_PID', String(pid)],
  ]
  return new Map(variables.filter(([, value]) => value !== ''))
}

/** The line that gives a shell that environment, by `eval`. Throws as `variablesOf` does. */
export function exportLine(reachable: Reachable, pid: number): string {
  const settings = [...variablesOf(reachable, pid)].map(([name, value]) => `${name}=${quoted(value)}`)
  return `export ${settings.join(' ')}\n`
}

/** A word of XE_EXTRA_ARGS, which takes every backslash away (docs/spec/xe-cli-semantics.md 1.7). */
export function extraArgument(word: string): string {
  if (/[\\\u0000-\u001f]/.test(word)) {
    throw new FakeHostError(
      'a user name or password with a backslash or a control character cannot be put into XE_EXTRA_ARGS',
    )
  }
  return word.replaceAll(',', '\\,')
}

const quoted = (text: string): string => (/^\d+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
