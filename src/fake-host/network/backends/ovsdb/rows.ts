import { mapOf, type OvsdbValue, optionalOf, type Row, setOf, textOf, type Watched } from '../../../../ovsdb/index.ts'
import type { OvsBridge, OvsInterface, OvsPort } from '../ovs-tables.ts'

/** The columns that networking reads and writes, and the references between rows. */
export const WATCHED: Watched = {
  Open_vSwitch: ['bridges', 'other_config', 'cur_cfg', 'next_cfg'],
  Bridge: ['name', 'ports', 'fail_mode', 'mcast_snooping_enable', 'other_config', 'external_ids', 'datapath_id'],
  Port: [
    ...['name', 'interfaces', 'fake_bridge', 'tag', 'trunks', 'protected', 'mac', 'lacp', 'other_config'],
    ...['bond_mode', 'bond_updelay', 'bond_downdelay'],
  ],
  Interface: [
    ...['name', 'type', 'mac', 'mtu', 'mtu_request', 'other_config', 'external_ids', 'options', 'bfd'],
    ...['ofport', 'error', 'bfd_status', 'status'],
  ],
}

/** What of a row is no reference, as the database has it. */
type Columns = Readonly<Record<string, OvsdbValue>>

export const bridgeColumns = (bridge: OvsBridge): Columns => ({
  name: bridge.name,
  fail_mode: optional(bridge.fail_mode),
  mcast_snooping_enable: bridge.mcast_snooping_enable,
  other_config: bridge.other_config,
  external_ids: bridge.external_ids,
})

export const portColumns = (port: OvsPort): Columns => ({
  name: port.name,
  fake_bridge: port.fake_bridge,
  tag: optional(port.tag),
  trunks: port.trunks,
  protected: port.protected,
  mac: optional(port.MAC),
  lacp: optional(port.lacp),
  bond_mode: optional(port.bond_mode),
  bond_updelay: port.bond_updelay,
  bond_downdelay: port.bond_downdelay,
  other_config: port.other_config,
})

export const interfaceColumns = (row: OvsInterface): Columns => ({
  name: row.name,
  type: row.type,
  mac: optional(row.MAC),
  mtu_request: optional(row.mtu_request),
  other_config: row.other_config,
  external_ids: row.external_ids,
  options: row.options,
  bfd: row.bfd,
})

export const readBridge = (row: Row, ports: Iterable<string>): OvsBridge => ({
  name: text(row.name),
  isSetUp: text(row.datapath_id) !== '',
  ports: new Set(ports),
  fail_mode: text(row.fail_mode),
  mcast_snooping_enable: row.mcast_snooping_enable === true,
  other_config: new Map(mapOf(row.other_config)),
  external_ids: new Map(mapOf(row.external_ids)),
})

export const readPort = (row: Row, bridge: string, interfaces: readonly string[]): OvsPort => ({
  name: text(row.name),
  bridge,
  interfaces,
  fake_bridge: row.fake_bridge === true,
  tag: number(row.tag),
  trunks: setOf(row.trunks).map(Number),
  protected: row.protected === true,
  MAC: text(row.mac),
  lacp: text(row.lacp),
  bond_mode: text(row.bond_mode),
  bond_updelay: number(row.bond_updelay) ?? 0,
  bond_downdelay: number(row.bond_downdelay) ?? 0,
  other_config: new Map(mapOf(row.other_config)),
})

export const readInterface = (row: Row): OvsInterface => ({
  name: text(row.name),
  type: text(row.type),
  MAC: text(row.mac),
  mtu: number(row.mtu),
  mtu_request: number(row.mtu_request),
  other_config: new Map(mapOf(row.other_config)),
  external_ids: new Map(mapOf(row.external_ids)),
  options: mapOf(row.options),
  bfd: mapOf(row.bfd),
  ofport: number(row.ofport),
  error: text(row.error) || undefined,
  bfd_status: mapOf(row.bfd_status),
  status: mapOf(row.status),
})

const optional = (value: string | number | undefined): OvsdbValue => (value === undefined || value === '' ? [] : value)
const text = (value: OvsdbValue | undefined): string => textOf(optionalOf(value))

function number(value: OvsdbValue | undefined): number | undefined {
  const atom = optionalOf(value)
  return typeof atom === 'number' ? atom : undefined
}
