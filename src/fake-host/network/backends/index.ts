import type { Backend } from '../daemon.ts'
import { createLinuxBridge } from './linux-bridge.ts'
import { createMemoryHost } from './memory.ts'
import { createOpenVSwitch } from './openvswitch.ts'

export { DEFAULT_MTU } from './memory.ts'

/**
 * A host's network back end, in memory.
 * @param nicMtu the MTU of each NIC
 */
export function createBackend(kind: Backend['kind'], nicMtu: ReadonlyMap<string, number>): Backend {
  const host = createMemoryHost(nicMtu)
  return kind === 'bridge' ? createLinuxBridge(host) : createOpenVSwitch(host)
}
