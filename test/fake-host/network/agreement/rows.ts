import type { OvsTables } from '../../../../src/fake-host/network/backends/ovs-tables.ts'
import { connectOvsdb, mapOf, optionalOf, type Row, setOf, uuidsOf } from '../../../../src/ovsdb/index.ts'

/** What networking has written to a switch, without identities and order, to compare. */
export type SwitchRows = unknown

const sorted = (map: ReadonlyMap<string, string>) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
const byName = <T extends { name: string }>(rows: readonly T[]) =>
  Object.fromEntries(rows.map(row => [row.name, row] as const).sort(([a], [b]) => (a < b ? -1 : 1)))

export function rowsInMemory(tables: OvsTables): SwitchRows {
  const interfaces = (names: readonly string[]) =>
    names
      .flatMap(name => tables.Interface.get(name) ?? [])
      .map(row => ({
        name: row.name,
        type: row.type,
        mac: row.MAC || undefined,
        mtu_request: row.mtu_request,
        other_config: sorted(row.other_config),
        external_ids: sorted(row.external_ids),
      }))
  const ports = (names: ReadonlySet<string>) =>
    [...names]
      .flatMap(name => tables.Port.get(name) ?? [])
      .map(row => ({
        name: row.name,
        fake_bridge: row.fake_bridge,
        tag: row.tag,
        trunks: [...row.trunks].sort((a, b) => a - b),
        mac: row.MAC || undefined,
        lacp: row.lacp || undefined,
        bond_mode: row.bond_mode || undefined,
        bond_updelay: row.bond_updelay,
        bond_downdelay: row.bond_downdelay,
        other_config: sorted(row.other_config),
        interfaces: byName(interfaces(row.interfaces)),
      }))
  return {
    other_config: sorted(tables.Open_vSwitch.other_config),
    bridges: byName(
      [...tables.Bridge.values()].map(row => ({
        name: row.name,
        fail_mode: row.fail_mode || undefined,
        mcast_snooping_enable: row.mcast_snooping_enable,
        other_config: sorted(row.other_config),
        external_ids: sorted(row.external_ids),
        ports: byName(ports(row.ports)),
      })),
    ),
  }
}

/** The same of a database, read by its own operations and not by what the fake host reads it with. */
export async function rowsInDatabase(address: string): Promise<SwitchRows> {
  await using ovsdb = await connectOvsdb(address)
  const names = ['Open_vSwitch', 'Bridge', 'Port', 'Interface']
  const results = await ovsdb.transact(names.map(table => ({ op: 'select', table, where: [] }) as const))
  const [root = [], bridges = [], ports = [], interfaces = []] = results.map(result => result.rows)
  const referred = (rows: readonly Row[], uuids: readonly string[]) =>
    rows.filter(row => uuidsOf(row._uuid).some(uuid => uuids.includes(uuid)))
  const map = (row: Row, column: string) => sorted(mapOf(row[column]))
  return {
    other_config: map(root[0] ?? {}, 'other_config'),
    bridges: byName(
      referred(bridges, uuidsOf(root[0]?.bridges)).map(row => ({
        name: String(row.name),
        fail_mode: optionalOf(row.fail_mode),
        mcast_snooping_enable: row.mcast_snooping_enable,
        other_config: map(row, 'other_config'),
        external_ids: map(row, 'external_ids'),
        ports: byName(
          referred(ports, uuidsOf(row.ports)).map(port => ({
            name: String(port.name),
            fake_bridge: port.fake_bridge,
            tag: optionalOf(port.tag),
            trunks: setOf(port.trunks)
              .map(Number)
              .sort((a, b) => a - b),
            mac: optionalOf(port.mac),
            lacp: optionalOf(port.lacp),
            bond_mode: optionalOf(port.bond_mode),
            bond_updelay: port.bond_updelay,
            bond_downdelay: port.bond_downdelay,
            other_config: map(port, 'other_config'),
            interfaces: byName(
              referred(interfaces, uuidsOf(port.interfaces)).map(device => ({
                name: String(device.name),
                type: device.type,
                mac: optionalOf(device.mac),
                mtu_request: optionalOf(device.mtu_request),
                other_config: map(device, 'other_config'),
                external_ids: map(device, 'external_ids'),
              })),
            ),
          })),
        ),
      })),
    ),
  }
}
