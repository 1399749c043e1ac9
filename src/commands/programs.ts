import type { Description } from './command.ts'

const serving = [
  'listen',
  'snapshot',
  'state',
  'hosts',
  'seed',
  'backend',
  'ovsdb',
  'datapath',
  'lenient',
  'faults',
  'trace',
  'users',
  'status-owner',
  'controller',
  'members',
  'tls',
  'cert',
  'key',
] as const

/** Commands that talk to no host. What they do is handed in by the composition root, under these names. */
export const programs: readonly Description[] = [
  {
    name: 'fake-host-exec',
    required: [],
    optional: [...serving],
    words: '-- PROGRAM [ARGUMENT ...]',
    description: 'Run a program, which stands behind --, with a fake pool that lives as long as it does.',
    prints: 'What the program prints. The exit status is the one of the program.',
    statuses: [
      { status: '1', meaning: 'The fake pool could not be started, or the program ended with 1.' },
      { status: '126, 127', meaning: 'The program may not be run, or there is none of that name.' },
      { status: '128 + N', meaning: 'The program was ended by signal N.' },
      { status: 'others', meaning: 'The exit status of the program.' },
    ],
    examples: [
      'fake-host-exec -- npm test',
      'fake-host-exec hosts=3 seed=7 -- sh -c \'curl "$XE_TUNNEL_FAKE_URL/fake/"\'',
    ],
  },
  {
    name: 'fake-host-serve',
    required: [],
    optional: [...serving, 'background'],
    description: 'Serve a fake pool over HTTP, for practice and for tests, until it is stopped.',
    prints:
      'One line for a shell to eval, once connections are accepted: export XE_EXTRA_ARGS=... XE_TUNNEL_FAKE_URL=... XE_TUNNEL_FAKE_PID=..., with TLS also XE_TUNNEL_FAKE_CA=FILE, what to trust.',
    statuses: [
      { status: '0', meaning: 'It was served until a signal ended it; with background, another process serves.' },
      { status: '1', meaning: 'It cannot be served: a file, an address or a parameter is not right.' },
    ],
    examples: ['fake-host-serve', 'fake-host-serve hosts=3 state=pool.json --background'],
  },
]
