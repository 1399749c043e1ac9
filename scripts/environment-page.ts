import { PROGRAM } from '../src/cli/index.ts'
import { environment, exitStatus, files } from './common-sections.ts'
import { bold, item, page, paragraph, plain, section, typed } from './roff.ts'

/** The page about everything around a command: where settings come from, whom it trusts, how it ends. */
export function environmentPage(): string {
  return page(
    { name: `${PROGRAM}-environment`, section: 7 },
    'settings, variables, files and exit statuses of xe-tunnel',
    section(
      'DESCRIPTION',
      plain('A setting has the value that the last of these sources gives it:'),
      item('1.', `what is built in: server 127.0.0.1, user root, password null, TLS at port 443;`),
      item('2.', '~/.xe;'),
      item('3.', 'the words of XE_EXTRA_ARGS;'),
      item('4.', 'the other variables below;'),
      item('5.', 'the words of the command line, wherever they stand;'),
      item('6.', 'the file that -pwf names, for the user and the password.'),
      paragraph(`${bold(`${PROGRAM} env`)} ${plain('prints every setting with its source, and no secret.')}`),
    ),
    section(
      'TRUST',
      plain(
        'A certificate is held against --ca, else --fingerprint, else what is known of the host, else what the system trusts. A host that is met for the first time and that nobody vouches for is shown on a terminal, and refused elsewhere; --trust-new takes it and remembers it. A host that shows another certificate than the known one is always refused: --trust-new together with --fingerprint accepts the new one.',
      ),
      paragraph(
        plain('With --trust=anyone no certificate is looked at, as with xe. --insecure does the same and warns.'),
      ),
    ),
    section(
      'PASSWORD',
      plain(
        'Where none is named, a terminal is asked, and null is sent otherwise, as by xe. A file, a descriptor or a command that --password-file, --password-fd or --password-command names is read when somebody logs in, up to the end of its first line.',
      ),
    ),
    section(
      'SEVERAL SERVERS',
      plain(
        'Servers between commas are tried in order. A login goes on to the next where one cannot be reached, does not answer or is not the coordinator of its pool; any other refusal ends the search. Calls that only read are made again after a lost connection, as often as --retries says; what may change something is sent once.',
      ),
    ),
    environment,
    files,
    exitStatus(),
    section(
      'EXAMPLES',
      typed(
        `${PROGRAM} env`,
        `export XE_EXTRA_ARGS='server=pool.example.org,--password-command=pass show xen'`,
        `${PROGRAM} -s host1.example.org,host2.example.org --follow-coordinator host-list`,
        `${PROGRAM} -s pool.example.org --trust-new --password-fd=3 host-list 3< secret`,
      ),
    ),
    section('SEE ALSO', `${bold(PROGRAM)}(1)`),
  )
}
