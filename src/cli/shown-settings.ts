import type { Settings } from './settings.ts'

/** A setting as its user is shown it. */
export interface ShownSetting {
  readonly key: keyof Settings
  /** What it is called on the command line. */
  readonly name: string
  readonly value: string
}

type Show = (settings: Settings) => string

const onOff = (isOn: boolean): string => (isOn ? 'on' : 'off')
const seconds = (limit: number): string => (limit === 0 ? 'none' : `${limit} s`)

/** Every setting there is, in the order of interest: its name, and its value with secrets masked. */
const shown: Readonly<Record<keyof Settings, readonly [string, Show]>> = {
  server: ['server', ({ server }) => server],
  port: ['port', portOf],
  nossl: ['nossl', ({ nossl }) => onOff(nossl)],
  username: ['username', ({ username }) => username ?? 'root'],
  password: ['password', ({ password }) => (password === undefined ? 'not given' : '***')],
  passwordFile: ['passwordfile', ({ passwordFile }) => passwordFile || 'none'],
  passwordFrom: ['--password-*', passwordFrom],
  trust: ['--trust', ({ trust }) => trust],
  ca: ['--ca', ({ ca }) => ca ?? 'none'],
  fingerprint: ['--fingerprint', ({ fingerprint }) => fingerprint ?? 'none'],
  trustNew: ['--trust-new', ({ trustNew }) => onOff(trustNew)],
  insecure: ['--insecure', ({ insecure }) => onOff(insecure)],
  followCoordinator: ['--follow-coordinator', ({ followCoordinator }) => onOff(followCoordinator)],
  timeoutSeconds: ['--timeout', ({ timeoutSeconds }) => seconds(timeoutSeconds)],
  connectTimeoutSeconds: ['--connect-timeout', ({ connectTimeoutSeconds }) => seconds(connectTimeoutSeconds)],
  retries: ['--retries', ({ retries }) => String(retries)],
  output: ['--output', ({ output }) => output],
  hints: ['--hints', ({ hints }) => hints],
  watch: ['--watch', ({ watch }) => onOff(watch)],
  dryRun: ['--dry-run', ({ dryRun }) => onOff(dryRun)],
  explain: ['--explain', ({ explain }) => explain ?? 'none'],
  debug: ['debug', ({ debug }) => onOff(debug)],
  debugOnFail: ['debugonfail', ({ debugOnFail }) => onOff(debugOnFail)],
  traceparent: ['traceparent', ({ traceparent }) => traceparent ?? 'none'],
  baggage: ['baggage', ({ baggage }) => baggage ?? 'none'],
}

export function shownSettings(settings: Settings): readonly ShownSetting[] {
  // Object.entries forgets that the keys are those of the settings.
  const entries = Object.entries(shown) as [keyof Settings, readonly [string, Show]][]
  return entries.map(([key, [name, show]]) => ({ key, name, value: oneLine(show(settings)) }))
}

/** That of this host itself is another one, where its socket cannot be used (docs/spec/xe-cli-semantics.md 6.6). */
function portOf({ server, port, nossl }: Settings): string {
  if (/^(fake|unix):/.test(server)) return 'none'
  return String(port ?? (nossl || server === '127.0.0.1' ? 80 : 443))
}

/** A command may have a secret in its words, so only its first one is shown. */
function passwordFrom({ passwordFrom: source }: Settings): string {
  if (!source) return 'none'
  if (source.kind !== 'command') return `${source.kind} ${source.value}`
  const [, first = '', more = ''] = /^\s*(\S+)(\s+\S)?/.exec(source.value) ?? []
  const isSafe = /^[\w./-]+$/.test(first)
  return `command ${isSafe ? first : '***'}${more === '' ? '' : ' ***'}`
}

/** What an environment variable or a file says may hold anything. */
const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, '?')
