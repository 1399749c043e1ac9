import type { Ref } from '../../datamodel/index.ts'
import type { Context } from '../dispatch/context.ts'
import { DaemonError, type NetworkDaemon } from './daemon.ts'
import { bridgeOf } from './layout.ts'

/** The MTU that a bridge has; undefined where it cannot be read. */
export async function readMtu(daemon: NetworkDaemon, bridge: string): Promise<number | undefined> {
  try {
    return await daemon['Interface.get_mtu'](bridge)
  } catch (error) {
    if (error instanceof DaemonError) return undefined
    throw error
  }
}

/** The MTU that a PIF's bridge has on the executing host; undefined where there is no bridge. */
export const bridgeMtu = ({ pool: { db, networks }, host }: Context, pif: Ref<'PIF'>): Promise<number | undefined> =>
  networks.of(host).run(daemon => readMtu(daemon, bridgeOf(db, pif)))
