import { entries, plain, type RecordTable } from './field.ts'
import { choice, joined, map, scalar, truth, uuid, uuids, whole } from './sources.ts'

/** docs/spec/xe-cli-semantics.md 4.1. */
export const bond: RecordTable = {
  name: 'bond',
  class: 'Bond',
  nouns: ['bond', 'bonds'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('master', uuid('master', 'PIF'), { listed: true }),
    plain('slaves', joined(uuids('slaves', 'PIF')), { listed: true }),
    plain('mode', choice('mode', 'bond_mode')),
    entries('properties', map('properties'), { put: 'set_property' }),
    plain('primary-slave', uuid('primary_slave', 'PIF')),
    plain('links-up', whole('links_up')),
    plain('auto-update-mac', truth('auto_update_mac')),
  ],
}
