import { inBatches } from '../batches.ts'
import { list, struct, text } from '../wire.ts'
import { formatDate } from './dates.ts'
import { entries, members, plain, type RecordTable, type Shape, type Source, type Subject } from './field.ts'
import {
  asInteger,
  asListOf,
  asReference,
  asReferenceOrNone,
  asTruth,
  asUncheckedInteger,
  changing,
  keys,
  setter,
} from './readers.ts'
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
  operations,
  scalar,
  set,
  truth,
  uuid,
  uuids,
  whole,
} from './sources.ts'

/** What each host of the pool says of itself. */
async function everyHost({ session }: Subject, field: string): Promise<readonly string[]> {
  const hosts = list(await session.call('host.get_all'))
  return inBatches(hosts, async host => text(await session.call(`host.get_${field}`, host)))
}

/** What all hosts have in common. */
const agreed = (field: string, shape: Shape, show: (value: string) => string = value => value): Source<string> =>
  asked(async subject => {
    const [first, ...others] = await everyHost(subject, field)
    return first !== undefined && others.every(other => other === first) ? show(first) : '<inconsistent>'
  }, shape)

const httpsOnly: Source<string> = asked(
  async subject => String((await everyHost(subject, 'https_only')).every(only => only === 'true')),
  'truth',
)

const licence: Source<string> = flattened(
  asked(async ({ session, ref }) =>
    Array.from(
      struct(await session.call('pool.get_license_state', ref)),
      ([key, value]) => [key, text(value)] as const,
    ),
  ),
)

