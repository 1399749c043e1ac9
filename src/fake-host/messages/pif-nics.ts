import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, type Messages, onHost } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { bridgeMtu, checkMac, introducePif, type Nic } from '../network/index.ts'

/** The messages that compare a host's PIFs with the network cards that it has. */
export const pifNics: Pick<Messages<'PIF'>, 'introduce' | 'scan'> = {
  /** docs/spec/networking-semantics.md 4.6 */
  introduce(context, host, MAC, device, managed) {
    const { pool } = onHost(context, host)
    const { nics } = pool.networks.of(host)
    const mac = (MAC === '' ? (nics.get(device)?.MAC ?? '') : MAC).toLowerCase()
    checkMac(mac)
    if (physicalPifs(pool.db, host).some(pif => pool.db.get('PIF', pif, 'device') === device)) {
      throw new Failure('DUPLICATE_PIF_DEVICE_NAME', device)
    }
    const nic = nics.get(device)
    if (nic?.MAC.toLowerCase() !== mac) {
      throw new Failure('COULD_NOT_FIND_NETWORK_INTERFACE_WITH_SPECIFIED_DEVICE_NAME_AND_MAC_ADDRESS', device, mac)
    }
    return introduceNic(context, host, device, { ...nic, MAC: mac }, managed)
  },

  /** What is there gets a PIF, unplugged; what is gone keeps its own (docs/spec/networking-semantics.md 4.7). */
  async scan(context, host) {
    const local = onHost(context, host)
    const { db, networks } = local.pool
    const { nics } = networks.of(host)
    await refreshPifs(local)
    const known = new Set(physicalPifs(db, host).map(pif => db.get('PIF', pif, 'device')))
    for (const [device, nic] of nics) if (!known.has(device)) introduceNic(local, host, device, nic, true)
  },
}

/** Writes what the executing host's cards are by now into their PIFs; what cannot be read stays. */
export async function refreshPifs(context: Context): Promise<void> {
  const {
    pool: { db, networks },
    host,
  } = context
  const { nics } = networks.of(host)
  for (const pif of physicalPifs(db, host)) {
    const nic = nics.get(db.get('PIF', pif, 'device'))
    if (!nic) continue
    db.set('PIF', pif, 'MAC', nic.MAC)
    db.set('PIF', pif, 'capabilities', nic.capabilities)
    db.set('PIF', pif, 'PCI', nic.PCI)
  }
  for (const pif of db.get('host', host, 'PIFs')) await refreshMtu(context, pif)
}

const physicalPifs = (db: Database, host: Ref<'host'>): Ref<'PIF'>[] =>
  db.get('host', host, 'PIFs').filter(pif => db.get('PIF', pif, 'physical'))

async function refreshMtu(context: Context, pif: Ref<'PIF'>): Promise<void> {
  const { db } = context.pool
  const bond = db.get('PIF', pif, 'bond_slave_of')
  if (!db.get('PIF', pif, 'physical') && !db.get('PIF', pif, 'currently_attached')) return
  if (!db.exists('network', db.get('PIF', pif, 'network'))) return
  const mtu = await bridgeMtu(context, db.exists('Bond', bond) ? db.get('Bond', bond, 'master') : pif)
  if (mtu !== undefined) db.set('PIF', pif, 'MTU', mtu)
}

function introduceNic(context: Context, host: Ref<'host'>, device: string, nic: Nic, managed: boolean): Ref<'PIF'> {
  const { pool } = context
  const { db } = pool
  const network = networkFor(db, device, managed)
  const bridge = db.get('network', network, 'bridge')
  const management = pool.networks.pifs
    .addressed(host)
    .some(
      pif => db.get('PIF', pif, 'management') && db.get('network', db.get('PIF', pif, 'network'), 'bridge') === bridge,
    )
  const pif = introducePif(pool, {
    ...nic,
    device,
    network,
    host,
    VLAN: -1,
    physical: true,
    managed,
    management,
    properties: new Map([['gro', 'on']]),
  })
  db.set('PIF', pif, 'currently_attached', management)
  return pif
}

/** The network with the NIC's bridge, where there is exactly one, else a new one. Unmanaged NICs share one without a bridge. */
function networkFor(db: Database, device: string, managed: boolean): Ref<'network'> {
  const position = /^eth(\d+)$/.exec(device)?.[1]
  const bridge = !managed ? '' : position === undefined ? `br${device}` : `xenbr${position}`
  const [network = NULL_REF, ...more] = db.refs('network').filter(ref => db.get('network', ref, 'bridge') === bridge)
  if (network !== NULL_REF && more.length === 0) return network
  const name_label = `Pool-wide network ${position ?? `associated with ${device}`}`
  return db.create('network', { name_label, MTU: 1500, bridge, managed })
}
