import { DaemonError, ScriptError } from '../daemon.ts'

/** The rows of an Open vSwitch database that networking writes, with its column names. */
export interface OvsTables {
  readonly Open_vSwitch: { readonly other_config: Map<string, string> }
  readonly Bridge: Map<string, OvsBridge>
  readonly Port: Map<string, OvsPort>
  readonly Interface: Map<string, OvsInterface>
}

export interface OvsBridge {
  readonly name: string
  /** Whether the switch was able to make it; where there is none in memory, it was. */
  readonly isSetUp: boolean
  readonly ports: Set<string>
  fail_mode: string
  mcast_snooping_enable: boolean
  readonly other_config: Map<string, string>
  readonly external_ids: Map<string, string>
}

export interface OvsPort {
  readonly name: string
  /** The real bridge it is on; the one property here that is no column. */
  readonly bridge: string
  readonly interfaces: readonly string[]
  /** A port with a tag that passes for a bridge of its own. */
  readonly fake_bridge: boolean
  readonly tag: number | undefined
  trunks: readonly number[]
  protected: boolean
  MAC: string
  lacp: string
  bond_mode: string
  bond_updelay: number
  bond_downdelay: number
  readonly other_config: Map<string, string>
}

export interface OvsInterface {
  readonly name: string
  /** Empty for a device of the system, `internal`, or that of a tunnel. */
  readonly type: string
  MAC: string
  /** What the device has, where there is a switch that tells. */
  readonly mtu: number | undefined
  mtu_request: number | undefined
  readonly other_config: Map<string, string>
  external_ids: Map<string, string>
  options: ReadonlyMap<string, string>
  bfd: ReadonlyMap<string, string>
  readonly ofport: number | undefined
  /** What a real switch tells. */
  readonly error: string | undefined
  readonly bfd_status: ReadonlyMap<string, string>
  readonly status: ReadonlyMap<string, string>
}

export const createOvsTables = (): OvsTables => ({
  Open_vSwitch: { other_config: new Map() },
  Bridge: new Map(),
  Port: new Map(),
  Interface: new Map(),
})

/** `--may-exist add-br`: a bridge with the port and interface that have its name. */
export function addBridge(tables: OvsTables, name: string): OvsBridge {
  const existing = tables.Bridge.get(name)
  if (existing) return existing
  if (tables.Port.has(name)) throw failed(`add-br ${name}`, `${name} is a VLAN bridge or a port`)
  const bridge: OvsBridge = {
    name,
    isSetUp: true,
    ports: new Set(),
    fail_mode: '',
    mcast_snooping_enable: false,
    other_config: new Map(),
    external_ids: new Map(),
  }
  tables.Bridge.set(name, bridge)
  insertPort(tables, bridge, { name, interfaces: [name] }, 'internal')
  return bridge
}

/** `--may-exist add-br` with a parent and a tag: a fake bridge, which must be the same where there is one. */
export function addFakeBridge(tables: OvsTables, name: string, parent: string, tag: number): OvsInterface {
  const command = `add-br ${name} ${parent} ${tag}`
  const bridge = tables.Bridge.get(parent)
  if (!bridge) throw new DaemonError(`no bridge named ${parent}`)
  const existing = tables.Port.get(name)
  if (existing && !(existing.fake_bridge && existing.tag === tag && existing.bridge === parent)) {
    throw failed(command, `${name} has another parent or tag`)
  }
  if (!existing) insertPort(tables, bridge, { name, interfaces: [name], fake_bridge: true, tag }, 'internal')
  return tables.Interface.get(name) ?? failed(command, `no interface named ${name}`)
}

/** `--may-exist add-port` or `add-bond`: a port that must have the same bridge and interfaces where there is one. */
export function addPort(
  tables: OvsTables,
  bridge: OvsBridge,
  name: string,
  interfaces: readonly string[],
  type = '',
): OvsPort {
  const command = `add-port ${bridge.name} ${name} ${interfaces.join(' ')}`
  const existing = tables.Port.get(name)
  if (existing) {
    const has = [...existing.interfaces].sort()
    if (existing.bridge !== bridge.name) throw failed(command, `${name} is on ${existing.bridge}`)
    if (has.join() !== [...interfaces].sort().join()) {
      throw failed(command, `but ${name} actually has interface(s) ${has.join(', ')}`)
    }
    return existing
  }
  const taken = interfaces.find(device => tables.Interface.has(device))
  if (taken !== undefined) throw failed(command, `an interface named ${taken} already exists`)
  return insertPort(tables, bridge, { name, interfaces }, type)
}

