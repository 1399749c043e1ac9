import { type BondMode, NULL_REF, type Ref, type Rows, type TunnelProtocol } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { macFrom } from '../random.ts'

/** The database part of messages that make PIFs: no checks, no plug (docs/spec/networking-semantics.md 1.3). */

/** A tunnel and its access PIF. */
export function introduceTunnel(
  { db, random, networks }: Pool,
  tunnel: { transport: Ref<'PIF'>; network: Ref<'network'>; host: Ref<'host'>; protocol: TunnelProtocol },
): { readonly tunnel: Ref<'tunnel'>; readonly accessPif: Ref<'PIF'> } {
  const { transport, network, host, protocol } = tunnel
  const device = networks.pifs.tunnelDevices.free(host)
  const accessPif = db.create('PIF', {
    ...virtualPif(device),
    network,
    host,
    MAC: macFrom(random.uuid()),
    MTU: -1,
    VLAN: -1,
    metrics: db.get('PIF', transport, 'metrics'),
    primary_address_type: db.get('PIF', transport, 'primary_address_type'),
  })
  const status = new Map([['active', 'false']])
  const ref = db.create('tunnel', { access_PIF: accessPif, transport_PIF: transport, status, protocol })
  return { tunnel: ref, accessPif }
}

/** A VLAN and its untagged PIF, on the host of the tagged one. */
export function introduceVlan(
  { db, random }: Pool,
  { tagged, tag, network }: { tagged: Ref<'PIF'>; tag: number; network: Ref<'network'> },
): { readonly vlan: Ref<'VLAN'>; readonly untaggedPif: Ref<'PIF'> } {
  const vlan: Ref<'VLAN'> = `OpaqueRef:${random.uuid()}`
  const untaggedPif = db.create('PIF', {
    ...virtualPif(db.get('PIF', tagged, 'device')),
    network,
    host: db.get('PIF', tagged, 'host'),
    MAC: 'fe:ff:ff:ff:ff:ff',
    MTU: db.get('PIF', tagged, 'MTU'),
    VLAN: tag,
    VLAN_master_of: vlan,
    metrics: db.get('PIF', tagged, 'metrics'),
    primary_address_type: db.get('PIF', tagged, 'primary_address_type'),
  })
  db.create('VLAN', { tagged_PIF: tagged, untagged_PIF: untaggedPif, tag }, { ref: vlan })
  return { vlan, untaggedPif }
}

export interface NewBond {
  readonly network: Ref<'network'>
  readonly members: readonly Ref<'PIF'>[]
  /** One of the members. */
  readonly primary: Ref<'PIF'>
  /** Empty for that of the primary slave, also when that changes. */
  readonly MAC: string
  readonly mode: BondMode
  readonly properties: ReadonlyMap<string, string>
}

/** A bond with its master PIF, and its members as its slaves. */
export function introduceBond(
  { db }: Pool,
  host: Ref<'host'>,
  bond: NewBond,
): { readonly ref: Ref<'Bond'>; readonly master: Ref<'PIF'> } {
  const { network, members, primary, MAC, mode, properties } = bond
  const master = db.create('PIF', {
    ...virtualPif(freeBondDevice(db, host)),
    network,
    host,
    MAC: MAC === '' ? db.get('PIF', primary, 'MAC') : MAC,
    MTU: -1,
    VLAN: -1,
    metrics: db.create('PIF_metrics', {}),
    primary_address_type: db.get('PIF', primary, 'primary_address_type'),
    properties: db.get('PIF', primary, 'properties'),
  })
  const ref = db.create('Bond', { master, mode, properties, primary_slave: primary, auto_update_mac: MAC === '' })
  for (const pif of members) db.set('PIF', pif, 'bond_slave_of', ref)
  return { ref, master }
}

/** SR-IOV on a physical PIF: its logical PIF and the record of both. */
export function introduceSriov(
  { db }: Pool,
  { physical, network }: { physical: Ref<'PIF'>; network: Ref<'network'> },
): { readonly sriov: Ref<'network_sriov'>; readonly logicalPif: Ref<'PIF'> } {
  const logicalPif = db.create('PIF', {
    ...virtualPif(db.get('PIF', physical, 'device')),
    network,
    host: db.get('PIF', physical, 'host'),
    MAC: 'fe:ff:ff:ff:ff:ff',
    MTU: db.get('PIF', physical, 'MTU'),
    VLAN: -1,
    IPv6: [],
    metrics: db.get('PIF', physical, 'metrics'),
    primary_address_type: db.get('PIF', physical, 'primary_address_type'),
  })
  const sriov = db.create('network_sriov', { physical_PIF: physical, logical_PIF: logicalPif })
  return { sriov, logicalPif }
}

/** A PIF as given, with metrics of its own (docs/spec/networking-semantics.md 4.8). */
export function introducePif({ db }: Pool, fields: Partial<Rows['PIF']> & { device: string }): Ref<'PIF'> {
  return db.create('PIF', {
    ...fields,
    device_name: fields.device,
    metrics: db.create('PIF_metrics', {}),
    bond_slave_of: NULL_REF,
    currently_attached: false,
  })
}

/** `bondN` with the smallest N that no bond of the host has. */
function freeBondDevice(db: Database, host: Ref<'host'>): string {
  const masters = db.get('host', host, 'PIFs').filter(pif => db.linked('PIF', pif, 'bond_master_of').size > 0)
  const used = new Set(masters.map(pif => db.get('PIF', pif, 'device')))
  let number = 0
  while (used.has(`bond${number}`)) number++
  return `bond${number}`
}

const virtualPif = (device: string): Partial<Rows['PIF']> => ({
  device,
  device_name: device,
  physical: false,
  currently_attached: false,
  IPv6: [''],
})
