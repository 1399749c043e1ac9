import { byUuid, uuidOf, withoutDefaults } from './calls.ts'
import { type Command, nothing, values } from './command.ts'
import { parseBondMode, shownValues } from './enumerations.ts'
import { onObject } from './on-object.ts'
import { find, type Parameters, required } from './parameters.ts'
import { bond } from './records/bond.ts'
import { recordCommands } from './records/index.ts'
import { text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const bondCommands: readonly Command[] = [
  ...recordCommands(bond),
  {
    name: 'bond-create',
    required: ['network-uuid', 'pif-uuids'],
    optional: ['mac', 'mode', 'properties:'],
    choices: { mode: shownValues('bond_mode') },
    description: 'Bond PIFs of one host (uuids between commas) and attach the bond to a network.',
    prints: 'The uuid of the bond.',
    examples: ['bond-create network-uuid=UUID pif-uuids=UUID,UUID mode=active-backup'],
    async run({ session }, parameters) {
      const network = await byUuid(session, 'network', required(parameters, 'network-uuid'))
      const members: string[] = []
      for (const uuid of required(parameters, 'pif-uuids').split(',')) members.push(await byUuid(session, 'PIF', uuid))
      const mode = parseBondMode(find(parameters, 'mode') ?? '')
      const bond = [network, members, find(parameters, 'mac') ?? '', mode, properties(parameters)]
      const created = await session.call('Bond.create', ...withoutDefaults(bond, ['balance-slb', new Map()]))
      return values(await uuidOf(session, 'Bond', text(created)))
    },
  },
  onObject('bond-destroy', 'Bond.destroy', 'Take a bond apart.'),
  {
    name: 'bond-set-mode',
    required: ['uuid', 'mode'],
    optional: [],
    choices: { mode: shownValues('bond_mode') },
    description: 'Change how a bond spreads its traffic: balance-slb, active-backup or lacp.',
    prints: 'Nothing.',
    examples: ['bond-set-mode uuid=UUID mode=lacp'],
    async run({ session }, parameters) {
      const bond = await byUuid(session, 'Bond', required(parameters, 'uuid'))
      await session.call('Bond.set_mode', bond, parseBondMode(required(parameters, 'mode')))
      return nothing
    },
  },
]

/** What follows `properties` and any one character is a key (docs/spec/xe-cli-semantics.md 5). */
function properties(parameters: Parameters): ReadonlyMap<string, string> {
  const prefix = 'properties:'.length
  return new Map(
    parameters
      .filter(([name]) => name.startsWith('properties') && name.length > prefix)
      .map(([name, value]) => [name.slice(prefix), value]),
  )
}