/** `--if-exists del-br`: of a real bridge, with all its ports and fake bridges. */
export function deleteBridge(tables: OvsTables, name: string): void {
  const bridge = tables.Bridge.get(name)
  if (bridge) {
    for (const port of bridge.ports) removePort(tables, port)
    tables.Bridge.delete(name)
    return
  }
  const fake = tables.Port.get(name)
  if (!fake?.fake_bridge) return
  for (const port of portsOn(tables, fake)) removePort(tables, port.name)
  removePort(tables, name)
}

/** The fake bridges on a real one. */
export function fakeBridgesOn(tables: OvsTables, bridge: OvsBridge): OvsPort[] {
  return [...bridge.ports].flatMap(name => tables.Port.get(name) ?? []).filter(port => port.fake_bridge)
}

/** What is on a bridge besides its own device and fake bridges: of a real one, what is on no fake bridge of it. */
export function portsOn(tables: OvsTables, bridge: OvsBridge | OvsPort): OvsPort[] {
  const real = 'ports' in bridge ? bridge : tables.Bridge.get(bridge.bridge)
  if (!real) return []
  const vlans = new Set(fakeBridgesOn(tables, real).map(fake => fake.tag))
  const isOn = (port: OvsPort) => ('ports' in bridge ? !vlans.has(port.tag) : port.tag === bridge.tag)
  return [...real.ports]
    .flatMap(name => tables.Port.get(name) ?? [])
    .filter(port => port.name !== real.name && !port.fake_bridge && isOn(port))
}

/** `add-port`: a new port on a bridge; on a fake one, with its tag on the bridge below. */
export function addGuest(tables: OvsTables, bridge: string, device: string): OvsPort {
  const fake = tables.Port.get(bridge)
  const real = tables.Bridge.get(fake?.fake_bridge ? fake.bridge : bridge)
  if (!real) throw new DaemonError(`no bridge named ${bridge}`)
  const tag = fake?.fake_bridge ? fake.tag : undefined
  return insertPort(tables, real, { name: device, interfaces: [device], tag }, '')
}

function insertPort(
  tables: OvsTables,
  bridge: OvsBridge,
  port: Pick<OvsPort, 'name' | 'interfaces'> & Partial<OvsPort>,
  type: OvsInterface['type'],
): OvsPort {
  const row: OvsPort = {
    fake_bridge: false,
    tag: undefined,
    trunks: [],
    protected: false,
    MAC: '',
    lacp: '',
    bond_mode: '',
    bond_updelay: 0,
    bond_downdelay: 0,
    other_config: new Map(),
    bridge: bridge.name,
    ...port,
  }
  tables.Port.set(row.name, row)
  bridge.ports.add(row.name)
  for (const name of row.interfaces) {
    tables.Interface.set(name, {
      name,
      type,
      MAC: '',
      mtu: undefined,
      mtu_request: undefined,
      other_config: new Map(),
      external_ids: new Map(),
      options: new Map(),
      bfd: new Map(),
      ofport: 1 + Math.max(0, ...[...tables.Interface.values()].map(row => row.ofport ?? 0)),
      error: undefined,
      bfd_status: new Map(),
      status: new Map(),
    })
  }
  return row
}

/** `--if-exists del-port` */
export function removePort(tables: OvsTables, name: string): void {
  const port = tables.Port.get(name)
  if (!port) return
  for (const device of port.interfaces) tables.Interface.delete(device)
  tables.Bridge.get(port.bridge)?.ports.delete(name)
  tables.Port.delete(name)
}

/** ovs-vsctl refuses a command: it ends with code 1. */
function failed(args: string, stderr: string): never {
  throw new ScriptError({ script: '/usr/bin/ovs-vsctl', args, code: '1', stdout: '', stderr })
}
