import { xenDate } from '../clock.ts'
import type { Messages } from '../dispatch/context.ts'
import { internalError } from '../dispatch/failure.ts'
import { hostCoordinator } from './host-coordinator.ts'
import { hostCreate } from './host-create.ts'
import { hostEvacuation } from './host-evacuation.ts'
import { hostManagement } from './host-management.ts'
import { hostMigration } from './host-migration.ts'
import { hostNetworks } from './host-networks.ts'
import { hostPower } from './host-power.ts'

export const host: Messages<'host'> = {
  ...hostCoordinator,
  ...hostCreate,
  ...hostEvacuation,
  ...hostManagement,
  ...hostMigration,
  ...hostNetworks,
  ...hostPower,

  get_servertime: ({ pool }) => xenDate(pool.clock()),

  get_server_localtime: ({ pool }) => xenDate(pool.clock()).slice(0, -1),

  compute_free_memory({ pool: { db } }, self) {
    return db.get('host_metrics', db.get('host', self, 'metrics'), 'memory_free')
  },

  get_management_interface({ pool: { db } }, self) {
    const found = db.get('host', self, 'PIFs').find(pif => db.get('PIF', pif, 'management'))
    if (found === undefined) throw internalError(`no management interface on ${self}`)
    return found
  },
}
