import type { PortConfig } from '../daemon.ts'
import type { OvsPort, OvsTables } from './ovs-tables.ts'

/** Columns and keys of a bond, by property (docs/spec/networking-semantics.md 17.3). */
const KEYS: Readonly<Record<string, string>> = {
  miimon: 'bond-miimon-interval',
  'rebalance-interval': 'bond-rebalance-interval',
  'lacp-time': 'lacp-time',
  'lacp-fallback-ab': 'lacp-fallback-ab',
}
const ELSEWHERE = new Set(['mode', 'hashing-algorithm', 'updelay', 'downdelay', 'use_carrier', 'lacp-aggregation-key'])
const NUMERIC = new Set(['miimon', 'rebalance-interval'])

/** Writes a bond's properties to its port and interfaces. */
export function setBondProperties(tables: OvsTables, port: OvsPort, config: PortConfig): void {
  const properties = config.bond_properties ?? new Map<string, string>()
  port.MAC = config.bond_mac ?? port.MAC
  const mode = properties.get('mode') ?? ''
  const bySource = properties.get('hashing-algorithm') === 'src_mac'
  port.lacp = mode === 'lacp' ? 'active' : 'off'
  port.bond_mode = mode !== 'lacp' ? mode : bySource ? 'balance-slb' : 'balance-tcp'
  port.bond_updelay = numberOf(properties.get('updelay')) ?? port.bond_updelay
  port.bond_downdelay = numberOf(properties.get('downdelay')) ?? port.bond_downdelay
  const detect = properties.get('use_carrier')
  if (detect !== undefined) port.other_config.set('bond-detect-mode', detect === '1' ? 'carrier' : 'miimon')
  for (const [property, value] of properties) {
    if (ELSEWHERE.has(property)) continue
    if (NUMERIC.has(property) && numberOf(value) === undefined) continue
    port.other_config.set(KEYS[property] ?? `bond-${property}`, value)
  }
  const key = properties.get('lacp-aggregation-key')
  if (mode !== 'lacp' || key === undefined) return
  for (const name of port.interfaces) tables.Interface.get(name)?.other_config.set('lacp-aggregation-key', key)
}

/** Negative and other values that are no number are dropped. */
const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
