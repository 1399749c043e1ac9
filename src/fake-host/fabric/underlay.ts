import { isIPv4 } from 'node:net'
import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { type Layer, layerBelow, layerOf, nicKey } from '../network/index.ts'

/** Where an address is, and from which address of the sending host it is reached. */
export interface Route {
  readonly source: Ref<'PIF'>
  readonly sourceAddress: string
  readonly target: Ref<'PIF'>
  readonly targetHost: Ref<'host'>
}

/** Something that keeps frames from getting on, in words. */
export class Obstacle {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * How the control domain of a host gets to an address of another: every address is routed, so that only what fails on the way
 * matters (docs/decisions/wires.md).
 * @param local the address to send from; that of the PIF in the same subnet, or else of the management interface, unless given
 */
export function routeTo(pool: Pool, from: Ref<'host'>, address: string, local?: string): Route | Obstacle {
  const {
    db,
    networks: { conditions },
  } = pool
  const source = sourceFor(pool, from, address, local)
  if (!source) {
    const missing = local === undefined ? 'has no address to send from' : `has no address ${local}`
    return new Obstacle(`${nameOf(pool, from)} ${missing}`)
  }
  const target = holderOf(pool, address)
  if (target === undefined) return new Obstacle(`no host has the address ${address}`)
  const targetHost = db.get('PIF', target, 'host')
  const obstacle = deadEnd(pool, from) ?? deadEnd(pool, targetHost)
  if (obstacle) return obstacle
  if (targetHost === from) return new Obstacle(`${address} is an address of ${nameOf(pool, from)} itself`)
  for (const pif of [source.pif, target]) {
    const unusable = unusablePif(pool, pif)
    if (unusable) return unusable
  }
  if (conditions.areParted(from, targetHost)) {
    return new Obstacle(`the wires between ${nameOf(pool, from)} and ${nameOf(pool, targetHost)} are cut`)
  }
  return { source: source.pif, sourceAddress: source.address, target, targetHost }
}

/** Why nothing goes through the switch of a host. */
export function deadEnd(pool: Pool, host: Ref<'host'>): Obstacle | undefined {
  if (!pool.hosts.isRunning(host)) return new Obstacle(`${nameOf(pool, host)} does not run`)
  if (pool.networks.conditions.crashed.has(host)) return new Obstacle(`the switch of ${nameOf(pool, host)} has stopped`)
  return undefined
}

export const nameOf = ({ db }: Pool, host: Ref<'host'>): string =>
  db.get('host', host, 'name_label') || db.get('host', host, 'uuid')

/** The address, without a prefix, of each PIF of a host that is plugged and has one. */
function addressesOf(pool: Pool, host: Ref<'host'>): { pif: Ref<'PIF'>; address: string }[] {
  const { db, networks } = pool
  return [...networks.pifs.addressed(host)].flatMap(pif => {
    if (!db.get('PIF', pif, 'currently_attached')) return []
    const all = [db.get('PIF', pif, 'IP'), ...db.get('PIF', pif, 'IPv6').map(address => address.split('/')[0] ?? '')]
    return all.filter(address => address !== '').map(address => ({ pif, address }))
  })
}

function sourceFor(
  pool: Pool,
  host: Ref<'host'>,
  address: string,
  local: string | undefined,
): { pif: Ref<'PIF'>; address: string } | undefined {
  const { db } = pool
  const own = addressesOf(pool, host).filter(candidate => isIPv4(candidate.address) === isIPv4(address))
  if (local !== undefined) return own.find(candidate => candidate.address === local)
  const near = own.find(candidate => isNear(candidate.address, address, db.get('PIF', candidate.pif, 'netmask')))
  return near ?? own.find(candidate => db.get('PIF', candidate.pif, 'management')) ?? own[0]
}

/** Whether two IPv4 addresses are in one subnet. */
function isNear(a: string, b: string, netmask: string): boolean {
  if (!isIPv4(a) || !isIPv4(b) || !isIPv4(netmask)) return false
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const mask = number(netmask)
  return ((number(a) & mask) ^ (number(b) & mask)) === 0
}

function holderOf(pool: Pool, address: string): Ref<'PIF'> | undefined {
  for (const host of pool.db.refs('host')) {
    const found = addressesOf(pool, host).find(candidate => candidate.address === address)
    if (found) return found.pif
  }
  return undefined
}

/** A PIF's frames need one of the NICs below it to have a cable. */
function unusablePif(pool: Pool, pif: Ref<'PIF'>): Obstacle | undefined {
  const {
    db,
    networks: { conditions },
  } = pool
  const host = db.get('PIF', pif, 'host')
  const nics = nicsBelow(pool, layerOf(db, pif))
  if (nics.some(device => !conditions.pulled.has(nicKey(host, device)))) return undefined
  return new Obstacle(`${nics.join(' and ')} of ${nameOf(pool, host)} has no cable`)
}

function nicsBelow(pool: Pool, layer: Layer): string[] {
  const { db } = pool
  if (layer.kind === 'bond') return db.get('Bond', layer.bond, 'slaves').map(slave => db.get('PIF', slave, 'device'))
  const below = layerBelow(db, layer)
  return below ? nicsBelow(pool, below) : [db.get('PIF', layer.pif, 'device')]
}
