import type { Value } from '../datamodel/index.ts'
import { byUuid, uuidOf } from './calls.ts'
import { type Command, nothing, values } from './command.ts'
import { truthValues } from './enumerations.ts'
import { onObject } from './on-object.ts'
import { find, flag, required, uncheckedInteger } from './parameters.ts'
import { recordCommands } from './records/index.ts'
import { network } from './records/network.ts'
import { text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const networkCommands: readonly Command[] = [
  ...recordCommands(network, { common: true }),
  {
    name: 'network-create',
    required: ['name-label'],
    optional: ['name-description', 'MTU', 'bridge', 'managed'],
    choices: { managed: truthValues },
    description: 'Make a network; MTU is 1500 and managed true unless said otherwise.',
    prints: 'The uuid of the network.',
    examples: ['network-create name-label=overlay', 'network-create name-label=overlay MTU=1400'],
    async run({ session }, parameters) {
      const record = new Map<string, Value>([
        ['name_label', required(parameters, 'name-label')],
        ['name_description', find(parameters, 'name-description') ?? ''],
        ['MTU', uncheckedInteger(find(parameters, 'MTU') ?? '1500')],
        ['other_config', new Map()],
        ['bridge', find(parameters, 'bridge') ?? ''],
        ['managed', flag(parameters, 'managed', true)],
        ['tags', []],
      ])
      return values(await uuidOf(session, 'network', text(await session.call('network.create', record))))
    },
  },
  onObject('network-destroy', 'network.destroy', 'Delete a network that no PIF and no VIF uses.'),
  {
    name: 'network-attach',
    required: ['uuid', 'host-uuid'],
    optional: [],
    description: 'Bring a network up on a host.',
    hidden: true,
    prints: 'Nothing.',
    examples: ['network-attach uuid=UUID host-uuid=UUID'],
    async run({ session }, parameters) {
      const network = await byUuid(session, 'network', required(parameters, 'uuid'))
      await session.call('network.attach', network, await byUuid(session, 'host', required(parameters, 'host-uuid')))
      return nothing
    },
  },
]
