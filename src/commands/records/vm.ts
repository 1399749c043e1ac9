import { entries, members, plain, type RecordTable } from './field.ts'
import { setter } from './readers.ts'
import { choice, map, mapped, scalar, set, truth, uuid } from './sources.ts'

/** As administrators know it: running, halted, paused, suspended. */
const powerState = mapped(choice('power_state', 'vm_power_state'), state => state.toLowerCase())

/** What virtual machines are listed with and selected by (docs/decisions/vm-selectors.md). */
export const vm: RecordTable = {
  name: 'vm',
  class: 'VM',
  nouns: ['VM', 'VMs'],
  presets: [['is-a-template', 'false']],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('name-label', scalar('name_label'), { listed: true, set: setter('set_name_label') }),
    plain('name-description', scalar('name_description'), { set: setter('set_name_description') }),
    plain('is-a-template', truth('is_a_template')),
    plain('is-default-template', truth('is_default_template')),
    plain('is-a-snapshot', truth('is_a_snapshot')),
    plain('snapshot-of', uuid('snapshot_of', 'VM')),
    plain('is-control-domain', truth('is_control_domain')),
    plain('power-state', powerState, { listed: true }),
    plain('resident-on', uuid('resident_on', 'host')),
    plain('affinity', uuid('affinity', 'host')),
    entries('other-config', map('other_config')),
    members('tags', set('tags'), { separator: ', ' }),
  ],
}
