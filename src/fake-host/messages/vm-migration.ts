import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Messages } from '../dispatch/context.ts'
import { checkMigrationNetwork, migrateVm } from '../guests/index.ts'
import { checkAgile } from '../network/index.ts'

type MigrationMessages = Pick<Messages<'VM'>, 'pool_migrate' | 'assert_agile'>

/** How a VM gets from one host to another, and whether it could. */
export const vmMigration: MigrationMessages = {
  /** Its options choose the network that it goes over: `network`, a reference or a uuid. Others make no difference here. */
  async pool_migrate(context, vm, host, options) {
    const { db } = context.pool
    const network = options.get('network')
    if (network !== undefined) checkMigrationNetwork(db, host, networkNamed(db, network))
    await migrateVm(context, vm, host)
  },

  assert_agile: ({ pool }, self) => checkAgile(pool, self),
}

const networkNamed = (db: Database, name: string): Ref<'network'> =>
  db.exists('network', name) || name.startsWith('OpaqueRef:') ? name : db.byUuid('network', name)
