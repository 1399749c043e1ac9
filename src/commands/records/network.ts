import { entries, members, plain, type RecordTable } from './field.ts'
import { asChoice, asUncheckedInteger, changing, keys, setter } from './readers.ts'
import { blobs, choice, choices, flattened, map, scalar, set, truth, uuids, whole } from './sources.ts'

/** docs/spec/xe-cli-semantics.md 4.1. */
export const network: RecordTable = {
  name: 'network',
  class: 'network',
  nouns: ['network', 'networks'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('name-label', scalar('name_label'), { listed: true, set: setter('set_name_label') }),
    plain('name-description', scalar('name_description'), { listed: true, set: setter('set_name_description') }),
    members('VIF-uuids', uuids('VIFs', 'VIF')),
    members('PIF-uuids', uuids('PIFs', 'PIF')),
    plain('MTU', whole('MTU'), { set: setter('set_MTU', asUncheckedInteger) }),
    plain('bridge', scalar('bridge'), { listed: true }),
    plain('managed', truth('managed')),
    entries('other-config', map('other_config'), { change: keys('other_config') }),
    plain('blobs', flattened(blobs)),
    members('tags', set('tags'), { separator: ', ', change: changing('tags') }),
    plain('default-locking-mode', choice('default_locking_mode', 'network_default_locking_mode'), {
      set: setter('set_default_locking_mode', asChoice('network_default_locking_mode')),
    }),
    members('purpose', choices('purpose', 'network_purpose'), {
      separator: ', ',
      change: changing('purpose', asChoice('network_purpose')),
    }),
  ],
}
