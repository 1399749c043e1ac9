import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { Failure, internalError } from '../dispatch/failure.ts'
import { checkCanBeSent, checkMigrationNetwork, migrateVm, sendVm } from '../guests/index.ts'
import { checkAgile } from '../network/index.ts'

type MigrationMessages = Pick<Messages<'VM'>, 'pool_migrate' | 'migrate_send' | 'assert_can_migrate' | 'assert_agile'>

/** How a VM gets from one host to another, and whether it could. */
export const vmMigration: MigrationMessages = {
  /** Its options choose the network that it goes over: `network`, a reference or a uuid. Others make no difference here. */
  async pool_migrate(context, vm, host, options) {
    const { db } = context.pool
    const network = options.get('network')
    if (network !== undefined) checkMigrationNetwork(db, host, networkNamed(db, network))
    await migrateVm(context, vm, host)
  },

  /** Within the pool, with the disks where they are. The destination is as host.migrate_receive tells it. */
  async migrate_send(context, vm, dest, _live, disks, networks, options) {
    await sendVm(context, vm, destination(context, dest, disks, options), networks)
    return vm
  },

  assert_can_migrate(context, vm, dest, _live, disks, networks, options) {
    checkCanBeSent(context.pool, vm, destination(context, dest, disks, options), networks)
  },

  assert_agile: ({ pool }, self) => checkAgile(pool, self),
}

const networkNamed = (db: Database, name: string): Ref<'network'> =>
  db.exists('network', name) || name.startsWith('OpaqueRef:') ? name : db.byUuid('network', name)

/**
 * The host that a VM is sent to. Throws SESSION_INVALID [session] without a session there, and NOT_IMPLEMENTED [message] for what
 * these hosts do not do: another pool, disks that move, a copy instead of the VM.
 */
function destination(
  { pool: { db }, message }: Context,
  dest: ReadonlyMap<string, string>,
  disks: ReadonlyMap<Ref<'VDI'>, Ref<'SR'>>,
  options: ReadonlyMap<string, string>,
): Ref<'host'> {
  const [host, session] = [dest.get('host'), dest.get('session_id')]
  if (host === undefined || session === undefined) throw internalError('the destination has no host or no session_id')
  const stay = [...disks].every(([disk, sr]) => db.get('VDI', disk, 'SR') === sr)
  if (!db.exists('host', host) || !stay || options.get('copy') === 'true') {
    throw new Failure('NOT_IMPLEMENTED', message.name)
  }
  if (!db.exists('session', session)) throw new Failure('SESSION_INVALID', session)
  return host
}
