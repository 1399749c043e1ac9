import type { Value } from '../datamodel/index.ts'
import { byUuid, uuidOf, withoutDefaults } from './calls.ts'
import { type Command, type Context, nothing, values } from './command.ts'
import { inLowerCase, parseEnumeration, truthValues } from './enumerations.ts'
import { CommandError } from './errors.ts'
import { onObject } from './on-object.ts'
import { find, flag, required } from './parameters.ts'
import { recordCommands } from './records/index.ts'
import { vif } from './records/vif.ts'
import { integer, text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const vifCommands: readonly Command[] = [
  ...recordCommands(vif),
  {
    name: 'vif-create',
    required: ['device', 'network-uuid', 'vm-uuid'],
    optional: ['mac'],
    description:
      'Give a VM a network interface; without mac the host picks an address, with mac=random this program does.',
    prints: 'The uuid of the VIF.',
    examples: ['vif-create device=1 network-uuid=UUID vm-uuid=UUID'],
    async run(context, parameters) {
      const { session } = context
      const vm = await byUuid(session, 'VM', required(parameters, 'vm-uuid'))
      const network = await byUuid(session, 'network', required(parameters, 'network-uuid'))
      const mtu = integer(await session.call('network.get_MTU', network))
      const mac = find(parameters, 'mac') ?? ''
      const record = new Map<string, Value>([
        ['device', required(parameters, 'device')],
        ['network', network],
        ['VM', vm],
        ['MAC', mac === 'random' ? randomAddress(context) : mac],
        ['MTU', mtu],
        ['other_config', new Map()],
        ['currently_attached', false],
        ['qos_algorithm_type', ''],
        ['qos_algorithm_params', new Map()],
        ['locking_mode', 'network_default'],
        ['ipv4_allowed', []],
        ['ipv6_allowed', []],
        ['trunks', []],
      ])
      return values(await uuidOf(session, 'VIF', text(await session.call('VIF.create', record))))
    },
  },
  onObject('vif-destroy', 'VIF.destroy', 'Remove a network interface from a VM.'),
  onObject('vif-plug', 'VIF.plug', 'Attach a network interface to a running VM.'),
  {
    name: 'vif-unplug',
    required: ['uuid'],
    optional: ['force'],
    choices: { force: truthValues },
    description: 'Detach a network interface from a running VM; with --force whether the VM agrees or not.',
    prints: 'Nothing.',
    examples: ['vif-unplug uuid=UUID', 'vif-unplug uuid=UUID --force'],
    async run({ session }, parameters) {
      const vif = await byUuid(session, 'VIF', required(parameters, 'uuid'))
      await session.call(flag(parameters, 'force') ? 'VIF.unplug_force' : 'VIF.unplug', vif)
      return nothing
    },
  },
  configure('ipv4', 'none, static or dhcp', '192.0.2.20/24'),
  configure('ipv6', 'none, static or autoconf', '2001:db8::20/64'),
  {
    name: 'vif-move',
    required: ['uuid', 'network-uuid'],
    optional: [],
    description: 'Move a network interface of a VM to another network.',
    prints: 'Nothing.',
    examples: ['vif-move uuid=UUID network-uuid=UUID'],
    async run({ session }, parameters) {
      const vif = await byUuid(session, 'VIF', required(parameters, 'uuid'))
      await session.call('VIF.move', vif, await byUuid(session, 'network', required(parameters, 'network-uuid')))
      return nothing
    },
  },
]

function configure(family: 'ipv4' | 'ipv6', modes: string, address: string): Command {
  return {
    name: `vif-configure-${family}`,
    required: ['uuid', 'mode'],
    optional: ['address', 'gateway'],
    choices: { mode: inLowerCase(`vif_${family}_configuration_mode`) },
    description: `Set the ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address inside the guest; mode is ${modes}.`,
    prints: 'Nothing.',
    examples: [`vif-configure-${family} uuid=UUID mode=static address=${address}`],
    async run({ session }, parameters) {
      const vif = await byUuid(session, 'VIF', required(parameters, 'uuid'))
      const mode = parseEnumeration(`vif_${family}_configuration_mode`, required(parameters, 'mode'))
      const [address, gateway] = [find(parameters, 'address') ?? '', find(parameters, 'gateway') ?? '']
      if (mode === 'Static' && address === '') throw new CommandError('Required parameter not found: address')
      const settings = withoutDefaults([vif, mode, address, gateway], ['', ''])
      await session.call(`VIF.configure_${family}`, ...settings)
      return nothing
    },
  }
}

/** One byte, six times; the first is made a locally administered, unicast address (docs/spec/xe-cli-semantics.md 5). */
function randomAddress({ random }: Context): string {
  const byte = random(1)[0] ?? 0
  return [(byte | 2) & 0xfe, byte, byte, byte, byte, byte].map(octet => octet.toString(16).padStart(2, '0')).join(':')
}
