import { NULL_REF, type Ref, type Rows, type TunnelProtocol } from '../../datamodel/index.ts'
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

const virtualPif = (device: string): Partial<Rows['PIF']> => ({
  device,
  device_name: device,
  physical: false,
  currently_attached: false,
  IPv6: [''],
})
