import { atOnce, byUuid, uuidOf, withoutDefaults } from './calls.ts'
import { type Command, values } from './command.ts'
import { parseEnumeration, shownValues } from './enumerations.ts'
import { onObject } from './on-object.ts'
import { find, required } from './parameters.ts'
import { recordCommands } from './records/index.ts'
import { tunnel } from './records/tunnel.ts'
import { text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const tunnelCommands: readonly Command[] = [
  ...recordCommands(tunnel),
  {
    name: 'tunnel-create',
    required: ['pif-uuid', 'network-uuid'],
    optional: ['protocol'],
    choices: { protocol: shownValues('tunnel_protocol') },
    description:
      'Attach a network to a tunnel that the given transport PIF carries; protocol is gre (the default) or vxlan.',
    prints: "The uuid of the tunnel's access PIF (not of the tunnel).",
    examples: [
      'tunnel-create pif-uuid=UUID network-uuid=UUID',
      'tunnel-create pif-uuid=UUID network-uuid=UUID protocol=vxlan',
    ],
    async run({ session }, parameters) {
      const [network, transport] = await atOnce(
        byUuid(session, 'network', required(parameters, 'network-uuid')),
        byUuid(session, 'PIF', required(parameters, 'pif-uuid')),
      )
      const protocol = parseEnumeration('tunnel_protocol', find(parameters, 'protocol') ?? 'gre')
      const created = await session.call('tunnel.create', ...withoutDefaults([transport, network, protocol], ['gre']))
      const access = text(await session.call('tunnel.get_access_PIF', created))
      return values(await uuidOf(session, 'PIF', access))
    },
  },
  onObject('tunnel-destroy', 'tunnel.destroy', 'Remove a tunnel and its access PIF.'),
]
