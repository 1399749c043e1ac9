import { type Operation, type OvsdbValue, type Row, sameValue, type Uuid } from '../../../../ovsdb/index.ts'
import type { OvsBridge, OvsInterface, OvsPort } from '../ovs-tables.ts'
import { bridgeColumns, interfaceColumns, portColumns } from './rows.ts'
import type { View } from './view.ts'

type AnyRow = OvsBridge | OvsPort | OvsInterface
type Columns = Readonly<Record<string, OvsdbValue>>
type Reference = Uuid | { readonly named: string }

/**
 * The operations that make a database what a view has become. What is the same is not touched: of maps and sets only the
 * elements that differ are written, so that nobody else's are lost. They fail with `timed out` where somebody has taken away a row meanwhile.
 * @param datapath the `datapath_type` of bridges that are new
 */
export function difference(before: View, after: View, datapath: string): Operation[] {
  const operations: Operation[] = []
  const guards: Operation[] = []
  const had = new Map([...before.uuids].map(([row, uuid]) => [uuid, row]))
  let names = 0

  const update = (table: string, row: AnyRow, columns: (row: never) => Columns): void => {
    const uuid = after.uuids.get(row)
    const old = uuid === undefined ? undefined : had.get(uuid)
    if (uuid === undefined || !old) return
    const changes = changed(table, { uuid }, columns(old as never), columns(row as never)) // rows of the same table
    if (changes.length > 0) guard(table, uuid, row.name)
    operations.push(...changes)
  }
  const insert = (table: string, row: Row): Reference => {
    const named = `row${names++}`
    operations.push({ op: 'insert', table, row, 'uuid-name': named })
    return { named }
  }
  const guard = (table: string, uuid: string, name: string): void => {
    const [where, rows] = [[['_uuid', '==', { uuid }] as const], [{ name }]]
    guards.push({ op: 'wait', table, where, columns: ['name'], until: '==', rows, timeout: 0 })
  }

  const interfaceOf = (row: OvsInterface): Reference => {
    const uuid = after.uuids.get(row)
    if (uuid === undefined) return insert('Interface', interfaceColumns(row))
    update('Interface', row, interfaceColumns)
    return { uuid }
  }
  const portOf = (port: OvsPort): Reference => {
    const interfaces = port.interfaces.flatMap(name => after.tables.Interface.get(name) ?? []).map(interfaceOf)
    const uuid = after.uuids.get(port)
    if (uuid === undefined) return insert('Port', { ...portColumns(port), interfaces })
    update('Port', port, portColumns)
    return { uuid }
  }
  const bridgeOf = (bridge: OvsBridge): Reference => {
    const ports = [...bridge.ports].flatMap(name => after.tables.Port.get(name) ?? []).map(portOf)
    const uuid = after.uuids.get(bridge)
    if (uuid === undefined) return insert('Bridge', { ...bridgeColumns(bridge), datapath_type: datapath, ports })
    update('Bridge', bridge, bridgeColumns)
    const moves = members('ports', portsIn(before, had.get(uuid)), ports)
    if (moves.length > 0) {
      guard('Bridge', uuid, bridge.name)
      operations.push({ op: 'mutate', table: 'Bridge', where: [['_uuid', '==', { uuid }]], mutations: moves })
    }
    return { uuid }
  }

  const bridges = [...after.tables.Bridge.values()].map(bridgeOf)
  const moves = members(
    'bridges',
    [...before.tables.Bridge.values()].flatMap(row => before.uuids.get(row) ?? []),
    bridges,
  )
  if (moves.length > 0) operations.push({ op: 'mutate', table: 'Open_vSwitch', where: [], mutations: moves })
  const [old, now] = [before, after].map(({ tables }) => ({ other_config: tables.Open_vSwitch.other_config }))
  if (old && now) operations.push(...changed('Open_vSwitch', undefined, old, now))
  return [...guards, ...operations]
}

type Mutations = Extract<Operation, { op: 'mutate' }>['mutations']

function portsIn({ tables, uuids }: View, row: AnyRow | undefined): string[] {
  if (!row || !('ports' in row)) return []
  return [...row.ports].flatMap(name => {
    const port = tables.Port.get(name)
    return (port && uuids.get(port)) ?? []
  })
}

/** What joins and what leaves a set of references. */
function members(column: string, before: readonly string[], after: readonly Reference[]): Mutations {
  const kept = new Set(after.flatMap(it => ('uuid' in it ? it.uuid : [])))
  const had = new Set(before)
  const gone = before.filter(uuid => !kept.has(uuid)).map(uuid => ({ uuid }))
  const come = after.filter(it => !('uuid' in it && had.has(it.uuid)))
  return [
    ...(gone.length > 0 ? [[column, 'delete', gone] as const] : []),
    ...(come.length > 0 ? [[column, 'insert', come] as const] : []),
  ]
}

/** @param uuid of the row; undefined for the only one of its table */
function changed(table: string, uuid: Uuid | undefined, before: Columns, after: Columns): Operation[] {
  const where = uuid ? [['_uuid', '==', uuid] as const] : []
  const differing = Object.keys(after).filter(column => !sameValue(before[column], after[column]))
  const isMap = (column: string) => after[column] instanceof Map
  const plain = differing.filter(column => !isMap(column)).map(column => [column, after[column] ?? []] as const)
  const mutations = differing.filter(isMap).flatMap(column => mapMutations(column, before[column], after[column]))
  return [
    ...(plain.length > 0 ? [{ op: 'update', table, where, row: Object.fromEntries(plain) } as const] : []),
    ...(mutations.length > 0 ? [{ op: 'mutate', table, where, mutations } as const] : []),
  ]
}

function mapMutations(column: string, before: OvsdbValue | undefined, after: OvsdbValue | undefined): Mutations {
  const [old, now] = [before, after].map(map => (map instanceof Map ? map : new Map<string, string>()))
  if (!old || !now) return []
  const gone = [...old.keys()].filter(key => old.get(key) !== now.get(key))
  const come = [...now].filter(([key, value]) => old.get(key) !== value)
  return [
    ...(gone.length > 0 ? [[column, 'delete', gone] as const] : []),
    ...(come.length > 0 ? [[column, 'insert', new Map(come)] as const] : []),
  ]
}
