import type { Backend } from '../daemon.ts'
import { createLinuxBridge } from './linux-bridge.ts'
import { createMemoryHost } from './memory.ts'
import { createOpenVSwitch, onStore } from './openvswitch.ts'
import { createOvsdbStore, type RealSwitch } from './ovsdb/index.ts'

export { DEFAULT_MTU } from './memory.ts'
export type { RealSwitch } from './ovsdb/index.ts'

/**
 * A host's network back end: in memory, or a real switch.
 * @param nicMtu the MTU of each NIC
 */
export function createBackend(
  kind: Backend['kind'],
  nicMtu: ReadonlyMap<string, number>,
  real?: RealSwitch | undefined,
): Backend {
  const host = createMemoryHost(nicMtu)
  if (real) return onStore(host, createOvsdbStore(real), true)
  return kind === 'bridge' ? createLinuxBridge(host) : createOpenVSwitch(host)
}
