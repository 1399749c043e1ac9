import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context, Pool } from '../dispatch/context.ts'

/**
 * What follows when the networking of a host's control domain has changed (docs/spec/networking-semantics.md 11.2). Gateways,
 * name servers and DHCP leases of these hosts are what the records say, so that of the refreshing little remains to be seen.
 */
export function dom0NetworkingChanged({ pool, host }: Context): void {
  const { db, networks, hosts } = pool
  const addressed = networks.pifs.addressed(host)
  for (const pif of addressed) if (db.get('PIF', pif, 'currently_attached')) refreshAddresses(db, pif)
  const address = hosts.of(host).servedAt ?? managementAddress(pool, host)
  if (address === db.get('host', host, 'address')) return
  db.set('host', host, 'address', address)
  for (const vm of db.get('host', host, 'resident_VMs')) moveConsoles(db, vm, address)
}

/** Writes the addresses that a dynamically configured PIF has: no lease comes or goes, but an address that is none goes. */
function refreshAddresses(db: Database, pif: Ref<'PIF'>): void {
  const v6 = db.get('PIF', pif, 'ipv6_configuration_mode')
  const dynamic = db.get('PIF', pif, 'ip_configuration_mode') === 'DHCP' || v6 === 'DHCP' || v6 === 'Autoconf'
  if (!dynamic) return
  const addresses = db.get('PIF', pif, 'IPv6')
  db.set(
    'PIF',
    pif,
    'IPv6',
    addresses.filter(address => address !== ''),
  )
}

/** The primary address of a host's management interface; empty where it has none. */
export function managementAddress({ db, networks }: Pool, host: Ref<'host'>): string {
  const management = networks.pifs.addressed(host).find(pif => db.get('PIF', pif, 'management'))
  return management === undefined ? '' : primaryAddress(db, management)
}

/** A PIF's address of its primary type; empty where it has none. */
export function primaryAddress(db: Database, pif: Ref<'PIF'>): string {
  if (db.get('PIF', pif, 'primary_address_type') === 'IPv4') return db.get('PIF', pif, 'IP')
  return db.get('PIF', pif, 'IPv6')[0]?.split('/')[0] ?? ''
}

function moveConsoles(db: Database, vm: Ref<'VM'>, address: string): void {
  for (const console of db.get('VM', vm, 'consoles')) {
    const location = db.get('console', console, 'location')
    db.set('console', console, 'location', location.replace(/^(https?:\/\/)[^/]*/, `$1${address}`))
  }
}
