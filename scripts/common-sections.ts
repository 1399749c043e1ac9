import { ownOptions } from '../src/cli/index.ts'
import { type Description, exitStatuses } from '../src/commands/index.ts'
import { bold, item, plain, section } from './roff.ts'

/** Of a command, or of those that have none of their own. */
export const exitStatus = (command?: Description): string =>
  section('EXIT STATUS', ...exitStatuses(command).map(({ status, meaning }) => item(plain(status), meaning)))

/** What every command reads from the environment. */
export const environment: string = section(
  'ENVIRONMENT',
  item(
    bold('XE_EXTRA_ARGS'),
    'More words for every command line, between commas; a backslash before a comma keeps it.',
  ),
  item(bold('TRACEPARENT'), 'A W3C trace context to send along, unless the command line names one.'),
  item(bold('BAGGAGE'), 'W3C baggage to send along.'),
  ...ownOptions.flatMap(({ variable, name }) =>
    variable === undefined
      ? []
      : [item(bold(variable), `What ${name} says, unless the command line says something else.`)],
  ),
  item(bold('SSL_CERT_FILE'), 'The file with the certificates that the system trusts, where it is not the usual one.'),
  item(
    bold('NO_COLOR, FORCE_COLOR'),
    'No colour on a terminal, or colour anywhere (0: nowhere). The second outranks the first.',
  ),
  item(bold('COLUMNS, LINES'), 'The size of a terminal that does not tell its own.'),
  item(bold('TERM'), 'dumb: no colour, and nothing is drawn anew in its place.'),
  item(bold('XDG_CONFIG_HOME'), 'Where known hosts are kept; ~/.config when unset.'),
  item(bold('XDG_CACHE_HOME'), 'Where completion keeps for some seconds what hosts said; ~/.cache when unset.'),
  item(bold('XDG_STATE_HOME'), 'Where the pool of -s fake: is kept; ~/.local/state when unset.'),
)

/** What every command reads from files, or keeps there. */
export const files: string = section(
  'FILES',
  item(
    bold('~/.xe'),
    'Settings and parameters for every command line, KEY=VALUE on each line. A file with any other line is ignored.',
  ),
  item(
    bold('$XDG_CONFIG_HOME/xe-tunnel/known_hosts'),
    'Certificates that were accepted: HOST:PORT SHA256:FINGERPRINT on each line, the last line about a host counting.',
  ),
  item(bold('$XDG_STATE_HOME/xe-tunnel/fake-pool.json'), 'The pool of -s fake:.'),
  item(bold('/var/lib/xcp/xapi'), "A host's own socket, tried first when the server is 127.0.0.1."),
)
