import { type Command, values } from '../command.ts'
import { CommandError } from '../errors.ts'
import { parseInteger } from '../integers.ts'
import { find, required } from '../parameters.ts'
import { listOf, membersOf, textOf, truthOf } from './answer.ts'

export const reachableCommand: Command = {
  name: 'fake-host-reachable',
  required: ['from', 'to'],
  optional: ['vlan'],
  description: 'Tell whether a frame gets from one VIF of a fake pool to another, each by uuid or as VM/DEVICE.',
  prints: 'The way that it takes, a step a line. Where there is none, an error that says what is missing.',
  examples: ['fake-host-reachable from=vm1/0 to=vm2/0', 'fake-host-reachable from=UUID to=UUID vlan=42'],
  async run({ askFake }, parameters) {
    const vlan = parseInteger(find(parameters, 'vlan') ?? '0')
    if (typeof vlan !== 'number' || vlan < 0 || vlan > 4094) throw new CommandError('vlan is a number from 0 to 4094')
    const asked = { from: required(parameters, 'from'), to: required(parameters, 'to'), vlan }
    const { reachable, path, reason } = membersOf(await askFake('/fake/reachable', asked))
    if (!truthOf(reachable)) throw new CommandError(textOf(reason))
    return values(...listOf(path).map(textOf))
  },
}
