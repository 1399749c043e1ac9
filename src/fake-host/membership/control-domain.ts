import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'

/** The domain that a host itself runs in, which it has from its first boot in a pool. */
export function ensureControlDomain(db: Database, host: Ref<'host'>): void {
  if (db.exists('VM', db.get('host', host, 'control_domain'))) return
  const vm = db.create('VM', {
    name_label: `Control domain on host: ${db.get('host', host, 'name_label')}`,
    is_control_domain: true,
    power_state: 'Running',
    domain_type: 'pv',
    domid: 0,
    resident_on: host,
    affinity: host,
  })
  db.set('host', host, 'control_domain', vm)
}
