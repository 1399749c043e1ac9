import { byUuid, uuidOf, withoutDefaults } from './calls.ts'
import { type Command, nothing, values } from './command.ts'
import { inLowerCase, parseEnumeration, truthValues } from './enumerations.ts'
import { onObject } from './on-object.ts'
import { find, flag, type Parameters, required } from './parameters.ts'
import { recordCommands } from './records/index.ts'
import { pif } from './records/pif.ts'
import { text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const pifCommands: readonly Command[] = [
  ...recordCommands(pif),
  onObject('pif-plug', 'PIF.plug', 'Bring an interface up.'),
  onObject('pif-unplug', 'PIF.unplug', 'Take an interface down.'),
  onObject('pif-forget', 'PIF.forget', 'Give up a physical interface and its record.'),
  onObject('pif-db-forget', 'PIF.db_forget', 'Remove the record of an interface without touching the host.', {
    hidden: true,
  }),
  {
    name: 'pif-reconfigure-ip',
    required: ['uuid', 'mode'],
    optional: ['IP', 'netmask', 'gateway', 'DNS'],
    choices: { mode: inLowerCase('ip_configuration_mode') },
    description: 'Change how an interface gets its IPv4 address; mode is none, dhcp or static.',
    prints: 'Nothing.',
    examples: [
      'pif-reconfigure-ip uuid=UUID mode=dhcp',
      'pif-reconfigure-ip uuid=UUID mode=static IP=192.0.2.10 netmask=255.255.255.0',
    ],
    async run({ session }, parameters) {
      const pif = await byUuid(session, 'PIF', required(parameters, 'uuid'))
      const mode = parseEnumeration('ip_configuration_mode', required(parameters, 'mode'))
      const [netmask, gateway] = [find(parameters, 'netmask') ?? '', find(parameters, 'gateway') ?? '']
      const address = inAnyCase(parameters, 'IP')
      await session.call('PIF.reconfigure_ip', pif, mode, address, netmask, gateway, inAnyCase(parameters, 'DNS'))
      return nothing
    },
  },
  {
    name: 'pif-reconfigure-ipv6',
    required: ['uuid', 'mode'],
    optional: ['IPv6', 'gateway', 'DNS'],
    choices: { mode: inLowerCase('ipv6_configuration_mode') },
    description: 'Change how an interface gets its IPv6 address; mode is none, dhcp, static or autoconf.',
    prints: 'Nothing.',
    examples: ['pif-reconfigure-ipv6 uuid=UUID mode=static IPv6=2001:db8::10/64'],
    async run({ session }, parameters) {
      const pif = await byUuid(session, 'PIF', required(parameters, 'uuid'))
      const mode = parseEnumeration('ipv6_configuration_mode', required(parameters, 'mode'))
      const address = inAnyCase(parameters, 'IPv6')
      const gateway = find(parameters, 'gateway') ?? ''
      await session.call('PIF.reconfigure_ipv6', pif, mode, address, gateway, inAnyCase(parameters, 'DNS'))
      return nothing
    },
  },
  {
    name: 'pif-set-primary-address-type',
    required: ['uuid', 'primary_address_type'],
    optional: [],
    choices: { primary_address_type: inLowerCase('primary_address_type') },
    description: 'Choose whether the IPv4 or the IPv6 address of an interface is its primary one.',
    prints: 'Nothing.',
    examples: ['pif-set-primary-address-type uuid=UUID primary_address_type=ipv6'],
    async run({ session }, parameters) {
      const pif = await byUuid(session, 'PIF', required(parameters, 'uuid'))
      const type = parseEnumeration('primary_address_type', required(parameters, 'primary_address_type'))
      await session.call('PIF.set_primary_address_type', pif, type)
      return nothing
    },
  },
  {
    name: 'pif-scan',
    required: ['host-uuid'],
    optional: [],
    description: 'Look for network cards of a host that have no PIF yet.',
    prints: 'Nothing.',
    examples: ['pif-scan host-uuid=UUID'],
    async run({ session }, parameters) {
      await session.call('PIF.scan', await byUuid(session, 'host', required(parameters, 'host-uuid')))
      return nothing
    },
  },
  {
    name: 'pif-introduce',
    required: ['host-uuid', 'device'],
    optional: ['mac', 'managed'],
    choices: { managed: truthValues },
    description: 'Make the PIF of a network card, named by its device and, if given, its MAC address.',
    prints: 'The uuid of the PIF.',
    examples: ['pif-introduce host-uuid=UUID device=eth4'],
    async run({ session }, parameters) {
      const host = await byUuid(session, 'host', required(parameters, 'host-uuid'))
      const managed = flag(parameters, 'managed', true)
      const card = [host, find(parameters, 'mac') ?? '', required(parameters, 'device'), managed]
      const pif = await session.call('PIF.introduce', ...withoutDefaults(card, [true]))
      return values(await uuidOf(session, 'PIF', text(pif)))
    },
  },
]

/** These few names are the same in upper and lower case (docs/spec/xe-cli-semantics.md 1.8). */
function inAnyCase(parameters: Parameters, name: string): string {
  return parameters.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? ''
}
