import { FakeHostError } from './error.ts'

export interface Reachable {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
}

/** Addresses that mean all of this machine's, and the one of them that a client can use. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/**
 * The line that tells a shell how to reach a served pool, by `eval`: settings for xe, which xe-tunnel reads as well, the
 * address, and the process. Throws FakeHostError where the user or the password is something that the line cannot say.
 */
export function exportLine({ host, port, username, password }: Reachable, pid: number): string {
  const server = WILDCARDS[host] ?? host
  const words = [`server=${server}`, `port=${port}`, `username=${username}`, `password=${password}`, 'nossl=true']
  const url = `http://${server.includes(':') ? `[${server}]` : server}:${port}`
  const settings = words.map(extraArgument).join()
  return `export XE_EXTRA_ARGS=${quoted(settings)} XE_TUNNEL_FAKE_URL=${quoted(url)} XE_TUNNEL_FAKE_PID=${pid}\n`
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

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
