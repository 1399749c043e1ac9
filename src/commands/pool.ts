import { inBatches } from './batches.ts'
import { uuidOf } from './calls.ts'
import { type Command, values } from './command.ts'
import { recordCommands } from './records/index.ts'
import { pool } from './records/pool.ts'
import { vlanArguments } from './vlan.ts'
import { list, text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const poolCommands: readonly Command[] = [
  ...recordCommands(pool),
  {
    name: 'pool-vlan-create',
    required: ['pif-uuid', 'vlan', 'network-uuid'],
    optional: [],
    description: "Add a VLAN on every live host of the pool that has a PIF on the given PIF's network.",
    prints: 'The uuids of the untagged PIFs, one on each line.',
    examples: ['pool-vlan-create pif-uuid=UUID vlan=100 network-uuid=UUID'],
    async run({ session }, parameters) {
      const { network, pif, tag } = await vlanArguments(session, parameters)
      const created = list(await session.call('pool.create_VLAN_from_PIF', pif, network, tag))
      return values(...(await inBatches(created, ref => uuidOf(session, 'PIF', text(ref)))))
    },
  },
]
