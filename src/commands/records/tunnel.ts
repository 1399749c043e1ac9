import { entries, plain, type RecordTable } from './field.ts'
import { keys } from './readers.ts'
import { choice, flattened, map, scalar, uuid } from './sources.ts'

/** docs/spec/xe-cli-semantics.md 4.1. */
export const tunnel: RecordTable = {
  name: 'tunnel',
  class: 'tunnel',
  nouns: ['tunnel', 'tunnels'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('access-PIF', uuid('access_PIF', 'PIF'), { listed: true }),
    plain('transport-PIF', uuid('transport_PIF', 'PIF'), { listed: true }),
    plain('status', flattened(map('status')), { listed: true }),
    entries('other-config', map('other_config'), { change: keys('other_config') }),
    plain('protocol', choice('protocol', 'tunnel_protocol')),
  ],
}
