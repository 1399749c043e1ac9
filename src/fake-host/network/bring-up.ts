import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context } from '../dispatch/context.ts'
import { internalError } from '../dispatch/failure.ts'
import { DaemonError, type NetworkDaemon } from './daemon.ts'
import { bridgeDevice } from './device-settings.ts'
import { dom0NetworkingChanged } from './dom0.ts'
import { gatewayAndDns } from './gateway.ts'
import { bridgeOf, isSnooping, layoutOf } from './layout.ts'
import { readMtu } from './mtu.ts'
import { enableSriov } from './sriov.ts'
import { type Layer, layerOf, sriovBelowVlan } from './topology.ts'
import { translatingFailures } from './translate.ts'

/**
 * Brings up a PIF of the executing host, also when it is up already: then its configuration is applied anew
 * (docs/spec/networking-semantics.md 10.1, 10.2). Throws PIF_CONFIGURATION_ERROR [pif; text], VLAN_IN_USE [device; tag],
 * NETWORK_SRIOV_ENABLE_FAILED [pif; text].
 * @param options.management the PIF is, or is becoming, the management interface
 */
export async function bringUp(
  context: Context,
  pif: Ref<'PIF'>,
  options: { management?: boolean } = {},
): Promise<void> {
  const {
    pool: { db, networks },
    host,
  } = context
  await networks.of(host).run(async daemon => {
    const layer = layerOf(db, pif)
    const logical = sriovBelowVlan(db, layer)
    if (layer.kind === 'sriov') await enableSriov(db, daemon, layer)
    else if (logical) db.set('PIF', pif, 'currently_attached', db.get('PIF', logical.pif, 'currently_attached'))
    else await bringUpBridge(context, daemon, layer, options.management ?? false)
  })
}

async function bringUpBridge(
  context: Context,
  daemon: NetworkDaemon,
  layer: Layer,
  management: boolean,
): Promise<void> {
  const { db } = context.pool
  const { pif } = layer
  const wasAttached = db.get('PIF', pif, 'currently_attached')
  if (layer.kind === 'bond') prepareBond(db, layer)
  await translatingFailures(pif, () => configure(context, daemon, layer, management))
  if (!wasAttached || management) markAttached(context, pif)
  const mtu = await readMtu(daemon, bridgeOf(db, pif))
  if (mtu !== undefined) db.set('PIF', pif, 'MTU', mtu)
  if (db.get('PIF', pif, 'VLAN') === -1) {
    db.set('PIF', pif, 'igmp_snooping_status', isSnooping(db) ? 'enabled' : 'disabled')
  }
  if (layer.kind === 'tunnel' && db.get('tunnel', layer.tunnel, 'protocol') === 'vxlan') await openVxlanPort(daemon)
}

/** Of a bond that is coming up, the slaves go down, and take over its network's MTU. */
function prepareBond(db: Database, { pif, bond }: Layer & { kind: 'bond' }): void {
  const mtu = db.get('network', db.get('PIF', pif, 'network'), 'MTU')
  for (const slave of db.get('Bond', bond, 'slaves')) {
    db.set('PIF', slave, 'currently_attached', false)
    db.set('network', db.get('PIF', slave, 'network'), 'MTU', mtu)
  }
  const primary = db.get('Bond', bond, 'primary_slave')
  if (db.get('Bond', bond, 'auto_update_mac') && db.exists('PIF', primary)) {
    db.set('PIF', pif, 'MAC', db.get('PIF', primary, 'MAC'))
  }
}

async function configure(context: Context, daemon: NetworkDaemon, layer: Layer, management: boolean): Promise<void> {
  const {
    pool: { db, networks },
    host,
  } = context
  const { pif } = layer
  const { gateway, dns } = gatewayAndDns(db, networks.pifs.addressed(host), management ? pif : undefined)
  if (gateway !== undefined) await daemon.set_gateway_interface(bridgeOf(db, gateway))
  if (dns !== undefined) await daemon.set_dns_interface(bridgeOf(db, dns))
  const layout = layoutOf(db, layer)
  for (const bridge of layout.destroy) await daemon['Bridge.destroy'](bridge, true)
  await daemon['Bridge.make_config'](layout.bridges)
  if (layout.devices.size > 0) await daemon['Interface.make_config'](layout.devices)
  await daemon['Interface.make_config'](new Map([[bridgeOf(db, pif), bridgeDevice(db, pif)]]))
}

function markAttached(context: Context, pif: Ref<'PIF'>): void {
  const { db } = context.pool
  db.set('PIF', pif, 'currently_attached', true)
  const bond = db.get('PIF', pif, 'bond_slave_of')
  if (bond !== NULL_REF) db.set('PIF', db.get('Bond', bond, 'master'), 'currently_attached', false)
  dom0NetworkingChanged(context)
}

async function openVxlanPort(daemon: NetworkDaemon): Promise<void> {
  try {
    await daemon.FIREWALL('vxlan', true)
  } catch (error) {
    if (error instanceof DaemonError) throw internalError(error.message)
    throw error
  }
}
