import { type Backend, type BridgeConfig, DaemonError } from '../daemon.ts'
import { DEFAULT_MTU, deviceCalls, forgetDevice, type MemoryHost, parentsFirst } from './memory.ts'
import { pushController } from './ovs-controller.ts'
import { editTables } from './ovs-edit.ts'
import { switchBridge } from './ovs-inspect.ts'
import {
  addPorts,
  bridgeNames,
  connectGuest,
  createFakeBridge,
  createRealBridge,
  deleteOwnBridges,
  deleteTwins,
  describeBridge,
  isConnected,
  isUp,
} from './ovs-recipes.ts'
import { memoryStore, type OvsStore } from './ovs-store.ts'
import { createOvsTables, deleteBridge, fakeBridgesOn, type OvsTables, removePort } from './ovs-tables.ts'

export interface OpenVSwitch extends Backend {
  readonly kind: 'openvswitch'
  readonly tables: OvsTables
}

/** An Open vSwitch without a datapath: its rows in memory. */
export function createOpenVSwitch(host: MemoryHost): OpenVSwitch {
  const tables = createOvsTables()
  startSwitch(tables)
  return { ...onStore(host, memoryStore(tables), false), tables }
}

/** docs/spec/networking-semantics.md 17.3, when the daemon starts */
function startSwitch(tables: OvsTables): void {
  tables.Open_vSwitch.other_config.set('max-idle', '5000')
}

/** An Open vSwitch: the rows that docs/spec/networking-semantics.md 17 has written, wherever they are. */
export function onStore(host: MemoryHost, store: OvsStore, isReal: boolean): Omit<OpenVSwitch, 'tables'> {
  const calls = deviceCalls(host)
  const write = <T>(command: string, change: (tables: OvsTables) => T): Promise<T> =>
    store.write(command, tables => {
      startSwitch(tables)
      return change(tables)
    })

  const create = async (name: string, config: BridgeConfig): Promise<void> => {
    if (config.vlan) {
      const [parent, tag] = config.vlan
      await write(`del-br VLANs ${tag} on ${parent}`, tables => deleteTwins(tables, name, parent, tag))
      await write(`--may-exist add-br ${name} ${parent} ${tag}`, tables =>
        createFakeBridge(tables, { name, parent, tag }, config, host),
      )
    } else {
      await write(`--may-exist add-br ${name}`, tables => createRealBridge(tables, name, config))
    }
    host.up.add(name)
    if (config.persistent) host.persistent.add(name)
  }

  return {
    kind: 'openvswitch',
    isReal,
    ...calls,

    async 'Interface.make_config'(devices) {
      await calls['Interface.make_config'](devices)
      await write('set interface mtu_request', tables => {
        for (const [name, { mtu }] of devices) {
          const row = tables.Interface.get(name)
          if (row) row.mtu_request = mtu
        }
      })
    },

    async 'Bridge.make_config'(bridges) {
      for (const [name, config] of parentsFirst(bridges)) {
        await create(name, config)
        for (const [port, ports] of config.ports) {
          await write(`--may-exist add-port ${name} ${port}`, tables => addPorts(tables, name, port, ports))
        }
      }
    },

    'Bridge.create': create,

    async 'Bridge.destroy'(name, force) {
      host.up.delete(name)
      const gone = await write(`--if-exists del-br ${name}`, tables => {
        const bridge = tables.Bridge.get(name)
        const vlans = bridge ? fakeBridgesOn(tables, bridge) : []
        if (vlans.length > 0 && !force) return []
        deleteBridge(tables, name)
        return [name, ...vlans.map(vlan => vlan.name)]
      })
      for (const bridge of gone) forgetDevice(host, bridge)
    },

    'Bridge.get_all': () => store.read(tables => [...bridgeNames(tables)]),

    /** VLANs are tags in the switch: the kernel has no device for them. */
    async 'Interface.has_vlan'() {
      return false
    },

    'Interface.get_mtu': name => store.read(tables => mtuOf(tables, name, host)),

    describe: () => store.read(tables => [...bridgeNames(tables)].map(name => describeBridge(tables, name, host))),

    inspect: () =>
      store.read(tables =>
        [...tables.Bridge.values()].map(bridge => switchBridge(tables, bridge, isUp(tables, bridge.name, host))),
      ),

    edit: edits => write('edit', tables => editTables(tables, edits)),

    pushController: push => write('set-manager', tables => pushController(tables, host, push)),

    async addGuestPort(port) {
      host.guests.set(port.device, port)
      await write(`--if-exists del-port ${port.device}`, tables => {
        if (port.locking === 'disabled' || !isConnected(tables, port)) removePort(tables, port.device)
      })
      if (port.locking === 'disabled') return
      await write(`add-port ${port.bridge} ${port.device}`, tables => connectGuest(tables, port))
    },

    async boot() {
      await write('del-br all', deleteOwnBridges)
      for (const forgotten of [host.devices, host.up, host.persistent, host.guests]) forgotten.clear()
    },

    close: () => store.close(),

    async removeGuestPort(device) {
      await write(`--if-exists del-port ${device}`, tables => removePort(tables, device))
      host.guests.delete(device)
    },
  }
}

/** What the device has, where a real switch tells; else that of the NIC that the bridge is on. */
function mtuOf(tables: OvsTables, name: string, host: MemoryHost): number {
  const guest = host.guests.get(name)
  if (guest) return guest.mtu
  const mtu = tables.Interface.get(name)?.mtu
  if (mtu !== undefined) return mtu
  const bridge = tables.Bridge.get(tables.Port.get(name)?.bridge ?? name)
  if (!bridge) throw new DaemonError(`no device ${name}`)
  const nic = [...bridge.ports]
    .flatMap(port => tables.Port.get(port)?.interfaces ?? [])
    .find(device => host.nicMtu.has(device))
  return host.nicMtu.get(nic ?? '') ?? DEFAULT_MTU
}
