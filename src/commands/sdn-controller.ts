import { uuidOf, withoutDefaults } from './calls.ts'
import { type Command, values } from './command.ts'
import { parseEnumeration, shownValues } from './enumerations.ts'
import { CommandError } from './errors.ts'
import { parseInteger } from './integers.ts'
import { onObject } from './on-object.ts'
import { find } from './parameters.ts'
import { recordCommands } from './records/index.ts'
import { sdnController } from './records/sdn-controller.ts'
import { text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const sdnControllerCommands: readonly Command[] = [
  ...recordCommands(sdnController),
  {
    name: 'sdn-controller-introduce',
    required: [],
    optional: ['address', 'protocol', 'tcp-port'],
    choices: { protocol: shownValues('sdn_controller_protocol') },
    description: 'Tell the pool of an SDN controller; protocol is ssl (the default) or pssl.',
    prints: 'The uuid of the SDN controller.',
    examples: ['sdn-controller-introduce address=192.0.2.30 tcp-port=6632'],
    async run({ session }, parameters) {
      const port = parseInteger(find(parameters, 'tcp-port') ?? '0')
      if (port === undefined) throw new CommandError('tcp-port takes an integer')
      const protocol = parseEnumeration('sdn_controller_protocol', find(parameters, 'protocol') ?? 'ssl')
      const controller = [protocol, find(parameters, 'address') ?? '', port]
      const created = await session.call('SDN_controller.introduce', ...withoutDefaults(controller, ['ssl', '', 0]))
      return values(await uuidOf(session, 'SDN_controller', text(created)))
    },
  },
  onObject('sdn-controller-forget', 'SDN_controller.forget', 'Make the pool forget an SDN controller.'),
]
