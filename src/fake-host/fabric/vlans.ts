import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import type { SwitchPort } from '../network/index.ts'

/** How ports treat the tags of frames: as the columns `tag` and `trunks` of an Open vSwitch say. 0 stands for no tag. */

/** Whether frames of a VLAN leave by a port. */
export function carries(port: SwitchPort, vlan: number): boolean {
  if (port.type === 'internal') return false
  if (port.type === 'vlan') return vlan === 0
  if (port.tag !== undefined) return vlan === port.tag
  return port.trunks.length === 0 || port.trunks.includes(vlan)
}

/** The tag that a frame of a VLAN has once it has left by a port that carries it. */
export function leave(port: SwitchPort, vlan: number): number {
  if (port.type === 'vlan') return port.tag ?? 0
  return port.tag === undefined ? vlan : 0
}

/** The VLAN that a frame with a tag belongs to once it has come in by a port; undefined where the port drops it. */
export function enter(port: SwitchPort, tag: number): number | undefined {
  if (port.type === 'vlan') return tag === port.tag ? 0 : undefined
  if (port.tag !== undefined) return tag === 0 ? port.tag : undefined
  return port.trunks.length === 0 || port.trunks.includes(tag) ? tag : undefined
}

export const nameOfBridge = ({ db }: Pool, network: Ref<'network'>): string => db.get('network', network, 'bridge')
