import { XapiError } from '../../xapi/index.ts'
import type { Session } from '../command.ts'
import { type Struct, struct } from '../wire.ts'
import * as read from './objects.ts'

/** The objects of a class by their references. */
type Objects<T> = ReadonlyMap<string, T>

/** The part of a pool that a tunnel network touches. */
export interface Networks {
  readonly networks: Objects<read.Network>
  readonly hosts: Objects<read.Host>
  readonly pifs: Objects<read.Pif>
  readonly tunnels: Objects<read.Tunnel>
  readonly isLive: (host: read.Host) => boolean
}

/** What decides beside that whether a tunnel can be made or removed. */
export interface Pool extends Networks {
  readonly bonds: Objects<read.Step>
  readonly vlans: Objects<read.Step>
  readonly sriovs: Objects<read.Step>
  /** HA or the redo log is on. */
  readonly isProtected: boolean
}

/** The classes whose objects decide what is shown of a tunnel network. */
export const watched: readonly string[] = ['network', 'host', 'PIF', 'tunnel']

/** One call a class, however large the pool is. */
export async function readNetworks(session: Session): Promise<Networks> {
  const [networks, hosts, metrics, pifs, tunnels] = await Promise.all([
    all(session, 'network', read.network),
    all(session, 'host', read.host),
    all(session, 'host_metrics', read.liveness),
    all(session, 'PIF', read.pif),
    all(session, 'tunnel', read.tunnel),
  ])
  return { networks, hosts, pifs, tunnels, isLive: host => metrics.get(host.metrics) === true }
}

export async function readPool(session: Session): Promise<Pool> {
  const [networks, bonds, vlans, sriovs, pools] = await Promise.all([
    readNetworks(session),
    all(session, 'Bond', read.bond),
    all(session, 'VLAN', read.vlan),
    all(session, 'network_sriov', read.sriov),
    all(session, 'pool', read.poolState),
  ])
  return { ...networks, bonds, vlans, sriovs, isProtected: [...pools.values()].some(pool => pool.isProtected) }
}

/** A class that the host does not know has no objects: network_sriov is younger than tunnels are. */
async function all<T>(session: Session, cls: string, decode: (ref: string, record: Struct) => T): Promise<Objects<T>> {
  try {
    const records = struct(await session.call(`${cls}.get_all_records`))
    return new Map(Array.from(records, ([ref, record]) => [ref, decode(ref, struct(record))]))
  } catch (error) {
    if (error instanceof XapiError && error.code === 'MESSAGE_METHOD_UNKNOWN') return new Map()
    throw error
  }
}
