import { ownOptions, spelled } from './arguments/own-options.ts'

/** The program's name in texts that do not depend on how it was called. */
export const PROGRAM = 'xe-tunnel'

/** The line behind every complaint about the command line, for who called the program by that name. */
export function usageHint(program: string): string {
  return `Type '${program} help' for the commands, and '${program} help COMMAND' for one of them.`
}

interface Option {
  readonly spelled: string
  readonly description: string
  /** Left out of `help`, as the original does (docs/spec/xe-cli-semantics.md 2.2). */
  readonly elsewhere?: true
}

/** Options that xe has too. */
export const sharedOptions: readonly Option[] = [
  {
    spelled: '-s SERVER',
    description: 'the host to talk to, or fake: or fake:FILE for a pool of your own (127.0.0.1)',
  },
  { spelled: '-p PORT', description: 'its port, where it is not 443 (or 80 with --nossl)' },
  { spelled: '-u USER', description: 'the user to log in as (root)' },
  { spelled: '-pw PASSWORD', description: 'the password' },
  { spelled: '-pwf FILE', description: 'a file with the user on its first line and the password on its second' },
  { spelled: '--nossl', description: 'do without TLS' },
  { spelled: '--debug', description: 'say on stderr what is being done' },
  { spelled: '--debug-on-fail', description: 'say so only if the command fails' },
  { spelled: '--traceparent ID', description: 'a W3C trace context to send along' },
  { spelled: '--minimal', description: 'print values only, between commas on one line', elsewhere: true },
  { spelled: '--trace', description: 'name the exception behind a failure', elsewhere: true },
]

/**
 * How to use the program at all; `brief` is the form that `help` begins with. Whoever comes with xe has none of our own options.
 */
export function usage(program: string, brief = false, isXe = false): string {
  const own = isXe ? [] : ownOptions.map(option => ({ spelled: spelled(option), description: option.description }))
  const options = [...sharedOptions.filter(option => !(brief && option.elsewhere)), ...own]
  const width = Math.max(...options.map(option => option.spelled.length))
  return [
    `Usage: ${program} COMMAND [OPTION ...] [PARAMETER=VALUE ...]`,
    '',
    'Options, anywhere on the line:',
    ...options.map(option => `    ${option.spelled.padEnd(width)}  ${option.description}`),
    '',
    'Tunnels: tunnel-create, tunnel-destroy, tunnel-list, tunnel-param-get, tunnel-param-list, ...',
    ...(isXe ? [] : ['Without a host: -s fake:, fake-host-serve, fake-host-exec.']),
    'Each command has parameters of its own.',
    `'${program} help --all' lists every command, '${program} help COMMAND' explains one.`,
    '',
  ].join('\n')
}
