import { mapOf, type Operation, optionalOf, type Replica, type Row, textOf, uuidsOf } from '../../ovsdb/index.ts'
import type { Change } from '../model.ts'
import { externalIds } from './columns.ts'

/**
 * What makes a switch forget behind which tunnel it has met each guest, in two transactions: the first goes with the changes.
 *
 * A spoke that becomes the centre keeps its one port, to the former centre, and with it what it has learned of guests there that
 * are behind other ports from now on: their frames would go to a host that is dead. A port whose protection changes loses all
 * that was learned at it; one protected port among others forwards as before.
 */
export function flushOperations(
  changes: readonly Change[],
  replica: Replica,
): { readonly first: readonly Operation[]; readonly second: readonly Operation[] } {
  const changed = new Set(changes.map(({ port }) => port.name))
  const stale = new Set<string>()
  for (const change of changes) {
    if (change.op !== 'add' || change.port.isProtected) continue
    const { pool, network } = change.port.mark
    const marks = [...externalIds({ pool, network, peer: '' })].filter(([, value]) => value !== '')
    const own = portsOn(change.port.bridge, replica).filter(({ row }) => {
      const ids = mapOf(row.external_ids)
      return marks.every(([name, value]) => ids.get(name) === value)
    })
    const [only, ...more] = own
    if (!only || more.length > 0 || changed.has(textOf(optionalOf(only.row.name)))) continue
    if (optionalOf(only.row.protected) !== true) stale.add(only.uuid)
  }
  const protect = (isProtected: boolean) =>
    [...stale].map(
      (uuid): Operation => ({
        op: 'update',
        table: 'Port',
        where: [['_uuid', '==', { uuid }]],
        row: { protected: isProtected },
      }),
    )
  return { first: protect(true), second: protect(false) }
}

function portsOn(bridge: string, replica: Replica): { readonly uuid: string; readonly row: Row }[] {
  const ports = replica.table('Port')
  return [...replica.table('Bridge').values()]
    .filter(row => textOf(optionalOf(row.name)) === bridge)
    .flatMap(row => uuidsOf(row.ports))
    .flatMap(uuid => {
      const row = ports.get(uuid)
      return row ? [{ uuid, row }] : []
    })
}
