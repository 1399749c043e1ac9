import { byUuid, uuidOf } from './calls.ts'
import { type Command, values } from './command.ts'
import { onObject } from './on-object.ts'
import { required } from './parameters.ts'
import { recordCommands } from './records/index.ts'
import { networkSriov } from './records/network-sriov.ts'
import { text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const networkSriovCommands: readonly Command[] = [
  ...recordCommands(networkSriov),
  {
    name: 'network-sriov-create',
    required: ['pif-uuid', 'network-uuid'],
    optional: [],
    description: 'Switch SR-IOV on for a PIF, and attach the given network to its virtual functions.',
    prints: 'The uuid of the SR-IOV network.',
    examples: ['network-sriov-create pif-uuid=UUID network-uuid=UUID'],
    async run({ session }, parameters) {
      const pif = await byUuid(session, 'PIF', required(parameters, 'pif-uuid'))
      const network = await byUuid(session, 'network', required(parameters, 'network-uuid'))
      return values(
        await uuidOf(session, 'network_sriov', text(await session.call('network_sriov.create', pif, network))),
      )
    },
  },
  onObject('network-sriov-destroy', 'network_sriov.destroy', 'Switch SR-IOV off again.'),
]
