import { entries, members, plain, type RecordTable, type Shape, type Source } from './field.ts'
import { asTruth, keys, setter } from './readers.ts'
import { choice, dataRate, joined, map, metrics, nameOf, scalar, set, truth, uuid, uuids, whole } from './sources.ts'

const measured = (name: string, shape?: Shape): Source<string> => metrics('PIF_metrics', field => field(name), shape)

const speed = metrics('PIF_metrics', field => `${field('speed')} Mbit/s`)

const duplex = metrics('PIF_metrics', field =>
  field('duplex') === 'true' ? 'full' : field('carrier') === 'true' ? 'half' : 'unknown',
)

const rate = (direction: 'rx' | 'tx'): Source<string> => dataRate('host', 'host', 'pif', direction)

/** docs/spec/xe-cli-semantics.md 4.1. */
export const pif: RecordTable = {
  name: 'pif',
  class: 'PIF',
  nouns: ['PIF', 'PIFs'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('device', scalar('device'), { listed: true }),
    plain('MAC', scalar('MAC'), { listed: true, ignoresCase: true }),
    plain('physical', truth('physical')),
    plain('managed', truth('managed')),
    plain('currently-attached', truth('currently_attached'), { listed: true }),
    plain('MTU', whole('MTU')),
    plain('VLAN', whole('VLAN'), { listed: true }),
    plain('vlan-master-of', uuid('VLAN_master_of', 'VLAN')),
    plain('vlan-slave-of', joined(uuids('VLAN_slave_of', 'VLAN'))),
    plain('bond-master-of', joined(uuids('bond_master_of', 'Bond'))),
    plain('bond-slave-of', uuid('bond_slave_of', 'Bond')),
    plain('sriov-physical-PIF-of', joined(uuids('sriov_physical_PIF_of', 'network_sriov'))),
    plain('sriov-logical-PIF-of', joined(uuids('sriov_logical_PIF_of', 'network_sriov'))),
    plain('tunnel-access-PIF-of', joined(uuids('tunnel_access_PIF_of', 'tunnel'))),
    plain('tunnel-transport-PIF-of', joined(uuids('tunnel_transport_PIF_of', 'tunnel'))),
    plain('management', truth('management')),
    plain('network-uuid', uuid('network', 'network'), { listed: true }),
    plain('network-name-label', nameOf('network', 'network')),
    plain('host-uuid', uuid('host', 'host'), { listed: true }),
    plain('host-name-label', nameOf('host', 'host')),
    plain('IP-configuration-mode', choice('ip_configuration_mode', 'ip_configuration_mode')),
    plain('IP', scalar('IP')),
    plain('netmask', scalar('netmask')),
    plain('gateway', scalar('gateway')),
    plain('IPv6-configuration-mode', choice('ipv6_configuration_mode', 'ipv6_configuration_mode')),
    plain('IPv6', joined(set('IPv6'))),
    plain('IPv6-gateway', scalar('ipv6_gateway')),
    plain('primary-address-type', choice('primary_address_type', 'primary_address_type')),
    plain('DNS', scalar('DNS')),
    entries('properties', map('properties'), { put: 'set_property' }),
    members('capabilities', set('capabilities')),
    plain('io_read_kbs', rate('rx'), { expensive: true }),
    plain('io_write_kbs', rate('tx'), { expensive: true }),
    plain('carrier', measured('carrier', 'truth')),
    plain('vendor-id', measured('vendor_id')),
    plain('vendor-name', measured('vendor_name')),
    plain('device-id', measured('device_id')),
    plain('device-name', measured('device_name')),
    plain('speed', speed),
    plain('duplex', duplex),
    plain('disallow-unplug', truth('disallow_unplug'), { set: setter('set_disallow_unplug', asTruth) }),
    plain('pci-bus-path', measured('pci_bus_path')),
    entries('other-config', map('other_config'), { change: keys('other_config') }),
    plain('igmp-snooping-status', choice('igmp_snooping_status', 'pif_igmp_status')),
  ],
}
