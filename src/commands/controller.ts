import { byUuid } from './calls.ts'
import { type Command, type Description, nothing, type Session } from './command.ts'
import { CommandError } from './errors.ts'
import { flag, required } from './parameters.ts'
import { list, text } from './wire.ts'

const looking = [
  'dataplane',
  'ovsdb',
  'ovsdb-key',
  'ovsdb-cert',
  'ovsdb-ca',
  'ovsdb-fingerprint',
  'fake',
  'keys',
  'topology',
  'bfd',
] as const

/** What the controller reads from a host's other_config. */
const DRAINED = 'xe-tunnel-drained'

/** The tunnel controller: what it does is handed in by the composition root, but for what any client may write. */
export const controllerCommands: readonly (Command | Description)[] = [
  {
    name: 'controller-drain',
    required: ['host'],
    optional: ['undo'],
    description: 'Move the centres of tunnel networks away from a host, and keep them away until it is undone.',
    prints: 'Nothing.',
    examples: ['controller-drain host=host1', 'controller-drain host=host1 undo=true'],
    async run({ session }, parameters) {
      const host = await hostNamed(session, required(parameters, 'host'))
      await session.call('host.remove_from_other_config', host, DRAINED)
      if (!flag(parameters, 'undo')) await session.call('host.add_to_other_config', host, DRAINED, 'true')
      return nothing
    },
  },
  {
    name: 'controller-plan',
    required: [],
    optional: [...looking],
    description: 'Show what the controller would do about the tunnels of the pool, and why, without doing it.',
    prints: 'A paragraph for each network: its centre and the reason, and what would be changed.',
    examples: ['controller-plan dataplane=fake', 'controller-plan ovsdb=tcp:%h:6640'],
  },
  {
    name: 'controller-run',
    required: [],
    optional: [...looking, 'resync', 'listen', 'log', 'verbose'],
    description: 'Link the hosts of tunnel networks, until it is stopped. What is linked stays so then.',
    prints: 'A line for each thing that happens; with --log=json a JSON object a line.',
    statuses: [
      { status: '0', meaning: 'It worked until SIGINT or SIGTERM ended it.' },
      { status: '1', meaning: 'It could not begin, or the pool does not take its login any more.' },
      { status: '130, 143', meaning: 'SIGINT or SIGTERM came before it had logged in.' },
    ],
    examples: [
      'controller-run dataplane=fake',
      'controller-run ovsdb=tcp:%h:6640 keys=1000-1999 listen=127.0.0.1:9109',
      'controller-run ovsdb=pssl ovsdb-key=controller.key ovsdb-cert=controller.pem ovsdb-ca=hosts.pem --log=json',
    ],
  },
  {
    name: 'controller-status',
    required: [],
    optional: [...looking],
    description: 'Show where each tunnel network stands: its centre, key, links and tunnels, and for how long.',
    prints: 'A paragraph for each network, every two seconds with --watch.',
    examples: ['controller-status dataplane=fake', 'controller-status ovsdb=tcp:%h:6640 --watch'],
    goesOn: true,
  },
]

/** The host of a uuid, or the only one of a name. */
async function hostNamed(session: Session, name: string): Promise<string> {
  const named = list(await session.call('host.get_by_name_label', name)).map(text)
  if (named.length > 1) throw new CommandError(`${named.length} hosts are called ${name}: host= takes a uuid as well`)
  return named[0] ?? byUuid(session, 'host', name)
}
