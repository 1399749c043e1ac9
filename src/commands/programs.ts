import type { Description } from './command.ts'

/** Commands that talk to no host. What they do is handed in by the composition root, under these names. */
export const programs: readonly Description[] = [
  {
    name: 'fake-host-serve',
    required: [],
    optional: ['listen', 'snapshot', 'state', 'hosts', 'seed', 'backend', 'lenient', 'background'],
    description: 'Serve a fake pool over HTTP, for practice and for tests, until it is stopped.',
    prints:
      'One line for a shell to eval, once connections are accepted: export XE_EXTRA_ARGS=... XE_TUNNEL_FAKE_URL=... XE_TUNNEL_FAKE_PID=...',
    examples: ['fake-host-serve', 'fake-host-serve hosts=3 state=pool.json --background'],
  },
]
