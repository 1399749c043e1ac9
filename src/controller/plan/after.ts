import type { Change, Port } from '../model.ts'
import type { Ends } from './joined.ts'

/** The ports of one network that a host has once some changes are made. */
export function endsAfter(ports: readonly Port[], changes: readonly Change[]): Ends {
  const after = new Map(ports.map(port => [port.name, port] as const))
  const ends = new Map<string, boolean>()
  for (const { op, port } of changes) if (op === 'remove') after.delete(port.name)
  for (const { mark, isProtected } of after.values()) if (mark) ends.set(mark.peer, isProtected)
  for (const change of changes) if (change.op !== 'remove') ends.set(change.port.mark.peer, change.port.isProtected)
  return ends
}
