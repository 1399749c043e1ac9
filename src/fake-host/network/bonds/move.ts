import type { Ref } from '../../../datamodel/index.ts'
import type { Database } from '../../database/index.ts'
import type { Context } from '../../dispatch/context.ts'
import { bringDown } from '../bring-down.ts'
import { bringUp } from '../bring-up.ts'
import { moveVif, refreshVif } from '../guest-ports.ts'
import { introduceTunnel, introduceVlan } from '../introduce.ts'
import { bringUpAsManagement } from '../management.ts'
import { localVifs } from '../placement.ts'

/** What a bond takes over from its members, and gives back when it ends (docs/spec/networking-semantics.md 6.3 to 6.5). */

/** IPv6 configuration stays where it is. */
export function moveIpv4(db: Database, from: Ref<'PIF'>, to: Ref<'PIF'>): void {
  copyIpv4(db, from, to)
  db.set('PIF', from, 'ip_configuration_mode', 'None')
  for (const field of TEXTS) db.set('PIF', from, field, '')
}

/** The network of these VIFs changes; VIFs that are plugged go on in the new one. */
export async function moveVifs(context: Context, vifs: readonly Ref<'VIF'>[], network: Ref<'network'>): Promise<void> {
  const { db, domains } = context.pool
  for (const vif of vifs) await domains.run(db.get('VIF', vif, 'VM'), () => moveVif(context, vif, network))
}

/** A new VLAN takes the place of this one, unless the target has one with its tag. It is up if this one was. */
export async function moveVlan(context: Context, vlan: Ref<'VLAN'>, target: Ref<'PIF'>): Promise<void> {
  const { pool, host } = context
  const { db } = pool
  const [former, tag] = [db.get('VLAN', vlan, 'untagged_PIF'), db.get('VLAN', vlan, 'tag')]
  const network = db.get('PIF', former, 'network')
  const attached = db.get('PIF', former, 'currently_attached')
  const management = db.get('PIF', former, 'management')
  if (attached && !management) await bringDown(context, former)
  const twin = db.get('PIF', target, 'VLAN_slave_of').find(other => db.get('VLAN', other, 'tag') === tag)
  const untagged =
    twin === undefined
      ? introduceVlan(pool, { tagged: target, tag, network }).untaggedPif
      : db.get('VLAN', twin, 'untagged_PIF')
  if (twin !== undefined) await moveVifs(context, localVifs(pool, host, [network]), db.get('PIF', untagged, 'network'))
  copyIpv4(db, former, untagged)
  db.destroy('VLAN', vlan)
  db.destroy('PIF', former)
  if (!attached) return
  if (management) await bringUpAsManagement(context, untagged)
  else await bringUp(context, untagged)
  await rehomeVifs(context, network)
}

/** A new tunnel takes the place of this one, whose bridge stays as it is until the new one is brought up. */
export async function moveTunnel(context: Context, tunnel: Ref<'tunnel'>, transport: Ref<'PIF'>): Promise<void> {
  const { pool, host } = context
  const { db } = pool
  const former = db.get('tunnel', tunnel, 'access_PIF')
  const network = db.get('PIF', former, 'network')
  const attached = db.get('PIF', former, 'currently_attached')
  const protocol = db.get('tunnel', tunnel, 'protocol')
  const { accessPif } = introduceTunnel(pool, { transport, network, host, protocol })
  db.destroy('tunnel', tunnel)
  db.destroy('PIF', former)
  if (!attached) return
  await bringUp(context, accessPif)
  await rehomeVifs(context, network)
}

/** Connects the VIFs of guests that run here again: a bridge that was made anew has nothing on it. */
async function rehomeVifs(context: Context, network: Ref<'network'>): Promise<void> {
  const { db } = context.pool
  const isHere = (vm: Ref<'VM'>) => db.exists('VM', vm) && db.get('VM', vm, 'resident_on') === context.host
  const vifs = db.get('network', network, 'VIFs').filter(vif => isHere(db.get('VIF', vif, 'VM')))
  for (const vif of vifs) await refreshVif(context, vif)
}

/** A cluster goes on over the bond, or over its primary slave. */
export function moveClustering(db: Database, from: readonly Ref<'PIF'>[], to: Ref<'PIF'>): void {
  for (const clusterHost of db.refs('Cluster_host')) {
    if (from.includes(db.get('Cluster_host', clusterHost, 'PIF'))) db.set('Cluster_host', clusterHost, 'PIF', to)
  }
}

const TEXTS = ['IP', 'netmask', 'gateway', 'DNS'] as const

function copyIpv4(db: Database, from: Ref<'PIF'>, to: Ref<'PIF'>): void {
  db.set('PIF', to, 'ip_configuration_mode', db.get('PIF', from, 'ip_configuration_mode'))
  for (const field of TEXTS) db.set('PIF', to, field, db.get('PIF', from, field))
}