/** docs/spec/xe-cli-semantics.md 4.1. */
export const pool: RecordTable = {
  name: 'pool',
  class: 'pool',
  nouns: ['pool', 'pools'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('name-label', scalar('name_label'), { listed: true, set: setter('set_name_label') }),
    plain('name-description', scalar('name_description'), { listed: true, set: setter('set_name_description') }),
    plain('master', uuid('master', 'host'), { listed: true }),
    plain('default-SR', uuid('default_SR', 'SR'), {
      listed: true,
      set: setter('set_default_SR', asReferenceOrNone('SR')),
    }),
    plain('crash-dump-SR', uuid('crash_dump_SR', 'SR'), { set: setter('set_crash_dump_SR', asReferenceOrNone('SR')) }),
    plain('suspend-image-SR', uuid('suspend_image_SR', 'SR'), {
      set: setter('set_suspend_image_SR', asReferenceOrNone('SR')),
    }),
    plain(
      'supported-sr-types',
      joined(asked(async ({ session }) => list(await session.call('SR.get_supported_types')).map(text))),
      { expensive: true },
    ),
    entries('other-config', map('other_config'), { change: keys('other_config') }),
    members('allowed-operations', choices('allowed_operations', 'pool_allowed_operations')),
    members('current-operations', operations('current_operations', 'pool_allowed_operations')),
    plain('ha-enabled', truth('ha_enabled')),
    plain('ha-configuration', flattened(map('ha_configuration'))),
    plain('ha-statefiles', joined(uuids('ha_statefiles', 'VDI'))),
    plain('ha-host-failures-to-tolerate', whole('ha_host_failures_to_tolerate'), {
      set: setter('set_ha_host_failures_to_tolerate', asUncheckedInteger),
    }),
    plain('ha-plan-exists-for', whole('ha_plan_exists_for')),
    plain('ha-allow-overcommit', truth('ha_allow_overcommit'), { set: setter('set_ha_allow_overcommit', asTruth) }),
    plain('ha-overcommitted', truth('ha_overcommitted')),
    plain('ha-reboot-vm-on-internal-shutdown', truth('ha_reboot_vm_on_internal_shutdown'), {
      set: setter('set_ha_reboot_vm_on_internal_shutdown', asTruth),
    }),
    plain('blobs', flattened(blobs)),
    plain('wlb-url', scalar('wlb_url')),
    plain('wlb-username', scalar('wlb_username')),
    plain('wlb-enabled', truth('wlb_enabled'), { set: setter('set_wlb_enabled', asTruth) }),
    plain('wlb-verify-cert', truth('wlb_verify_cert'), { set: setter('set_wlb_verify_cert', asTruth) }),
    plain('igmp-snooping-enabled', truth('igmp_snooping_enabled'), {
      set: setter('set_igmp_snooping_enabled', asTruth),
    }),
    entries('gui-config', map('gui_config'), { change: keys('gui_config') }),
    entries('health-check-config', map('health_check_config'), { change: keys('health_check_config') }),
    plain(
      'vswitch-controller',
      mapped(scalar('vswitch_controller'), address => address || '<not set>'),
      { hidden: true },
    ),
    plain('restrictions', flattened(map('restrictions'))),
    members('tags', set('tags'), { separator: ', ', change: changing('tags') }),
    plain('license-state', licence),
    plain('ha-cluster-stack', scalar('ha_cluster_stack')),
    entries('guest-agent-config', map('guest_agent_config'), { change: keys('guest_agent_config') }),
    entries('cpu_info', map('cpu_info')),
    plain('policy-no-vendor-device', truth('policy_no_vendor_device'), {
      set: setter('set_policy_no_vendor_device', asTruth),
    }),
    plain('live-patching-disabled', truth('live_patching_disabled'), {
      set: setter('set_live_patching_disabled', asTruth),
    }),
    plain('uefi-certificates', scalar('uefi_certificates'), { hidden: true, set: setter('set_uefi_certificates') }),
    plain('custom-uefi-certificates', scalar('custom_uefi_certificates'), {
      hidden: true,
      set: setter('set_custom_uefi_certificates'),
    }),
    plain('tls-verification-enabled', truth('tls_verification_enabled')),
    plain('client-certificate-auth-enabled', truth('client_certificate_auth_enabled')),
    plain('client-certificate-auth-name', scalar('client_certificate_auth_name')),
    members('repositories', uuids('repositories', 'Repository'), {
      set: setter('set_repositories', asListOf(asReference('Repository'))),
      change: changing('repository', asReference('Repository')),
    }),
    plain('repository-proxy-url', scalar('repository_proxy_url')),
    plain('repository-proxy-username', scalar('repository_proxy_username')),
    plain('https-only', httpsOnly, { set: setter('set_https_only', asTruth) }),
    plain('migration-compression', truth('migration_compression'), {
      set: setter('set_migration_compression', asTruth),
    }),
    plain('coordinator-bias', truth('coordinator_bias'), { set: setter('set_coordinator_bias', asTruth) }),
    plain('telemetry-frequency', choice('telemetry_frequency', 'telemetry_frequency')),
    plain('telemetry-next-collection', date('telemetry_next_collection')),
    plain('last-update-sync', date('last_update_sync')),
    plain('update-sync-frequency', choice('update_sync_frequency', 'update_sync_frequency')),
    plain('update-sync-day', whole('update_sync_day')),
    plain('update-sync-enabled', truth('update_sync_enabled')),
    plain('auto-update-vm-secureboot-certificates', truth('auto_update_vm_secureboot_certificates'), {
      set: setter('set_auto_update_vm_secureboot_certificates', asTruth),
    }),
    entries('recommendations', map('recommendations')),
    plain('ext-auth-cache-enabled', truth('ext_auth_cache_enabled'), {
      set: setter('set_ext_auth_cache_enabled', asTruth),
    }),
    plain('ext-auth-cache-size', whole('ext_auth_cache_size'), {
      set: setter('set_ext_auth_cache_size', asUncheckedInteger),
    }),
    plain('ext-auth-cache-expiry', whole('ext_auth_cache_expiry'), {
      set: setter('set_ext_auth_cache_expiry', asUncheckedInteger),
    }),
    entries('license-server', map('license_server'), { change: keys('license_server') }),
    plain('ssh-enabled', agreed('ssh_enabled', 'truth')),
    plain('ssh-enabled-timeout', agreed('ssh_enabled_timeout', 'whole'), {
      set: setter('set_ssh_enabled_timeout', asInteger),
    }),
    plain('ssh-expiry', agreed('ssh_expiry', 'text', formatDate)),
    plain('console-idle-timeout', agreed('console_idle_timeout', 'whole'), {
      set: setter('set_console_idle_timeout', asInteger),
    }),
    plain('ssh-auto-mode', agreed('ssh_auto_mode', 'truth'), { set: setter('set_ssh_auto_mode', asTruth) }),
    plain('limit-console-sessions', truth('limit_console_sessions'), {
      set: setter('set_limit_console_sessions', asTruth),
    }),
    plain('vm-console-idle-timeout', whole('vm_console_idle_timeout'), {
      set: setter('set_vm_console_idle_timeout', asInteger),
    }),
  ],
}
