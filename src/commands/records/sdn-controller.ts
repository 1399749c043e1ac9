import { plain, type RecordTable } from './field.ts'
import { choice, scalar, whole } from './sources.ts'

/** docs/spec/xe-cli-semantics.md 4.1. */
export const sdnController: RecordTable = {
  name: 'sdn-controller',
  class: 'SDN_controller',
  nouns: ['SDN controller', 'SDN controllers'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('protocol', choice('protocol', 'sdn_controller_protocol'), { listed: true }),
    plain('address', scalar('address'), { listed: true }),
    plain('port', whole('port'), { listed: true }),
  ],
}
