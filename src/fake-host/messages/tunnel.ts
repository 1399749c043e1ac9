import type { Database } from '../database/index.ts'
import type { Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import {
  checkCarriesTunnel,
  checkFreeOnHost,
  checkManagedNetwork,
  checkManagedPif,
  checkTakesTunnels,
  introduceTunnel,
  plug,
  unplug,
} from '../network/index.ts'
import { onHostOf } from './on-host-of.ts'

export const tunnel: Messages<'tunnel'> = {
  /** What was written stays when the plug fails (docs/spec/networking-semantics.md 3.1). */
  async create(context, transport_PIF, network, protocol) {
    const { pool } = context
    const { db } = pool
    const local = onHostOf(context, transport_PIF)
    const { host } = local
    checkManagedNetwork(db, network)
    checkFreeOnHost(db, network, host)
    checkManagedPif(db, transport_PIF)
    checkCarriesTunnel(db, transport_PIF)
    checkTakesTunnels(db, network)
    checkOpenVSwitchEverywhere(db)
    const created = introduceTunnel(pool, { transport: transport_PIF, network, host, protocol })
    await plug(local, created.accessPif)
    return created.tunnel
  },

  /** docs/spec/networking-semantics.md 3.2 */
  async destroy(context, self) {
    const { db } = context.pool
    const local = onHostOf(context, db.get('tunnel', self, 'transport_PIF'))
    const accessPif = db.get('tunnel', self, 'access_PIF')
    await unplug(local, accessPif)
    db.destroy('PIF', accessPif)
    db.destroy('tunnel', self)
  },
}

/** By the records of all hosts of the pool, live or not. */
function checkOpenVSwitchEverywhere(db: Database): void {
  for (const host of db.refs('host')) {
    if (db.get('host', host, 'software_version').get('network_backend') !== 'openvswitch') {
      throw new Failure('OPENVSWITCH_NOT_ACTIVE')
    }
  }
}
