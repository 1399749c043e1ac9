import { xenDate } from '../clock.ts'
import { type Messages, onHost } from '../dispatch/context.ts'
import { internalError } from '../dispatch/failure.ts'
import { hostCoordinator } from './host-coordinator.ts'
import { hostNetworks } from './host-networks.ts'

export const host: Messages<'host'> = {
  ...hostNetworks,
  ...hostCoordinator,

  get_servertime: ({ pool }) => xenDate(pool.clock()),

  get_server_localtime: ({ pool }) => xenDate(pool.clock()).slice(0, -1),

  compute_free_memory({ pool: { db } }, self) {
    return db.get('host_metrics', db.get('host', self, 'metrics'), 'memory_free')
  },

  disable(context, self) {
    onHost(context, self).pool.db.set('host', self, 'enabled', false)
  },

  enable(context, self) {
    onHost(context, self).pool.db.set('host', self, 'enabled', true)
  },

  get_management_interface({ pool: { db } }, self) {
    const found = db.get('host', self, 'PIFs').find(pif => db.get('PIF', pif, 'management'))
    if (found === undefined) throw internalError(`no management interface on ${self}`)
    return found
  },
}
