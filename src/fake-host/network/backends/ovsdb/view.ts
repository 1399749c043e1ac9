import { mapOf, type Replica, type Row, uuidsOf } from '../../../../ovsdb/index.ts'
import { createOvsTables, type OvsBridge, type OvsInterface, type OvsPort, type OvsTables } from '../ovs-tables.ts'
import { readBridge, readInterface, readPort } from './rows.ts'

/** The rows of a database at one moment, to look at or to change; those that the database has, with their uuids. */
export interface View {
  readonly tables: OvsTables
  readonly uuids: ReadonlyMap<OvsBridge | OvsPort | OvsInterface, string>
}

/** What hangs on the switch's own row: all else is on its way out of the database. */
export function viewOf(replica: Replica): View {
  const tables = createOvsTables()
  const uuids = new Map<OvsBridge | OvsPort | OvsInterface, string>()
  const [root] = replica.table('Open_vSwitch').values()
  for (const [key, value] of mapOf(root?.other_config)) tables.Open_vSwitch.other_config.set(key, value)
  for (const { uuid, row } of rowsOf(replica, 'Bridge', uuidsOf(root?.bridges))) {
    const ports = rowsOf(replica, 'Port', uuidsOf(row.ports))
    const bridge = readBridge(
      row,
      ports.map(port => port.name),
    )
    tables.Bridge.set(bridge.name, bridge)
    uuids.set(bridge, uuid)
    for (const port of ports) addPort(replica, { tables, uuids }, bridge, port)
  }
  return { tables, uuids }
}

function addPort(
  replica: Replica,
  { tables, uuids }: { readonly tables: OvsTables; readonly uuids: Map<OvsBridge | OvsPort | OvsInterface, string> },
  bridge: OvsBridge,
  { uuid, row }: Found,
): void {
  const interfaces = rowsOf(replica, 'Interface', uuidsOf(row.interfaces)).map(found => {
    const device = readInterface(found.row)
    tables.Interface.set(device.name, device)
    uuids.set(device, found.uuid)
    return device.name
  })
  const port = readPort(row, bridge.name, interfaces)
  tables.Port.set(port.name, port)
  uuids.set(port, uuid)
}

interface Found {
  readonly uuid: string
  readonly name: string
  readonly row: Row
}

/** In the order of their names, for a database has none. */
const rowsOf = (replica: Replica, table: string, uuids: readonly string[]): Found[] =>
  uuids
    .flatMap(uuid => {
      const row = replica.table(table).get(uuid)
      return row ? [{ uuid, row, name: String(row.name) }] : []
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
