import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, coordinator, type Messages, onHost } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { pifsOn, primaryAddress } from '../network/index.ts'
import { openSession } from './session.ts'

/** What a host does so that guests can come to it. */
export const hostMigration: Pick<Messages<'host'>, 'migrate_receive'> = {
  /** Tells another host where it may send a guest. Its texts are for that host. */
  migrate_receive(context, host, network) {
    const { pool } = context
    const { db } = pool
    const local = onHost(context, host)
    const address = receivingAddress(local, network)
    const session = openSession(local, {})
    const master = db.get('host', coordinator(pool), 'address')
    return new Map([
      ['sm', `http://${address}/services/SM?session_id=${session}`],
      ['host', host],
      ['xenops', `http://${address}/services/xenops?session_id=${session}`],
      ['session_id', session],
      ['master', `http://${master}/`],
    ])
  },
}

/** docs/spec/networking-semantics.md 9.4, last paragraph */
function receivingAddress({ pool: { db }, host }: Context, network: Ref<'network'>): string {
  const [pif] = pifsOn(db, network, host)
  if (pif === undefined) throw new Failure('HOST_CANNOT_ATTACH_NETWORK', host, network)
  const address = primaryAddress(db, pif)
  if (address !== '') return address
  throw new Failure(isConfigured(db, pif) ? 'INTERFACE_HAS_NO_IP' : 'PIF_HAS_NO_NETWORK_CONFIGURATION', pif)
}

function isConfigured(db: Database, pif: Ref<'PIF'>): boolean {
  const isV4 = db.get('PIF', pif, 'primary_address_type') === 'IPv4'
  return db.get('PIF', pif, isV4 ? 'ip_configuration_mode' : 'ipv6_configuration_mode') !== 'None'
}
