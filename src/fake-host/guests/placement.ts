import type { Ref } from '../../datamodel/index.ts'
import { isLive, type Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { checkSeesNetworks } from '../network/index.ts'

/**
 * Whether a VM can run on a host. Throws HOST_NOT_LIVE [], HOST_DISABLED [host], VM_REQUIRES_NETWORK [vm; network],
 * HOST_CANNOT_ATTACH_NETWORK [host; network], NETWORK_SRIOV_INSUFFICIENT_CAPACITY [network].
 * @param networks what its VIFs will be on by then; what they are on now unless told
 */
export function checkCanBootHere(
  pool: Pool,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
  networks?: readonly Ref<'network'>[],
): void {
  const isEnabled = pool.db.get('host', host, 'enabled')
  if (!isLive(pool, host)) throw new Failure('HOST_NOT_LIVE')
  if (!isEnabled) throw new Failure('HOST_DISABLED', host)
  checkSeesNetworks(pool.db, vm, host, networks)
}

/** The hosts that a VM can run on. */
export const possibleHosts = (pool: Pool, vm: Ref<'VM'>): Ref<'host'>[] =>
  pool.db.refs('host').filter(host => canBootHere(pool, vm, host))

function canBootHere(pool: Pool, vm: Ref<'VM'>, host: Ref<'host'>): boolean {
  try {
    checkCanBootHere(pool, vm, host)
    return true
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

/**
 * The host for a VM that starts somewhere: the one it has an affinity for where it can, else the one with the fewest VMs, of several
 * the first by name. Throws NO_HOSTS_AVAILABLE [].
 */
export function chooseHost(pool: Pool, vm: Ref<'VM'>): Ref<'host'> {
  const { db } = pool
  const possible = possibleHosts(pool, vm)
  const affinity = db.get('VM', vm, 'affinity')
  if (possible.includes(affinity)) return affinity
  const load = (host: Ref<'host'>): number => db.linked('host', host, 'resident_VMs').size
  const name = (host: Ref<'host'>): string => db.get('host', host, 'name_label')
  const [best] = possible.sort((a, b) => load(a) - load(b) || (name(a) < name(b) ? -1 : 1))
  if (best === undefined) throw new Failure('NO_HOSTS_AVAILABLE')
  return best
}
