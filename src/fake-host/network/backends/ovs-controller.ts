import type { ControllerPush, ManagerSsl } from '../daemon.ts'
import type { MemoryHost } from './memory.ts'
import { isOwn } from './ovs-recipes.ts'
import type { OvsBridge, OvsTables } from './ovs-tables.ts'

const KEY = '/etc/xensource/xapi-ssl.pem'
const SSL: Readonly<Record<'ssl' | 'pssl', ManagerSsl>> = {
  ssl: ssl('/etc/openvswitch/vswitchd.cacert', true),
  pssl: ssl('/etc/stunnel/certs/sdn-controller-ca.pem', false),
}

function ssl(ca_cert: string, bootstrap_ca_cert: boolean): ManagerSsl {
  return { private_key: KEY, certificate: KEY, ca_cert, bootstrap_ca_cert }
}

/**
 * What a host does when the controller of its pool may have changed, in terms of rows that any store of them may hold. The default
 * flows of a secure bridge are no rows (docs/spec/networking-semantics.md 15.4).
 */
export function pushController(tables: OvsTables, host: MemoryHost, push: ControllerPush): string {
  const { manager } = push
  const { targets } = host.managers
  const done: string[] = []
  if (manager === undefined && targets.length > 0) {
    removeManager(tables, host)
    done.push('Successfully removed controller config.  ')
  } else if (manager !== undefined && !targets.includes(manager)) {
    removeManager(tables, host)
    const isPassive = manager.startsWith('pssl:')
    host.managers = { targets: [manager], ssl: isPassive ? SSL.pssl : SSL.ssl }
    host.ovsdbPortOpen = isPassive
    done.push(`Successfully set controller to ${manager}.  `)
  }
  if (eachBridge(tables, push, alignInBand)) done.push('Updated in-band management.  ')
  if (eachBridge(tables, push, alignFailMode)) done.push('Updated fail_mode.  ')
  return done.length > 0 ? done.join('') : 'No change to configuration'
}

function removeManager(tables: OvsTables, host: MemoryHost): void {
  host.ovsdbPortOpen = false
  emerReset(tables)
  host.managers = { targets: [], ssl: undefined }
}

/**
 * `ovs-vsctl emer-reset`, which spares what is in external_ids (docs/spec/open-vswitch.md c). On a switch that others use as well,
 * theirs is spared too.
 */
function emerReset(tables: OvsTables): void {
  const own = [...tables.Bridge.values()].filter(bridge => isOwn(bridge))
  for (const bridge of own) {
    bridge.fail_mode = ''
    for (const key of [...bridge.other_config.keys()]) if (key !== 'hwaddr') bridge.other_config.delete(key)
  }
  const names = new Set(own.map(bridge => bridge.name))
  for (const port of tables.Port.values()) if (names.has(port.bridge)) port.other_config.clear()
}

type Align = (bridge: OvsBridge, push: ControllerPush, network: string) => boolean

/** A VLAN bridge acts on its parent. Returns whether anything was changed. */
function eachBridge(tables: OvsTables, push: ControllerPush, align: Align): boolean {
  let changed = false
  for (const network of push.bridges.keys()) {
    const port = tables.Port.get(network)
    const bridge = tables.Bridge.get(port?.fake_bridge ? port.bridge : network)
    if (bridge) changed = align(bridge, push, network) || changed
  }
  return changed
}

function alignInBand({ other_config }: OvsBridge, { bridges }: ControllerPush, network: string): boolean {
  const wanted = bridges.get(network)?.disableInBand
  if (wanted === other_config.get('disable-in-band')) return false
  if (wanted === undefined) return other_config.delete('disable-in-band')
  if (wanted !== 'true' && wanted !== 'false') return false
  other_config.set('disable-in-band', wanted)
  return true
}

function alignFailMode(bridge: OvsBridge, { bridges, failMode }: ControllerPush): boolean {
  const asked = bridges.get(bridge.name)?.failMode ?? failMode
  const wanted = asked === 'secure' ? 'secure' : 'standalone'
  const changed = bridge.fail_mode !== wanted
  bridge.fail_mode = wanted
  return changed
}
