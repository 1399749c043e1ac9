import type { SwitchBridge, SwitchPort } from '../switch.ts'
import type { OvsBridge, OvsPort, OvsTables } from './ovs-tables.ts'

const NOTHING: ReadonlyMap<string, string> = new Map()

/** A bridge with what is on it, without what depends on other hosts. */
export function switchBridge(tables: OvsTables, bridge: OvsBridge, up: boolean): SwitchBridge {
  const { name, fail_mode, external_ids, other_config } = bridge
  const ports = [...bridge.ports].flatMap(port => tables.Port.get(port) ?? []).map(port => switchPort(tables, port))
  return { name, up, fail_mode, external_ids, other_config, ports }
}

function switchPort(tables: OvsTables, port: OvsPort): SwitchPort {
  const row = tables.Interface.get(port.interfaces[0] ?? '')
  return {
    name: port.name,
    type: port.interfaces.length > 1 ? '' : (row?.type ?? ''),
    interfaces: port.interfaces,
    fake_bridge: port.fake_bridge,
    tag: port.tag,
    trunks: port.trunks,
    protected: port.protected,
    options: row?.options ?? NOTHING,
    external_ids: row?.external_ids ?? NOTHING,
    bfd: row?.bfd ?? NOTHING,
    ofport: row?.ofport,
    error: row?.error,
    bfd_status: row?.bfd_status ?? NOTHING,
    status: row?.status ?? NOTHING,
  }
}
