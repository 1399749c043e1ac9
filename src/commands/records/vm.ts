import { entries, members, plain, type RecordTable } from './field.ts'
import { choice, map, scalar, set, truth, uuid } from './sources.ts'

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
    plain('power-state', choice('power_state', 'vm_power_state')),
    plain('resident-on', uuid('resident_on', 'host')),
    plain('affinity', uuid('affinity', 'host')),
    entries('other-config', map('other_config')),
    members('tags', set('tags'), { separator: ', ' }),
  ],
}
