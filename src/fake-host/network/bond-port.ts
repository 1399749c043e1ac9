import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { PortConfig } from './daemon.ts'

const LACP_KEYS = ['lacp-time', 'lacp-aggregation-key', 'lacp-fallback-ab']

/** The port of a bond with all its NICs (docs/spec/networking-semantics.md 10.3). */
export function bondPort(db: Database, bond: Ref<'Bond'>): PortConfig {
  const slaves = db.get('Bond', bond, 'slaves')
  const master = db.get('Bond', bond, 'master')
  return {
    interfaces: slaves.map(slave => db.get('PIF', slave, 'device')),
    bond_mac: db.get('PIF', master, 'MAC'),
    ...(slaves.length > 1 && { bond_properties: properties(db, bond, master) }),
  }
}

function properties(db: Database, bond: Ref<'Bond'>, master: Ref<'PIF'>): ReadonlyMap<string, string> {
  const mode = db.get('Bond', bond, 'mode')
  const own = db.get('Bond', bond, 'properties')
  const result = new Map<string, string>([
    ['mode', mode],
    ['miimon', '100'],
    ['downdelay', '200'],
    ['updelay', '31000'],
    ['use_carrier', '1'],
    ['hashing-algorithm', own.get('hashing_algorithm') ?? ''],
  ])
  if (mode !== 'lacp') result.set('rebalance-interval', '1800000')
  for (const key of mode === 'lacp' ? LACP_KEYS : []) {
    const value = own.get(key)
    if (value !== undefined) result.set(key, value)
  }
  for (const [key, value] of db.get('PIF', master, 'other_config')) {
    if (key.startsWith('bond-')) result.set(key.slice('bond-'.length), value)
  }
  return result
}
