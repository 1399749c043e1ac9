import { ownOptions } from '../src/cli/index.ts'
import { bold, item, section } from './roff.ts'

/** Of every command. */
export const exitStatus: string = section(
  'EXIT STATUS',
  item('0', 'The command did what it was asked; or the usage text was wanted, or the port was not a number.'),
  item('1', 'Anything else: the host refused, could not be reached or was not trusted, or the command line was wrong.'),
  item('130, 143', 'Ended by SIGINT or SIGTERM. The session is closed first; a second signal does not wait for that.'),
)

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
  item(bold('NO_COLOR'), 'Set to anything: no colour. FORCE_COLOR wants it everywhere.'),
  item(bold('SSL_CERT_FILE'), 'The file with the certificates that the system trusts, where it is not the usual one.'),
  item(bold('XDG_CONFIG_HOME'), 'Where known hosts are kept; ~/.config when unset.'),
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
