import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { bondPort } from './bond-port.ts'
import type { BridgeConfig, InterfaceConfig, PortConfig } from './daemon.ts'
import { ethtool, isPersistent, plainDevice } from './device-settings.ts'
import { type Layer, layerBelow } from './topology.ts'

/** What bringing up a PIF does to bridges and to the devices below them (docs/spec/networking-semantics.md 10.3). */
export interface Layout {
  /** Bridges to destroy first, by force. */
  readonly destroy: readonly string[]
  readonly bridges: ReadonlyMap<string, BridgeConfig>
  readonly devices: ReadonlyMap<string, InterfaceConfig>
}

/** The bridge of a PIF's network. */
export const bridgeOf = (db: Database, pif: Ref<'PIF'>): string =>
  db.get('network', db.get('PIF', pif, 'network'), 'bridge')

/** The layout for a PIF that has a bridge: not for SR-IOV logical PIFs and VLANs on them. */
export function layoutOf(db: Database, layer: Layer): Layout {
  switch (layer.kind) {
    case 'physical':
      return physicalLayout(db, layer.pif)
    case 'bond':
      return bondLayout(db, layer.pif, layer.bond)
    case 'VLAN':
      return vlanLayout(db, layer)
    case 'tunnel':
      return tunnelLayout(db, layer.pif)
    case 'sriov':
      throw new Error('an SR-IOV logical PIF has no bridge')
  }
}

function physicalLayout(db: Database, pif: Ref<'PIF'>): Layout {
  const device = db.get('PIF', pif, 'device')
  const bond = db.get('PIF', pif, 'bond_slave_of')
  const nic = plainDevice(db, pif, ethtool(db.get('PIF', pif, 'properties'), db.get('PIF', pif, 'other_config')))
  return {
    destroy: db.exists('Bond', bond) ? [bridgeOf(db, db.get('Bond', bond, 'master'))] : [],
    bridges: new Map([[bridgeOf(db, pif), bridge(db, pif, new Map([[device, { interfaces: [device] }]]))]]),
    devices: new Map([[device, nic]]),
  }
}

function bondLayout(db: Database, master: Ref<'PIF'>, bond: Ref<'Bond'>): Layout {
  const slaves = db.get('Bond', bond, 'slaves')
  const device = db.get('PIF', master, 'device')
  const properties = db.get('PIF', master, 'properties')
  const nics = slaves.map((slave): [string, InterfaceConfig] => [
    db.get('PIF', slave, 'device'),
    plainDevice(db, master, ethtool(properties, db.get('PIF', slave, 'other_config'))),
  ])
  return {
    destroy: slaves.map(slave => bridgeOf(db, slave)),
    bridges: new Map([[bridgeOf(db, master), bridge(db, master, new Map([[device, bondPort(db, bond)]]))]]),
    devices: new Map([[device, plainDevice(db, master)], ...nics]),
  }
}

function vlanLayout(db: Database, layer: Layer & { kind: 'VLAN' }): Layout {
  const below = layerBelow(db, layer)
  if (!below) throw new Error('a VLAN stands on a PIF')
  const parent = layoutOf(db, below)
  const tag = db.get('PIF', layer.pif, 'VLAN')
  const networks = [layer.pif, below.pif].map(pif => db.get('PIF', pif, 'network'))
  const config: BridgeConfig = {
    other_config: otherConfig(db, layer.pif, networks),
    bridge_mac: db.get('PIF', below.pif, 'MAC'),
    vlan: [bridgeOf(db, below.pif), tag],
    ports: new Map(),
    persistent: isPersistent(db, layer.pif),
  }
  const device = `${db.get('PIF', below.pif, 'device')}.${tag}`
  return {
    destroy: parent.destroy,
    bridges: new Map([[bridgeOf(db, layer.pif), config], ...parent.bridges]),
    devices: new Map([[device, plainDevice(db, layer.pif)], ...parent.devices]),
  }
}

function tunnelLayout(db: Database, access: Ref<'PIF'>): Layout {
  const bridges = new Map([[bridgeOf(db, access), bridge(db, access, new Map())]])
  return { destroy: [], bridges, devices: new Map() }
}

function bridge(db: Database, pif: Ref<'PIF'>, ports: ReadonlyMap<string, PortConfig>): BridgeConfig {
  return {
    other_config: otherConfig(db, pif, [db.get('PIF', pif, 'network')]),
    bridge_mac: db.get('PIF', pif, 'MAC'),
    ports,
    igmp_snooping: isSnooping(db),
    persistent: isPersistent(db, pif),
  }
}

export function isSnooping(db: Database): boolean {
  const pool = db.refs('pool')[0]
  return pool !== undefined && db.get('pool', pool, 'igmp_snooping_enabled')
}

/** The pool's, overlaid by the network's, overlaid by the PIF's, and the uuids of the networks. */
function otherConfig(db: Database, pif: Ref<'PIF'>, networks: readonly Ref<'network'>[]): ReadonlyMap<string, string> {
  const pool = db.refs('pool')[0]
  return new Map([
    ...(pool === undefined ? [] : db.get('pool', pool, 'other_config')),
    ...db.get('network', db.get('PIF', pif, 'network'), 'other_config'),
    ...db.get('PIF', pif, 'other_config'),
    ['network-uuids', networks.map(ref => db.get('network', ref, 'uuid')).join(';')],
  ])
}
