import { entries, members, plain, type RecordTable } from './field.ts'
import { choice, map, mapped, scalar, set, truth, uuid } from './sources.ts'

/** As administrators know it: running, halted, paused, suspended. */
const powerState = mapped(choice('power_state', 'vm_power_state'), state => state.toLowerCase())

/** What virtual machines are selected by (docs/decisions/vm-selectors.md). */
export const vm: RecordTable = {
  name: 'vm',
  class: 'VM',
  nouns: ['VM', 'VMs'],
  fields: [
    plain('uuid', scalar('uuid')),
    plain('name-label', scalar('name_label')),
    plain('name-description', scalar('name_description')),
    plain('is-a-template', truth('is_a_template')),
    plain('is-default-template', truth('is_default_template')),
    plain('is-a-snapshot', truth('is_a_snapshot')),
    plain('snapshot-of', uuid('snapshot_of', 'VM')),
    plain('is-control-domain', truth('is_control_domain')),
    plain('power-state', powerState),
    plain('resident-on', uuid('resident_on', 'host')),
    plain('affinity', uuid('affinity', 'host')),
    entries('other-config', map('other_config')),
    members('tags', set('tags'), { separator: ', ' }),
  ],
}
