import type { Backend } from '../daemon.ts'
import { createLinuxBridge } from './linux-bridge.ts'
import { createMemoryHost } from './memory.ts'
import { createOpenVSwitch, onStore } from './openvswitch.ts'
import type { OvsStore } from './ovs-store.ts'
import type { RealSwitch } from './ovsdb/index.ts'

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
  if (real) return onStore(host, realStore(real), true)
  return kind === 'bridge' ? createLinuxBridge(host) : createOpenVSwitch(host)
}

/** The store of a real switch; what it takes is loaded when it is used, for most pools have none. */
function realStore(real: RealSwitch): OvsStore {
  let isClosed = false
  let store: Promise<OvsStore> | undefined
  const open = async () => {
    const { createOvsdbStore } = await import('./ovsdb/index.ts')
    const opened = createOvsdbStore(real)
    if (isClosed) opened.close()
    return opened
  }
  const opened = () => {
    store ??= open()
    return store
  }
  return {
    read: async look => (await opened()).read(look),
    write: async (command, change) => (await opened()).write(command, change),
    close() {
      isClosed = true
      void store?.then(it => it.close())
    },
  }
}
