import { NULL_REF } from '../../datamodel/index.ts'
import { integer, list, type Struct, struct, text } from '../wire.ts'

/** What the commands about tunnel networks know of an object. References are as the host gave them. */
interface Thing {
  readonly ref: string
  readonly uuid: string
}

export interface Network extends Thing {
  readonly nameLabel: string
  readonly nameDescription: string
  readonly bridge: string
  readonly MTU: number
}

export interface Host extends Thing {
  readonly nameLabel: string
  readonly metrics: string
  /** `bridge` or `openvswitch`; empty where the host does not say. */
  readonly backend: string
}

export interface Pif extends Thing {
  readonly device: string
  readonly network: string
  readonly host: string
  /** -1 where nobody has told. */
  readonly MTU: number
  /** -1 where it is no VLAN's. */
  readonly VLAN: number
  readonly isManaged: boolean
  readonly isAttached: boolean
  readonly isManagement: boolean
  readonly allowsUnplug: boolean
  readonly hasIPv4: boolean
  readonly hasIPv6: boolean
  readonly IP: string
  /** Undefined where it is in no bond. */
  readonly bondSlaveOf: string | undefined
  readonly vlanMasterOf: string | undefined
  /** The tunnel whose access PIF it is. */
  readonly accessPifOf: string | undefined
  /** The network_sriov whose logical PIF it is. */
  readonly sriovLogicalPifOf: string | undefined
}

export interface Tunnel extends Thing {
  readonly accessPif: string
  readonly transportPif: string
  readonly protocol: string
  readonly status: ReadonlyMap<string, string>
}

/** An object of which only where it leads to is of interest: a bond's master, a VLAN's tagged PIF, an SR-IOV's physical PIF. */
export interface Step {
  readonly ref: string
  readonly pif: string
}

export interface PoolState {
  readonly ref: string
  readonly isProtected: boolean
}

/** Fields that older hosts do not have are as if they were empty. */
const string = (record: Struct, name: string): string => text(record.get(name) ?? '')
const truth = (record: Struct, name: string): boolean => string(record, name) === 'true'

/** As a number at once where it is one: there may be ten thousand of them. */
function number(record: Struct, name: string): number {
  const value = record.get(name) ?? -1
  return typeof value === 'number' ? value : Number(integer(value))
}

const one = (record: Struct, name: string): string | undefined => existing(string(record, name))
const first = (record: Struct, name: string): string | undefined =>
  existing(text(list(record.get(name) ?? [])[0] ?? ''))
const existing = (ref: string): string | undefined => (ref === NULL_REF || ref === '' ? undefined : ref)

const thing = (ref: string, record: Struct): Thing => ({ ref, uuid: string(record, 'uuid') })

export const network = (ref: string, record: Struct): Network => ({
  ...thing(ref, record),
  nameLabel: string(record, 'name_label'),
  nameDescription: string(record, 'name_description'),
  bridge: string(record, 'bridge'),
  MTU: number(record, 'MTU'),
})

export const host = (ref: string, record: Struct): Host => ({
  ...thing(ref, record),
  nameLabel: string(record, 'name_label'),
  metrics: string(record, 'metrics'),
  backend: string(struct(record.get('software_version') ?? new Map()), 'network_backend'),
})

/** Whether the host that the metrics are of is live. */
export const liveness = (_: string, record: Struct): boolean => truth(record, 'live')

export const pif = (ref: string, record: Struct): Pif => ({
  ...thing(ref, record),
  device: string(record, 'device'),
  network: string(record, 'network'),
  host: string(record, 'host'),
  MTU: number(record, 'MTU'),
  VLAN: number(record, 'VLAN'),
  isManaged: string(record, 'managed') !== 'false',
  isAttached: truth(record, 'currently_attached'),
  isManagement: truth(record, 'management'),
  allowsUnplug: !truth(record, 'disallow_unplug'),
  hasIPv4: isConfigured(record, 'ip_configuration_mode'),
  hasIPv6: isConfigured(record, 'ipv6_configuration_mode'),
  IP: string(record, 'IP'),
  bondSlaveOf: one(record, 'bond_slave_of'),
  vlanMasterOf: one(record, 'VLAN_master_of'),
  accessPifOf: first(record, 'tunnel_access_PIF_of'),
  sriovLogicalPifOf: first(record, 'sriov_logical_PIF_of'),
})

function isConfigured(record: Struct, name: string): boolean {
  const mode = string(record, name).toLowerCase()
  return mode !== '' && mode !== 'none'
}

export const tunnel = (ref: string, record: Struct): Tunnel => ({
  ...thing(ref, record),
  accessPif: string(record, 'access_PIF'),
  transportPif: string(record, 'transport_PIF'),
  protocol: string(record, 'protocol').toLowerCase() || 'gre',
  status: new Map(Array.from(struct(record.get('status') ?? new Map()), ([key, value]) => [key, text(value)])),
})

export const bond = (ref: string, record: Struct): Step => ({ ref, pif: string(record, 'master') })
export const vlan = (ref: string, record: Struct): Step => ({ ref, pif: string(record, 'tagged_PIF') })
export const sriov = (ref: string, record: Struct): Step => ({ ref, pif: string(record, 'physical_PIF') })

/** While HA or the redo log is on, nothing that is attached may be unplugged (docs/spec/networking-semantics.md 2.3). */
export const poolState = (ref: string, record: Struct): PoolState => ({
  ref,
  isProtected: truth(record, 'ha_enabled') || truth(record, 'redo_log_enabled'),
})
