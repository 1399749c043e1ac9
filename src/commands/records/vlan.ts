import { plain, type RecordTable } from './field.ts'
import { scalar, uuid, whole } from './sources.ts'

/** docs/spec/xe-cli-semantics.md 4.1. */
export const vlan: RecordTable = {
  name: 'vlan',
  class: 'VLAN',
  nouns: ['VLAN', 'VLANs'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('tagged-PIF', uuid('tagged_PIF', 'PIF'), { listed: true }),
    plain('untagged-PIF', uuid('untagged_PIF', 'PIF'), { listed: true }),
    plain('tag', whole('tag'), { listed: true }),
  ],
}
