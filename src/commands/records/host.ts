import { inBatches } from '../batches.ts'
import { uuidOf } from '../calls.ts'
import { list, text } from '../wire.ts'
import { entries, members, plain, type Reader, type RecordTable, type Shape, type Source } from './field.ts'
import { asChoice, asInteger, asReferenceOrNone, asTruth, changing, keys, setter } from './readers.ts'
import {
  asked,
  blobs,
  choice,
  choices,
  date,
  flattened,
  joined,
  map,
  mapped,
  metrics,
  operations,
  scalar,
  set,
  truth,
  uuid,
  uuids,
  whole,
} from './sources.ts'

const measured = (name: string, shape: Shape): Source<string> => metrics('host_metrics', field => field(name), shape)

/** A host's operations on machines carry a class in their name (docs/spec/xe-cli-semantics.md 4.2). */
const renamed = (source: Source<readonly string[]>): Source<readonly string[]> =>
  mapped(source, operations => operations.map(operation => operation.replace(/^vm_/, 'VM.')))

const patches: Source<readonly string[]> = {
  from: 'patches',
  read: ({ session, record }) =>
    inBatches(list(record.get('patches') ?? []), async patch =>
      uuidOf(session, 'pool_patch', text(await session.call('host_patch.get_pool_patch', patch))),
    ),
}

const updates: Source<readonly string[]> = {
  from: 'updates',
  read: ({ session, record }) =>
    inBatches(list(record.get('updates') ?? []), update => uuidOf(session, 'pool_update', text(update))),
}

const asTrimmedList: Reader = text =>
  text
    .split(',')
    .map(server => server.trim())
    .filter(server => server !== '')

/** docs/spec/xe-cli-semantics.md 4.1. */
export const host: RecordTable = {
  name: 'host',
  class: 'host',
  nouns: ['host', 'hosts'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('name-label', scalar('name_label'), { listed: true, set: setter('set_name_label') }),
    plain('name-description', scalar('name_description'), { listed: true, set: setter('set_name_description') }),
    members('allowed-operations', renamed(choices('allowed_operations', 'host_allowed_operations'))),
    members('current-operations', renamed(operations('current_operations', 'host_allowed_operations'))),
    plain('enabled', truth('enabled')),
    plain('display', choice('display', 'host_display')),
    plain('API-version-major', whole('API_version_major')),
    plain('API-version-minor', whole('API_version_minor')),
    plain('API-version-vendor', scalar('API_version_vendor')),
    entries('API-version-vendor-implementation', map('API_version_vendor_implementation')),
    entries('logging', map('logging'), { change: keys('logging') }),
    plain('suspend-image-sr-uuid', uuid('suspend_image_sr', 'SR'), {
      set: setter('set_suspend_image_sr', asReferenceOrNone('SR')),
    }),
    plain('crash-dump-sr-uuid', uuid('crash_dump_sr', 'SR'), {
      set: setter('set_crash_dump_sr', asReferenceOrNone('SR')),
    }),
    entries('software-version', map('software_version')),
    members('capabilities', set('capabilities')),
    entries('other-config', map('other_config'), { change: keys('other_config') }),
    entries('cpu_info', map('cpu_info')),
    entries('chipset-info', map('chipset_info')),
    plain('hostname', scalar('hostname')),
    plain('address', scalar('address')),
    plain('https-only', truth('https_only'), { set: setter('set_https_only', asTruth) }),
    members('supported-bootloaders', set('supported_bootloaders')),
    plain('blobs', flattened(blobs)),
    plain('memory-overhead', whole('memory_overhead')),
    plain('memory-total', measured('memory_total', 'whole')),
    plain('memory-free', measured('memory_free', 'whole')),
    plain(
      'memory-free-computed',
      asked(async ({ session, ref }) => text(await session.call('host.compute_free_memory', ref)), 'whole'),
      { expensive: true },
    ),
    plain('host-metrics-live', measured('live', 'truth')),
    members('patches', patches, { deprecated: true, separator: ', ' }),
    members('updates', updates, { separator: ', ' }),
    plain('ha-statefiles', joined(uuids('ha_statefiles', 'VDI'))),
    plain('ha-network-peers', joined(set('ha_network_peers'))),
    plain('external-auth-type', scalar('external_auth_type')),
    plain('external-auth-service-name', scalar('external_auth_service_name')),
    entries('external-auth-configuration', map('external_auth_configuration')),
    plain('edition', scalar('edition')),
    entries('license-server', map('license_server')),
    plain('power-on-mode', scalar('power_on_mode')),
    entries('power-on-config', map('power_on_config')),
    plain('local-cache-sr', uuid('local_cache_sr', 'SR')),
    members('tags', set('tags'), { separator: ', ', change: changing('tags') }),
    plain('ssl-legacy', truth('ssl_legacy'), { set: setter('set_ssl_legacy', asTruth) }),
    entries('guest_VCPUs_params', map('guest_VCPUs_params'), { change: keys('guest_VCPUs_params') }),
    members('virtual-hardware-platform-versions', set('virtual_hardware_platform_versions')),
    plain('control-domain-uuid', uuid('control_domain', 'VM')),
    members('resident-vms', uuids('resident_VMs', 'VM')),
    members('updates-requiring-reboot', uuids('updates_requiring_reboot', 'pool_update')),
    members('features', uuids('features', 'Feature')),
    plain('iscsi_iqn', scalar('iscsi_iqn'), { set: setter('set_iscsi_iqn') }),
    plain('multipathing', truth('multipathing'), { set: setter('set_multipathing', asTruth) }),
    plain('uefi-certificates', scalar('uefi_certificates'), { hidden: true, set: setter('set_uefi_certificates') }),
    plain('numa-affinity-policy', choice('numa_affinity_policy', 'host_numa_affinity_policy'), {
      set: setter('set_numa_affinity_policy', asChoice('host_numa_affinity_policy')),
    }),
    plain('pending-guidances', joined(choices('pending_guidances', 'update_guidances'))),
    plain('tls-verification-enabled', truth('tls_verification_enabled')),
    plain('last-software-update', date('last_software_update')),
    plain(
      'latest-synced-updates-applied',
      choice('latest_synced_updates_applied', 'latest_synced_updates_applied_state'),
    ),
    plain('pending-guidances-recommended', joined(choices('pending_guidances_recommended', 'update_guidances'))),
    plain('pending-guidances-full', joined(choices('pending_guidances_full', 'update_guidances'))),
    plain('last-update-hash', scalar('last_update_hash')),
    plain('ssh-enabled', truth('ssh_enabled')),
    plain('ssh-enabled-timeout', whole('ssh_enabled_timeout'), { set: setter('set_ssh_enabled_timeout', asInteger) }),
    plain('ssh-expiry', date('ssh_expiry')),
    plain('console-idle-timeout', whole('console_idle_timeout'), {
      set: setter('set_console_idle_timeout', asInteger),
    }),
    plain('ssh-auto-mode', truth('ssh_auto_mode'), { set: setter('set_ssh_auto_mode', asTruth) }),
    plain('max-cstate', scalar('max_cstate'), { set: setter('set_max_cstate') }),
    plain('secure-boot', truth('secure_boot')),
    plain('ntp-mode', choice('ntp_mode', 'host_ntp_mode'), { set: setter('set_ntp_mode', asChoice('host_ntp_mode')) }),
    members('ntp-custom-servers', set('ntp_custom_servers'), {
      separator: ', ',
      set: setter('set_ntp_custom_servers', asTrimmedList),
    }),
    plain('timezone', scalar('timezone'), { set: setter('set_timezone') }),
  ],
}
