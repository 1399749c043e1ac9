import { OvsdbError, parseOvsdbAddress, parsePassiveAddress } from '../../ovsdb/index.ts'
import { ControllerError } from '../parameters.ts'

/**
 * Throws ControllerError for what is no address of switches: to connect to, with %h, %n and %u in it, or to listen at. What a
 * host makes of a right one, only connecting shows.
 */
export function checkAddress(ovsdb: string): void {
  try {
    if (/^p(?:tcp|ssl|unix):/.test(ovsdb)) parsePassiveAddress(ovsdb)
    else parseOvsdbAddress(ovsdb.replaceAll('%h', '192.0.2.1').replaceAll(/%[nu]/g, 'host'))
  } catch (error) {
    if (!(error instanceof OvsdbError)) throw error
    throw new ControllerError(
      `ovsdb=${ovsdb}: tcp:HOST:PORT, ssl:HOST:PORT or unix:PATH is needed, with %h for a host's address; or pssl, or pssl:PORT:ADDRESS, ptcp:PORT:ADDRESS or punix:PATH to be connected to`,
    )
  }
}
