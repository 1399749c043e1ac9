import { datamodel, NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, coordinator, type Pool } from '../dispatch/context.ts'
import { joinClustersOfPool } from '../messages/cluster-host.ts'
import { syncAttached, syncTunnels, syncVlans, writeBackend } from '../messages/host-networks.ts'
import { refreshPifs } from '../messages/pif-nics.ts'
import { layerOf, plug, pushController, repairBonds, tolerating } from '../network/index.ts'
import { inheritBonds, inheritSriovs } from './inherit.ts'

/**
 * The networking part of the start of a toolstack, in the order of docs/spec/networking-semantics.md 13.4. A step that fails keeps
 * no other from being done.
 */
export async function bootNetworks(pool: Pool, host: Ref<'host'>): Promise<void> {
  const { db, networks } = pool
  const context = startContext(pool, host)
  await tolerating(async () => {
    syncAttached(db, host, await networks.of(host).run(daemon => daemon['Bridge.get_all']()))
  })
  await tolerating(() => refreshPifs(context))
  writeBackend(pool, host)
  await tolerating(() => repairBonds(context))
  if (host === coordinator(pool)) ensureInternalNetwork(pool)
  for (const pif of db.get('host', host, 'PIFs')) {
    await tolerating(async () => {
      if (comesUp(db, pif)) await plug(context, pif)
    })
  }
  await pushController(pool, host)
}

/**
 * What a member that has started takes over from its coordinator; NICs and what they carry come up, VLANs and tunnels do not
 * (docs/spec/networking-semantics.md 13.2). Nothing is removed because the coordinator lacks it.
 */
export async function followCoordinator(pool: Pool, host: Ref<'host'>): Promise<void> {
  if (host === coordinator(pool)) return
  const { db } = pool
  const context = startContext(pool, host)
  await inheritBonds(context)
  await inheritSriovs(context)
  const follows = db.get('host', host, 'other_config').get('sync_vlans') !== 'nosync'
  if (follows) await tolerating(() => syncVlans(pool, host))
  await tolerating(() => syncTunnels(pool, host))
  await tolerating(() => joinClustersOfPool(context))
}

/** For what a toolstack does without being called. */
function startContext(pool: Pool, host: Ref<'host'>): Context {
  const message = datamodel().messages.get('PIF.plug')
  if (!message) throw new Error('the datamodel has no PIF.plug')
  return { pool, message, session: undefined, origin: 'memory', host, task: undefined, signal: undefined }
}

/** The network between a host and guests that it installs (docs/spec/networking-semantics.md 8.7). */
function ensureInternalNetwork({ db, networks }: Pool): void {
  const isThere = db
    .refs('network')
    .some(ref => db.get('network', ref, 'other_config').get('is_host_internal_management_network') === 'true')
  if (isThere) return
  networks.bridgeNames.next() // it had a name like any other before it got its own
  db.create('network', {
    name_label: 'Host internal management network',
    name_description: 'Between a host and the guests on it that need to reach its control domain',
    bridge: 'xenapi',
    MTU: 1500,
    other_config: new Map([
      ['is_guest_installer_network', 'true'],
      ['is_host_internal_management_network', 'true'],
      ['ip_begin', '169.254.0.1'],
      ['ip_end', '169.254.255.254'],
      ['netmask', '255.255.0.0'],
    ]),
  })
}

function comesUp(db: Database, pif: Ref<'PIF'>): boolean {
  const { kind } = layerOf(db, pif)
  if (kind === 'sriov') return true
  if (!db.get('PIF', pif, 'managed') || db.get('PIF', pif, 'bond_slave_of') !== NULL_REF) return false
  const isAddressed =
    db.get('PIF', pif, 'ip_configuration_mode') !== 'None' || db.get('PIF', pif, 'ipv6_configuration_mode') !== 'None'
  return kind === 'bond' || kind === 'physical' || isAddressed
}
