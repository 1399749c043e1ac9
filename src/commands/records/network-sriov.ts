import { text } from '../wire.ts'
import { plain, type RecordTable } from './field.ts'
import { asked, orUnknown, scalar, truth, uuid } from './sources.ts'

const capacity = orUnknown(
  asked(async ({ session, ref }) => text(await session.call('network_sriov.get_remaining_capacity', ref)), 'whole'),
)

/** docs/spec/xe-cli-semantics.md 4.1. */
export const networkSriov: RecordTable = {
  name: 'network-sriov',
  class: 'network_sriov',
  nouns: ['SR-IOV network', 'SR-IOV networks'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('physical-PIF', uuid('physical_PIF', 'PIF')),
    plain('logical-PIF', uuid('logical_PIF', 'PIF')),
    plain('requires-reboot', truth('requires_reboot'), { listed: true }),
    plain('remaining-capacity', capacity, { expensive: true }),
  ],
}
