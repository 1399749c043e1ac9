// Generated from datamodel.json by `npm run generate`. Do not edit.

import type * as E from './enums.gen.ts'
import type { Ref, Value } from './values.ts'

export type ClassName =
  | 'session'
  | 'auth'
  | 'subject'
  | 'role'
  | 'task'
  | 'event'
  | 'pool'
  | 'pool_patch'
  | 'pool_update'
  | 'VM'
  | 'VM_metrics'
  | 'VM_guest_metrics'
  | 'VMPP'
  | 'VMSS'
  | 'VM_appliance'
  | 'DR_task'
  | 'host'
  | 'host_crashdump'
  | 'host_patch'
  | 'host_metrics'
  | 'host_cpu'
  | 'network'
  | 'VIF'
  | 'VIF_metrics'
  | 'PIF'
  | 'PIF_metrics'
  | 'Bond'
  | 'VLAN'
  | 'SM'
  | 'SR'
  | 'sr_stat'
  | 'probe_result'
  | 'LVHD'
  | 'VDI'
  | 'VBD'
  | 'VBD_metrics'
  | 'PBD'
  | 'crashdump'
  | 'VTPM'
  | 'console'
  | 'user'
  | 'data_source'
  | 'blob'
  | 'message'
  | 'secret'
  | 'tunnel'
  | 'network_sriov'
  | 'PCI'
  | 'PGPU'
  | 'GPU_group'
  | 'VGPU'
  | 'VGPU_type'
  | 'PVS_site'
  | 'PVS_server'
  | 'PVS_proxy'
  | 'PVS_cache_storage'
  | 'Feature'
  | 'SDN_controller'
  | 'vdi_nbd_server_info'
  | 'PUSB'
  | 'USB_group'
  | 'VUSB'
  | 'Cluster'
  | 'Cluster_host'
  | 'Certificate'
  | 'Diagnostics'
  | 'Repository'
  | 'Observer'
  | 'VM_group'
  | 'Host_driver'
  | 'Driver_variant'
  | 'Caller'
  | 'Rate_limit'

export interface SessionRecord {
  uuid: string
  this_host: Ref<'host'>
  this_user: Ref<'user'>
  last_active: string
  pool: boolean
  other_config: ReadonlyMap<string, string>
  is_local_superuser: boolean
  subject: Ref<'subject'>
  validation_time: string
  auth_user_sid: string
  auth_user_name: string
  rbac_permissions: readonly string[]
  tasks: readonly Ref<'task'>[]
  parent: Ref<'session'>
  originator: string
  client_certificate: boolean
}

export interface AuthRecord {

}

export interface SubjectRecord {
  uuid: string
  subject_identifier: string
  other_config: ReadonlyMap<string, string>
  roles: readonly Ref<'role'>[]
}

/** What subject.create takes. */
export interface SubjectConstructor {
  subject_identifier?: string
  other_config?: ReadonlyMap<string, string>
}

export interface RoleRecord {
  uuid: string
  name_label: string
  name_description: string
  subroles: readonly Ref<'role'>[]
  is_internal: boolean
}

export interface TaskRecord {
  uuid: string
  name_label: string
  name_description: string
  allowed_operations: readonly E.TaskAllowedOperations[]
  current_operations: ReadonlyMap<string, E.TaskAllowedOperations>
  created: string
  finished: string
  status: E.TaskStatusType
  resident_on: Ref<'host'>
  progress: number
  type: string
  result: string
  error_info: readonly string[]
  other_config: ReadonlyMap<string, string>
  subtask_of: Ref<'task'>
  subtasks: readonly Ref<'task'>[]
  backtrace: string
}

export interface EventRecord {
  snapshot: Value
  id: number
  timestamp: string
  class: string
  operation: E.EventOperation
  ref: string
  obj_uuid: string
}

export interface PoolRecord {
  uuid: string
  name_label: string
  name_description: string
  master: Ref<'host'>
  default_SR: Ref<'SR'>
  suspend_image_SR: Ref<'SR'>
  crash_dump_SR: Ref<'SR'>
  other_config: ReadonlyMap<string, string>
  ha_enabled: boolean
  ha_configuration: ReadonlyMap<string, string>
  ha_statefiles: readonly string[]
  ha_host_failures_to_tolerate: number
  ha_plan_exists_for: number
  ha_allow_overcommit: boolean
  ha_overcommitted: boolean
  blobs: ReadonlyMap<string, Ref<'blob'>>
  tags: readonly string[]
  gui_config: ReadonlyMap<string, string>
  health_check_config: ReadonlyMap<string, string>
  wlb_url: string
  wlb_username: string
  wlb_enabled: boolean
  wlb_verify_cert: boolean
  redo_log_enabled: boolean
  redo_log_vdi: Ref<'VDI'>
  vswitch_controller: string
  restrictions: ReadonlyMap<string, string>
  metadata_VDIs: readonly Ref<'VDI'>[]
  ha_cluster_stack: string
  allowed_operations: readonly E.PoolAllowedOperations[]
  current_operations: ReadonlyMap<string, E.PoolAllowedOperations>
  guest_agent_config: ReadonlyMap<string, string>
  cpu_info: ReadonlyMap<string, string>
  policy_no_vendor_device: boolean
  live_patching_disabled: boolean
  igmp_snooping_enabled: boolean
  uefi_certificates: string
  custom_uefi_certificates: string
  is_psr_pending: boolean
  tls_verification_enabled: boolean
  repositories: readonly Ref<'Repository'>[]
  client_certificate_auth_enabled: boolean
  client_certificate_auth_name: string
  repository_proxy_url: string
  repository_proxy_username: string
  repository_proxy_password: Ref<'secret'>
  migration_compression: boolean
  coordinator_bias: boolean
  local_auth_max_threads: number
  ext_auth_max_threads: number
  ext_auth_cache_enabled: boolean
  ext_auth_cache_size: number
  ext_auth_cache_expiry: number
  telemetry_uuid: Ref<'secret'>
  telemetry_frequency: E.TelemetryFrequency
  telemetry_next_collection: string
  last_update_sync: string
  update_sync_frequency: E.UpdateSyncFrequency
  update_sync_day: number
  update_sync_enabled: boolean
  recommendations: ReadonlyMap<string, string>
  license_server: ReadonlyMap<string, string>
  ha_reboot_vm_on_internal_shutdown: boolean
  limit_console_sessions: boolean
  vm_console_idle_timeout: number
  auto_update_vm_secureboot_certificates: boolean
}

export interface PoolPatchRecord {
  uuid: string
  name_label: string
  name_description: string
  version: string
  size: number
  pool_applied: boolean
  host_patches: readonly Ref<'host_patch'>[]
  after_apply_guidance: readonly E.AfterApplyGuidance[]
  pool_update: Ref<'pool_update'>
  other_config: ReadonlyMap<string, string>
}

export interface PoolUpdateRecord {
  uuid: string
  name_label: string
  name_description: string
  version: string
  installation_size: number
  key: string
  after_apply_guidance: readonly E.UpdateAfterApplyGuidance[]
  vdi: Ref<'VDI'>
  hosts: readonly Ref<'host'>[]
  other_config: ReadonlyMap<string, string>
  enforce_homogeneity: boolean
}

export interface VMRecord {
  uuid: string
  allowed_operations: readonly E.VmOperations[]
  current_operations: ReadonlyMap<string, E.VmOperations>
  name_label: string
  name_description: string
  power_state: E.VmPowerState
  user_version: number
  is_a_template: boolean
  is_default_template: boolean
  suspend_VDI: Ref<'VDI'>
  resident_on: Ref<'host'>
  scheduled_to_be_resident_on: Ref<'host'>
  affinity: Ref<'host'>
  memory_overhead: number
  memory_target: number
  memory_static_max: number
  memory_dynamic_max: number
  memory_dynamic_min: number
  memory_static_min: number
  VCPUs_params: ReadonlyMap<string, string>
  VCPUs_max: number
  VCPUs_at_startup: number
  actions_after_softreboot: E.OnSoftrebootBehavior
  actions_after_shutdown: E.OnNormalExit
  actions_after_reboot: E.OnNormalExit
  actions_after_crash: E.OnCrashBehaviour
  consoles: readonly Ref<'console'>[]
  VIFs: readonly Ref<'VIF'>[]
  VBDs: readonly Ref<'VBD'>[]
  VUSBs: readonly Ref<'VUSB'>[]
  crash_dumps: readonly Ref<'crashdump'>[]
  VTPMs: readonly Ref<'VTPM'>[]
  PV_bootloader: string
  PV_kernel: string
  PV_ramdisk: string
  PV_args: string
  PV_bootloader_args: string
  PV_legacy_args: string
  HVM_boot_policy: string
  HVM_boot_params: ReadonlyMap<string, string>
  HVM_shadow_multiplier: number
  platform: ReadonlyMap<string, string>
  PCI_bus: string
  other_config: ReadonlyMap<string, string>
  domid: number
  domarch: string
  last_boot_CPU_flags: ReadonlyMap<string, string>
  is_control_domain: boolean
  metrics: Ref<'VM_metrics'>
  guest_metrics: Ref<'VM_guest_metrics'>
  last_booted_record: string
  recommendations: string
  xenstore_data: ReadonlyMap<string, string>
  ha_always_run: boolean
  ha_restart_priority: string
  is_a_snapshot: boolean
  snapshot_of: Ref<'VM'>
  snapshots: readonly Ref<'VM'>[]
  snapshot_time: string
  transportable_snapshot_id: string
  blobs: ReadonlyMap<string, Ref<'blob'>>
  tags: readonly string[]
  blocked_operations: ReadonlyMap<E.VmOperations, string>
  snapshot_info: ReadonlyMap<string, string>
  snapshot_metadata: string
  parent: Ref<'VM'>
  children: readonly Ref<'VM'>[]
  bios_strings: ReadonlyMap<string, string>
  protection_policy: Ref<'VMPP'>
  is_snapshot_from_vmpp: boolean
  snapshot_schedule: Ref<'VMSS'>
  is_vmss_snapshot: boolean
  appliance: Ref<'VM_appliance'>
  start_delay: number
  shutdown_delay: number
  order: number
  VGPUs: readonly Ref<'VGPU'>[]
  attached_PCIs: readonly Ref<'PCI'>[]
  suspend_SR: Ref<'SR'>
  version: number
  generation_id: string
  hardware_platform_version: number
  has_vendor_device: boolean
  requires_reboot: boolean
  reference_label: string
  domain_type: E.DomainType
  NVRAM: ReadonlyMap<string, string>
  pending_guidances: readonly E.UpdateGuidances[]
  pending_guidances_recommended: readonly E.UpdateGuidances[]
  pending_guidances_full: readonly E.UpdateGuidances[]
  groups: readonly Ref<'VM_group'>[]
  secureboot_certificates_state: E.VmSecurebootCertificatesState
}

/** What VM.create takes. */
export interface VMConstructor {
  name_label?: string
  name_description?: string
  power_state?: E.VmPowerState
  user_version: number
  is_a_template: boolean
  suspend_VDI?: Ref<'VDI'>
  affinity: Ref<'host'>
  memory_target?: number
  memory_static_max: number
  memory_dynamic_max: number
  memory_dynamic_min: number
  memory_static_min: number
  VCPUs_params: ReadonlyMap<string, string>
  VCPUs_max: number
  VCPUs_at_startup: number
  actions_after_softreboot?: E.OnSoftrebootBehavior
  actions_after_shutdown: E.OnNormalExit
  actions_after_reboot: E.OnNormalExit
  actions_after_crash: E.OnCrashBehaviour
  PV_bootloader: string
  PV_kernel: string
  PV_ramdisk: string
  PV_args: string
  PV_bootloader_args: string
  PV_legacy_args: string
  HVM_boot_policy: string
  HVM_boot_params: ReadonlyMap<string, string>
  HVM_shadow_multiplier?: number
  platform: ReadonlyMap<string, string>
  PCI_bus: string
  other_config: ReadonlyMap<string, string>
  last_boot_CPU_flags?: ReadonlyMap<string, string>
  last_booted_record?: string
  recommendations: string
  xenstore_data?: ReadonlyMap<string, string>
  ha_always_run?: boolean
  ha_restart_priority?: string
  tags?: readonly string[]
  blocked_operations?: ReadonlyMap<E.VmOperations, string>
  protection_policy?: Ref<'VMPP'>
  is_snapshot_from_vmpp?: boolean
  snapshot_schedule?: Ref<'VMSS'>
  is_vmss_snapshot?: boolean
  appliance?: Ref<'VM_appliance'>
  start_delay?: number
  shutdown_delay?: number
  order?: number
  suspend_SR?: Ref<'SR'>
  version?: number
  generation_id?: string
  hardware_platform_version?: number
  has_vendor_device?: boolean
  reference_label?: string
  domain_type?: E.DomainType
  NVRAM?: ReadonlyMap<string, string>
}

export interface VMMetricsRecord {
  uuid: string
  memory_actual: number
  VCPUs_number: number
  VCPUs_utilisation: ReadonlyMap<number, number>
  VCPUs_CPU: ReadonlyMap<number, number>
  VCPUs_params: ReadonlyMap<string, string>
  VCPUs_flags: ReadonlyMap<number, readonly string[]>
  state: readonly string[]
  start_time: string
  install_time: string
  last_updated: string
  other_config: ReadonlyMap<string, string>
  hvm: boolean
  nested_virt: boolean
  nomigrate: boolean
  current_domain_type: E.DomainType
  numa_optimised: boolean
  numa_nodes: number
  numa_node_memory: ReadonlyMap<number, number>
}

export interface VMGuestMetricsRecord {
  uuid: string
  os_version: ReadonlyMap<string, string>
  netbios_name: ReadonlyMap<string, string>
  PV_drivers_version: ReadonlyMap<string, string>
  PV_drivers_up_to_date: boolean
  memory: ReadonlyMap<string, string>
  disks: ReadonlyMap<string, string>
  networks: ReadonlyMap<string, string>
  other: ReadonlyMap<string, string>
  last_updated: string
  other_config: ReadonlyMap<string, string>
  live: boolean
  can_use_hotplug_vbd: E.TristateType
  can_use_hotplug_vif: E.TristateType
  PV_drivers_detected: boolean
  services: ReadonlyMap<string, string>
}

export interface VMPPRecord {
  uuid: string
  name_label: string
  name_description: string
  is_policy_enabled: boolean
  backup_type: E.VmppBackupType
  backup_retention_value: number
  backup_frequency: E.VmppBackupFrequency
  backup_schedule: ReadonlyMap<string, string>
  is_backup_running: boolean
  backup_last_run_time: string
  archive_target_type: E.VmppArchiveTargetType
  archive_target_config: ReadonlyMap<string, string>
  archive_frequency: E.VmppArchiveFrequency
  archive_schedule: ReadonlyMap<string, string>
  is_archive_running: boolean
  archive_last_run_time: string
  VMs: readonly Ref<'VM'>[]
  is_alarm_enabled: boolean
  alarm_config: ReadonlyMap<string, string>
  recent_alerts: readonly string[]
}

/** What VMPP.create takes. */
export interface VMPPConstructor {
  name_label?: string
  name_description?: string
  is_policy_enabled?: boolean
  backup_type?: E.VmppBackupType
  backup_retention_value?: number
  backup_frequency?: E.VmppBackupFrequency
  backup_schedule?: ReadonlyMap<string, string>
  archive_target_type?: E.VmppArchiveTargetType
  archive_target_config?: ReadonlyMap<string, string>
  archive_frequency?: E.VmppArchiveFrequency
  archive_schedule?: ReadonlyMap<string, string>
  is_alarm_enabled?: boolean
  alarm_config?: ReadonlyMap<string, string>
}

export interface VMSSRecord {
  uuid: string
  name_label: string
  name_description: string
  enabled: boolean
  type: E.VmssType
  retained_snapshots: number
  frequency: E.VmssFrequency
  schedule: ReadonlyMap<string, string>
  last_run_time: string
  VMs: readonly Ref<'VM'>[]
}

/** What VMSS.create takes. */
export interface VMSSConstructor {
  name_label?: string
  name_description?: string
  enabled?: boolean
  type: E.VmssType
  retained_snapshots?: number
  frequency: E.VmssFrequency
  schedule?: ReadonlyMap<string, string>
}

export interface VMApplianceRecord {
  uuid: string
  name_label: string
  name_description: string
  allowed_operations: readonly E.VmApplianceOperation[]
  current_operations: ReadonlyMap<string, E.VmApplianceOperation>
  VMs: readonly Ref<'VM'>[]
}

/** What VM_appliance.create takes. */
export interface VMApplianceConstructor {
  name_label?: string
  name_description?: string
}

export interface DRTaskRecord {
  uuid: string
  introduced_SRs: readonly Ref<'SR'>[]
}

export interface HostRecord {
  uuid: string
  name_label: string
  name_description: string
  memory_overhead: number
  allowed_operations: readonly E.HostAllowedOperations[]
  current_operations: ReadonlyMap<string, E.HostAllowedOperations>
  API_version_major: number
  API_version_minor: number
  API_version_vendor: string
  API_version_vendor_implementation: ReadonlyMap<string, string>
  enabled: boolean
  software_version: ReadonlyMap<string, string>
  other_config: ReadonlyMap<string, string>
  capabilities: readonly string[]
  cpu_configuration: ReadonlyMap<string, string>
  sched_policy: string
  supported_bootloaders: readonly string[]
  resident_VMs: readonly Ref<'VM'>[]
  logging: ReadonlyMap<string, string>
  PIFs: readonly Ref<'PIF'>[]
  suspend_image_sr: Ref<'SR'>
  crash_dump_sr: Ref<'SR'>
  crashdumps: readonly Ref<'host_crashdump'>[]
  patches: readonly Ref<'host_patch'>[]
  updates: readonly Ref<'pool_update'>[]
  PBDs: readonly Ref<'PBD'>[]
  host_CPUs: readonly Ref<'host_cpu'>[]
  cpu_info: ReadonlyMap<string, string>
  hostname: string
  address: string
  metrics: Ref<'host_metrics'>
  license_params: ReadonlyMap<string, string>
  ha_statefiles: readonly string[]
  ha_network_peers: readonly string[]
  blobs: ReadonlyMap<string, Ref<'blob'>>
  tags: readonly string[]
  external_auth_type: string
  external_auth_service_name: string
  external_auth_configuration: ReadonlyMap<string, string>
  edition: string
  license_server: ReadonlyMap<string, string>
  bios_strings: ReadonlyMap<string, string>
  power_on_mode: string
  power_on_config: ReadonlyMap<string, string>
  local_cache_sr: Ref<'SR'>
  chipset_info: ReadonlyMap<string, string>
  PCIs: readonly Ref<'PCI'>[]
  PGPUs: readonly Ref<'PGPU'>[]
  PUSBs: readonly Ref<'PUSB'>[]
  ssl_legacy: boolean
  guest_VCPUs_params: ReadonlyMap<string, string>
  display: E.HostDisplay
  virtual_hardware_platform_versions: readonly number[]
  control_domain: Ref<'VM'>
  updates_requiring_reboot: readonly Ref<'pool_update'>[]
  features: readonly Ref<'Feature'>[]
  iscsi_iqn: string
  multipathing: boolean
  uefi_certificates: string
  certificates: readonly Ref<'Certificate'>[]
  editions: readonly string[]
  pending_guidances: readonly E.UpdateGuidances[]
  tls_verification_enabled: boolean
  last_software_update: string
  https_only: boolean
  latest_synced_updates_applied: E.LatestSyncedUpdatesAppliedState
  numa_affinity_policy: E.HostNumaAffinityPolicy
  pending_guidances_recommended: readonly E.UpdateGuidances[]
  pending_guidances_full: readonly E.UpdateGuidances[]
  last_update_hash: string
  ssh_enabled: boolean
  ssh_enabled_timeout: number
  ssh_expiry: string
  console_idle_timeout: number
  ssh_auto_mode: boolean
  max_cstate: string
  secure_boot: boolean
  ntp_mode: E.HostNtpMode
  ntp_custom_servers: readonly string[]
  timezone: string
}

export interface HostCrashdumpRecord {
  uuid: string
  host: Ref<'host'>
  timestamp: string
  size: number
  other_config: ReadonlyMap<string, string>
}

export interface HostPatchRecord {
  uuid: string
  name_label: string
  name_description: string
  version: string
  host: Ref<'host'>
  applied: boolean
  timestamp_applied: string
  size: number
  pool_patch: Ref<'pool_patch'>
  other_config: ReadonlyMap<string, string>
}

export interface HostMetricsRecord {
  uuid: string
  memory_total: number
  memory_free: number
  live: boolean
  last_updated: string
  other_config: ReadonlyMap<string, string>
}

export interface HostCpuRecord {
  uuid: string
  host: Ref<'host'>
  number: number
  vendor: string
  speed: number
  modelname: string
  family: number
  model: number
  stepping: string
  flags: string
  features: string
  utilisation: number
  other_config: ReadonlyMap<string, string>
}

export interface NetworkRecord {
  uuid: string
  name_label: string
  name_description: string
  allowed_operations: readonly E.NetworkOperations[]
  current_operations: ReadonlyMap<string, E.NetworkOperations>
  VIFs: readonly Ref<'VIF'>[]
  PIFs: readonly Ref<'PIF'>[]
  MTU: number
  other_config: ReadonlyMap<string, string>
  bridge: string
  managed: boolean
  blobs: ReadonlyMap<string, Ref<'blob'>>
  tags: readonly string[]
  default_locking_mode: E.NetworkDefaultLockingMode
  assigned_ips: ReadonlyMap<Ref<'VIF'>, string>
  purpose: readonly E.NetworkPurpose[]
}

/** What network.create takes. */
export interface NetworkConstructor {
  name_label?: string
  name_description?: string
  MTU?: number
  other_config: ReadonlyMap<string, string>
  bridge?: string
  managed?: boolean
  tags?: readonly string[]
}

export interface VIFRecord {
  uuid: string
  allowed_operations: readonly E.VifOperations[]
  current_operations: ReadonlyMap<string, E.VifOperations>
  device: string
  network: Ref<'network'>
  VM: Ref<'VM'>
  MAC: string
  MTU: number
  other_config: ReadonlyMap<string, string>
  currently_attached: boolean
  status_code: number
  status_detail: string
  runtime_properties: ReadonlyMap<string, string>
  qos_algorithm_type: string
  qos_algorithm_params: ReadonlyMap<string, string>
  qos_supported_algorithms: readonly string[]
  metrics: Ref<'VIF_metrics'>
  MAC_autogenerated: boolean
  locking_mode: E.VifLockingMode
  ipv4_allowed: readonly string[]
  ipv6_allowed: readonly string[]
  ipv4_configuration_mode: E.VifIpv4ConfigurationMode
  ipv4_addresses: readonly string[]
  ipv4_gateway: string
  ipv6_configuration_mode: E.VifIpv6ConfigurationMode
  ipv6_addresses: readonly string[]
  ipv6_gateway: string
  trunks: readonly number[]
}

/** What VIF.create takes. */
export interface VIFConstructor {
  device: string
  network: Ref<'network'>
  VM: Ref<'VM'>
  MAC: string
  MTU: number
  other_config: ReadonlyMap<string, string>
  currently_attached?: boolean
  qos_algorithm_type: string
  qos_algorithm_params: ReadonlyMap<string, string>
  locking_mode?: E.VifLockingMode
  ipv4_allowed?: readonly string[]
  ipv6_allowed?: readonly string[]
  trunks?: readonly number[]
}

export interface VIFMetricsRecord {
  uuid: string
  io_read_kbs: number
  io_write_kbs: number
  last_updated: string
  other_config: ReadonlyMap<string, string>
}

export interface PIFRecord {
  uuid: string
  device: string
  network: Ref<'network'>
  host: Ref<'host'>
  MAC: string
  MTU: number
  VLAN: number
  metrics: Ref<'PIF_metrics'>
  physical: boolean
  currently_attached: boolean
  ip_configuration_mode: E.IpConfigurationMode
  IP: string
  netmask: string
  gateway: string
  DNS: string
  bond_slave_of: Ref<'Bond'>
  bond_master_of: readonly Ref<'Bond'>[]
  VLAN_master_of: Ref<'VLAN'>
  VLAN_slave_of: readonly Ref<'VLAN'>[]
  management: boolean
  other_config: ReadonlyMap<string, string>
  disallow_unplug: boolean
  tunnel_access_PIF_of: readonly Ref<'tunnel'>[]
  tunnel_transport_PIF_of: readonly Ref<'tunnel'>[]
  ipv6_configuration_mode: E.Ipv6ConfigurationMode
  IPv6: readonly string[]
  ipv6_gateway: string
  primary_address_type: E.PrimaryAddressType
  managed: boolean
  properties: ReadonlyMap<string, string>
  capabilities: readonly string[]
  igmp_snooping_status: E.PifIgmpStatus
  sriov_physical_PIF_of: readonly Ref<'network_sriov'>[]
  sriov_logical_PIF_of: readonly Ref<'network_sriov'>[]
  PCI: Ref<'PCI'>
}

export interface PIFMetricsRecord {
  uuid: string
  io_read_kbs: number
  io_write_kbs: number
  carrier: boolean
  vendor_id: string
  vendor_name: string
  device_id: string
  device_name: string
  speed: number
  duplex: boolean
  pci_bus_path: string
  last_updated: string
  other_config: ReadonlyMap<string, string>
}

export interface BondRecord {
  uuid: string
  master: Ref<'PIF'>
  slaves: readonly Ref<'PIF'>[]
  other_config: ReadonlyMap<string, string>
  primary_slave: Ref<'PIF'>
  mode: E.BondMode
  properties: ReadonlyMap<string, string>
  links_up: number
  auto_update_mac: boolean
}

export interface VLANRecord {
  uuid: string
  tagged_PIF: Ref<'PIF'>
  untagged_PIF: Ref<'PIF'>
  tag: number
  other_config: ReadonlyMap<string, string>
}

export interface SMRecord {
  uuid: string
  name_label: string
  name_description: string
  type: string
  vendor: string
  copyright: string
  version: string
  required_api_version: string
  configuration: ReadonlyMap<string, string>
  capabilities: readonly string[]
  features: ReadonlyMap<string, number>
  other_config: ReadonlyMap<string, string>
  driver_filename: string
  required_cluster_stack: readonly string[]
  supported_image_formats: readonly E.ImageFormatType[]
}

export interface SRRecord {
  uuid: string
  name_label: string
  name_description: string
  allowed_operations: readonly E.StorageOperations[]
  current_operations: ReadonlyMap<string, E.StorageOperations>
  VDIs: readonly Ref<'VDI'>[]
  PBDs: readonly Ref<'PBD'>[]
  virtual_allocation: number
  physical_utilisation: number
  physical_size: number
  type: string
  content_type: string
  shared: boolean
  other_config: ReadonlyMap<string, string>
  tags: readonly string[]
  sm_config: ReadonlyMap<string, string>
  blobs: ReadonlyMap<string, Ref<'blob'>>
  local_cache_enabled: boolean
  introduced_by: Ref<'DR_task'>
  clustered: boolean
  is_tools_sr: boolean
}

export interface SrStatRecord {
  uuid: string | undefined
  name_label: string
  name_description: string
  free_space: number
  total_space: number
  clustered: boolean
  health: E.SrHealth
}

export interface ProbeResultRecord {
  configuration: ReadonlyMap<string, string>
  complete: boolean
  sr: SrStatRecord | undefined
  extra_info: ReadonlyMap<string, string>
}

export interface LVHDRecord {
  uuid: string
}

export interface VDIRecord {
  uuid: string
  name_label: string
  name_description: string
  allowed_operations: readonly E.VdiOperations[]
  current_operations: ReadonlyMap<string, E.VdiOperations>
  SR: Ref<'SR'>
  VBDs: readonly Ref<'VBD'>[]
  crash_dumps: readonly Ref<'crashdump'>[]
  virtual_size: number
  physical_utilisation: number
  type: E.VdiType
  sharable: boolean
  read_only: boolean
  other_config: ReadonlyMap<string, string>
  storage_lock: boolean
  location: string
  managed: boolean
  missing: boolean
  parent: Ref<'VDI'>
  xenstore_data: ReadonlyMap<string, string>
  sm_config: ReadonlyMap<string, string>
  is_a_snapshot: boolean
  snapshot_of: Ref<'VDI'>
  snapshots: readonly Ref<'VDI'>[]
  snapshot_time: string
  tags: readonly string[]
  allow_caching: boolean
  on_boot: E.OnBoot
  metadata_of_pool: Ref<'pool'>
  metadata_latest: boolean
  is_tools_iso: boolean
  cbt_enabled: boolean
}

/** What VDI.create takes. */
export interface VDIConstructor {
  name_label?: string
  name_description?: string
  SR: Ref<'SR'>
  virtual_size: number
  type: E.VdiType
  sharable: boolean
  read_only: boolean
  other_config: ReadonlyMap<string, string>
  xenstore_data?: ReadonlyMap<string, string>
  sm_config?: ReadonlyMap<string, string>
  tags?: readonly string[]
}

export interface VBDRecord {
  uuid: string
  allowed_operations: readonly E.VbdOperations[]
  current_operations: ReadonlyMap<string, E.VbdOperations>
  VM: Ref<'VM'>
  VDI: Ref<'VDI'>
  device: string
  userdevice: string
  bootable: boolean
  mode: E.VbdMode
  type: E.VbdType
  unpluggable: boolean
  storage_lock: boolean
  empty: boolean
  other_config: ReadonlyMap<string, string>
  currently_attached: boolean
  status_code: number
  status_detail: string
  runtime_properties: ReadonlyMap<string, string>
  qos_algorithm_type: string
  qos_algorithm_params: ReadonlyMap<string, string>
  qos_supported_algorithms: readonly string[]
  metrics: Ref<'VBD_metrics'>
}

/** What VBD.create takes. */
export interface VBDConstructor {
  VM: Ref<'VM'>
  VDI: Ref<'VDI'>
  device?: string
  userdevice: string
  bootable: boolean
  mode: E.VbdMode
  type: E.VbdType
  unpluggable?: boolean
  empty: boolean
  other_config: ReadonlyMap<string, string>
  currently_attached?: boolean
  qos_algorithm_type: string
  qos_algorithm_params: ReadonlyMap<string, string>
}

export interface VBDMetricsRecord {
  uuid: string
  io_read_kbs: number
  io_write_kbs: number
  last_updated: string
  other_config: ReadonlyMap<string, string>
}

export interface PBDRecord {
  uuid: string
  host: Ref<'host'>
  SR: Ref<'SR'>
  device_config: ReadonlyMap<string, string>
  currently_attached: boolean
  other_config: ReadonlyMap<string, string>
}

/** What PBD.create takes. */
export interface PBDConstructor {
  host: Ref<'host'>
  SR: Ref<'SR'>
  device_config: ReadonlyMap<string, string>
  other_config?: ReadonlyMap<string, string>
}

export interface CrashdumpRecord {
  uuid: string
  VM: Ref<'VM'>
  VDI: Ref<'VDI'>
  other_config: ReadonlyMap<string, string>
}

export interface VTPMRecord {
  uuid: string
  allowed_operations: readonly E.VtpmOperations[]
  current_operations: ReadonlyMap<string, E.VtpmOperations>
  VM: Ref<'VM'>
  backend: Ref<'VM'>
  persistence_backend: E.PersistenceBackend
  is_unique: boolean
  is_protected: boolean
}

export interface ConsoleRecord {
  uuid: string
  protocol: E.ConsoleProtocol
  location: string
  VM: Ref<'VM'>
  other_config: ReadonlyMap<string, string>
}

/** What console.create takes. */
export interface ConsoleConstructor {
  other_config: ReadonlyMap<string, string>
}

export interface UserRecord {
  uuid: string
  short_name: string
  fullname: string
  other_config: ReadonlyMap<string, string>
}

/** What user.create takes. */
export interface UserConstructor {
  short_name: string
  fullname: string
  other_config?: ReadonlyMap<string, string>
}

export interface DataSourceRecord {
  name_label: string
  name_description: string
  enabled: boolean
  standard: boolean
  units: string
  min: number
  max: number
  value: number
}

export interface BlobRecord {
  uuid: string
  name_label: string
  name_description: string
  size: number
  public: boolean
  last_updated: string
  mime_type: string
}

export interface MessageRecord {
  uuid: string
  name: string
  priority: number
  cls: E.Cls
  obj_uuid: string
  timestamp: string
  body: string
}

export interface SecretRecord {
  uuid: string
  value: string
  other_config: ReadonlyMap<string, string>
}

/** What secret.create takes. */
export interface SecretConstructor {
  value: string
  other_config?: ReadonlyMap<string, string>
}

export interface TunnelRecord {
  uuid: string
  access_PIF: Ref<'PIF'>
  transport_PIF: Ref<'PIF'>
  status: ReadonlyMap<string, string>
  other_config: ReadonlyMap<string, string>
  protocol: E.TunnelProtocol
}

export interface NetworkSriovRecord {
  uuid: string
  physical_PIF: Ref<'PIF'>
  logical_PIF: Ref<'PIF'>
  requires_reboot: boolean
  configuration_mode: E.SriovConfigurationMode
}

export interface PCIRecord {
  uuid: string
  class_id: string
  class_name: string
  vendor_id: string
  vendor_name: string
  device_id: string
  device_name: string
  host: Ref<'host'>
  pci_id: string
  dependencies: readonly Ref<'PCI'>[]
  other_config: ReadonlyMap<string, string>
  subsystem_vendor_id: string
  subsystem_vendor_name: string
  subsystem_device_id: string
  subsystem_device_name: string
  driver_name: string
}

export interface PGPURecord {
  uuid: string
  PCI: Ref<'PCI'>
  GPU_group: Ref<'GPU_group'>
  host: Ref<'host'>
  other_config: ReadonlyMap<string, string>
  supported_VGPU_types: readonly Ref<'VGPU_type'>[]
  enabled_VGPU_types: readonly Ref<'VGPU_type'>[]
  resident_VGPUs: readonly Ref<'VGPU'>[]
  supported_VGPU_max_capacities: ReadonlyMap<Ref<'VGPU_type'>, number>
  dom0_access: E.PciDom0Access
  is_system_display_device: boolean
  compatibility_metadata: ReadonlyMap<string, string>
}

export interface GPUGroupRecord {
  uuid: string
  name_label: string
  name_description: string
  PGPUs: readonly Ref<'PGPU'>[]
  VGPUs: readonly Ref<'VGPU'>[]
  GPU_types: readonly string[]
  other_config: ReadonlyMap<string, string>
  allocation_algorithm: E.AllocationAlgorithm
  supported_VGPU_types: readonly Ref<'VGPU_type'>[]
  enabled_VGPU_types: readonly Ref<'VGPU_type'>[]
}

export interface VGPURecord {
  uuid: string
  VM: Ref<'VM'>
  GPU_group: Ref<'GPU_group'>
  device: string
  currently_attached: boolean
  other_config: ReadonlyMap<string, string>
  type: Ref<'VGPU_type'>
  resident_on: Ref<'PGPU'>
  scheduled_to_be_resident_on: Ref<'PGPU'>
  compatibility_metadata: ReadonlyMap<string, string>
  extra_args: string
  PCI: Ref<'PCI'>
}

export interface VGPUTypeRecord {
  uuid: string
  vendor_name: string
  model_name: string
  framebuffer_size: number
  max_heads: number
  max_resolution_x: number
  max_resolution_y: number
  supported_on_PGPUs: readonly Ref<'PGPU'>[]
  enabled_on_PGPUs: readonly Ref<'PGPU'>[]
  VGPUs: readonly Ref<'VGPU'>[]
  supported_on_GPU_groups: readonly Ref<'GPU_group'>[]
  enabled_on_GPU_groups: readonly Ref<'GPU_group'>[]
  implementation: E.VgpuTypeImplementation
  identifier: string
  experimental: boolean
  compatible_types_in_vm: readonly Ref<'VGPU_type'>[]
}

export interface PVSSiteRecord {
  uuid: string
  name_label: string
  name_description: string
  PVS_uuid: string
  cache_storage: readonly Ref<'PVS_cache_storage'>[]
  servers: readonly Ref<'PVS_server'>[]
  proxies: readonly Ref<'PVS_proxy'>[]
}

export interface PVSServerRecord {
  uuid: string
  addresses: readonly string[]
  first_port: number
  last_port: number
  site: Ref<'PVS_site'>
}

export interface PVSProxyRecord {
  uuid: string
  site: Ref<'PVS_site'>
  VIF: Ref<'VIF'>
  currently_attached: boolean
  status: E.PvsProxyStatus
}

export interface PVSCacheStorageRecord {
  uuid: string
  host: Ref<'host'>
  SR: Ref<'SR'>
  site: Ref<'PVS_site'>
  size: number
  VDI: Ref<'VDI'>
}

/** What PVS_cache_storage.create takes. */
export interface PVSCacheStorageConstructor {
  host?: Ref<'host'>
  SR?: Ref<'SR'>
  site?: Ref<'PVS_site'>
  size?: number
}

export interface FeatureRecord {
  uuid: string
  name_label: string
  name_description: string
  enabled: boolean
  experimental: boolean
  version: string
  host: Ref<'host'>
}

export interface SDNControllerRecord {
  uuid: string
  protocol: E.SdnControllerProtocol
  address: string
  port: number
}

export interface VdiNbdServerInfoRecord {
  exportname: string
  address: string
  port: number
  cert: string
  subject: string
}

export interface PUSBRecord {
  uuid: string
  USB_group: Ref<'USB_group'>
  host: Ref<'host'>
  path: string
  vendor_id: string
  vendor_desc: string
  product_id: string
  product_desc: string
  serial: string
  version: string
  description: string
  passthrough_enabled: boolean
  other_config: ReadonlyMap<string, string>
  speed: number
}

export interface USBGroupRecord {
  uuid: string
  name_label: string
  name_description: string
  PUSBs: readonly Ref<'PUSB'>[]
  VUSBs: readonly Ref<'VUSB'>[]
  other_config: ReadonlyMap<string, string>
}

export interface VUSBRecord {
  uuid: string
  allowed_operations: readonly E.VusbOperations[]
  current_operations: ReadonlyMap<string, E.VusbOperations>
  VM: Ref<'VM'>
  USB_group: Ref<'USB_group'>
  other_config: ReadonlyMap<string, string>
  currently_attached: boolean
}

export interface ClusterRecord {
  uuid: string
  cluster_hosts: readonly Ref<'Cluster_host'>[]
  pending_forget: readonly string[]
  cluster_token: string
  cluster_stack: string
  cluster_stack_version: number
  is_quorate: boolean
  quorum: number
  live_hosts: number
  expected_hosts: number
  allowed_operations: readonly E.ClusterOperation[]
  current_operations: ReadonlyMap<string, E.ClusterOperation>
  pool_auto_join: boolean
  token_timeout: number
  token_timeout_coefficient: number
  cluster_config: ReadonlyMap<string, string>
  other_config: ReadonlyMap<string, string>
}

export interface ClusterHostRecord {
  uuid: string
  cluster: Ref<'Cluster'>
  host: Ref<'host'>
  enabled: boolean
  PIF: Ref<'PIF'>
  joined: boolean
  live: boolean
  last_update_live: string
  allowed_operations: readonly E.ClusterHostOperation[]
  current_operations: ReadonlyMap<string, E.ClusterHostOperation>
  other_config: ReadonlyMap<string, string>
}

export interface CertificateRecord {
  uuid: string
  name: string
  type: E.CertificateType
  host: Ref<'host'>
  not_before: string
  not_after: string
  fingerprint: string
  fingerprint_sha256: string
  fingerprint_sha1: string
  purpose: readonly E.CertificatePurpose[]
}

export interface DiagnosticsRecord {

}

export interface RepositoryRecord {
  uuid: string
  name_label: string
  name_description: string
  binary_url: string
  source_url: string
  update: boolean
  hash: string
  up_to_date: boolean
  gpgkey_path: string
  origin: E.Origin
  certificate: string
}

export interface ObserverRecord {
  uuid: string
  name_label: string
  name_description: string
  hosts: readonly Ref<'host'>[]
  attributes: ReadonlyMap<string, string>
  endpoints: readonly string[]
  components: readonly string[]
  enabled: boolean
}

/** What Observer.create takes. */
export interface ObserverConstructor {
  name_label?: string
  name_description?: string
  hosts?: readonly Ref<'host'>[]
  attributes?: ReadonlyMap<string, string>
  endpoints?: readonly string[]
  components?: readonly string[]
  enabled?: boolean
}

export interface VMGroupRecord {
  uuid: string
  name_label: string
  name_description: string
  placement: E.PlacementPolicy
  VMs: readonly Ref<'VM'>[]
}

/** What VM_group.create takes. */
export interface VMGroupConstructor {
  name_label?: string
  name_description?: string
  placement?: E.PlacementPolicy
}

export interface HostDriverRecord {
  uuid: string
  host: Ref<'host'>
  name: string
  friendly_name: string
  variants: readonly Ref<'Driver_variant'>[]
  active_variant: Ref<'Driver_variant'>
  selected_variant: Ref<'Driver_variant'>
  type: string
  description: string
  info: string
}

export interface DriverVariantRecord {
  uuid: string
  name: string
  driver: Ref<'Host_driver'>
  version: string
  hardware_present: boolean
  priority: number
  status: string
}

export interface CallerRecord {
  uuid: string
  name_label: string
  name_description: string
  user_agent: string
  client_ip: string
  last_access: string
  groups: readonly string[]
  rate_limit: Ref<'Rate_limit'>
  auto_registered: boolean
}

/** What Caller.create takes. */
export interface CallerConstructor {
  name_label?: string
  name_description?: string
  user_agent?: string
  client_ip?: string
}

export interface RateLimitRecord {
  uuid: string
  name_label: string
  name_description: string
  callers: readonly Ref<'Caller'>[]
  burst_size: number
  fill_rate: number
}

/** What Rate_limit.create takes. */
export interface RateLimitConstructor {
  name_label?: string
  name_description?: string
  burst_size?: number
  fill_rate?: number
}

/** The record of each class. */
export interface Records {
  session: SessionRecord
  auth: AuthRecord
  subject: SubjectRecord
  role: RoleRecord
  task: TaskRecord
  event: EventRecord
  pool: PoolRecord
  pool_patch: PoolPatchRecord
  pool_update: PoolUpdateRecord
  VM: VMRecord
  VM_metrics: VMMetricsRecord
  VM_guest_metrics: VMGuestMetricsRecord
  VMPP: VMPPRecord
  VMSS: VMSSRecord
  VM_appliance: VMApplianceRecord
  DR_task: DRTaskRecord
  host: HostRecord
  host_crashdump: HostCrashdumpRecord
  host_patch: HostPatchRecord
  host_metrics: HostMetricsRecord
  host_cpu: HostCpuRecord
  network: NetworkRecord
  VIF: VIFRecord
  VIF_metrics: VIFMetricsRecord
  PIF: PIFRecord
  PIF_metrics: PIFMetricsRecord
  Bond: BondRecord
  VLAN: VLANRecord
  SM: SMRecord
  SR: SRRecord
  sr_stat: SrStatRecord
  probe_result: ProbeResultRecord
  LVHD: LVHDRecord
  VDI: VDIRecord
  VBD: VBDRecord
  VBD_metrics: VBDMetricsRecord
  PBD: PBDRecord
  crashdump: CrashdumpRecord
  VTPM: VTPMRecord
  console: ConsoleRecord
  user: UserRecord
  data_source: DataSourceRecord
  blob: BlobRecord
  message: MessageRecord
  secret: SecretRecord
  tunnel: TunnelRecord
  network_sriov: NetworkSriovRecord
  PCI: PCIRecord
  PGPU: PGPURecord
  GPU_group: GPUGroupRecord
  VGPU: VGPURecord
  VGPU_type: VGPUTypeRecord
  PVS_site: PVSSiteRecord
  PVS_server: PVSServerRecord
  PVS_proxy: PVSProxyRecord
  PVS_cache_storage: PVSCacheStorageRecord
  Feature: FeatureRecord
  SDN_controller: SDNControllerRecord
  vdi_nbd_server_info: VdiNbdServerInfoRecord
  PUSB: PUSBRecord
  USB_group: USBGroupRecord
  VUSB: VUSBRecord
  Cluster: ClusterRecord
  Cluster_host: ClusterHostRecord
  Certificate: CertificateRecord
  Diagnostics: DiagnosticsRecord
  Repository: RepositoryRecord
  Observer: ObserverRecord
  VM_group: VMGroupRecord
  Host_driver: HostDriverRecord
  Driver_variant: DriverVariantRecord
  Caller: CallerRecord
  Rate_limit: RateLimitRecord
}

/** What the database holds of each class: its record and the fields that no record shows. */
export interface Rows {
  session: SessionRecord
  subject: SubjectRecord
  role: RoleRecord
  task: TaskRecord & { session: Ref<'session'>; externalpid: number; stunnelpid: number; forwarded: boolean; forwarded_to: Ref<'host'> }
  pool: PoolRecord & { wlb_password: Ref<'secret'> }
  pool_patch: PoolPatchRecord & { filename: string }
  pool_update: PoolUpdateRecord
  VM: VMRecord & { recommended_guidances: readonly E.UpdateGuidances[] }
  VM_metrics: VMMetricsRecord
  VM_guest_metrics: VMGuestMetricsRecord
  VMPP: VMPPRecord
  VMSS: VMSSRecord
  VM_appliance: VMApplianceRecord
  DR_task: DRTaskRecord
  host: HostRecord & { boot_free_mem: number; recommended_guidances: readonly E.UpdateGuidances[] }
  host_crashdump: HostCrashdumpRecord & { filename: string }
  host_patch: HostPatchRecord & { filename: string }
  host_metrics: HostMetricsRecord
  host_cpu: HostCpuRecord
  network: NetworkRecord
  VIF: VIFRecord & { reserved: boolean; reserved_pci: Ref<'PCI'> }
  VIF_metrics: VIFMetricsRecord
  PIF: PIFRecord & { device_name: string }
  PIF_metrics: PIFMetricsRecord
  Bond: BondRecord
  VLAN: VLANRecord
  SM: SMRecord & { host_pending_features: ReadonlyMap<Ref<'host'>, readonly string[]> }
  SR: SRRecord & { default_vdi_visibility: boolean }
  LVHD: LVHDRecord
  VDI: VDIRecord
  VBD: VBDRecord & { reserved: boolean }
  VBD_metrics: VBDMetricsRecord
  PBD: PBDRecord
  crashdump: CrashdumpRecord
  VTPM: VTPMRecord & { contents: Ref<'secret'> }
  console: ConsoleRecord & { port: number }
  user: UserRecord
  blob: BlobRecord
  secret: SecretRecord
  tunnel: TunnelRecord
  network_sriov: NetworkSriovRecord
  PCI: PCIRecord & { functions: number; virtual_functions: readonly Ref<'PCI'>[]; physical_function: Ref<'PCI'>; attached_VMs: readonly Ref<'VM'>[]; scheduled_to_be_attached_to: Ref<'VM'> }
  PGPU: PGPURecord & { size: number }
  GPU_group: GPUGroupRecord
  VGPU: VGPURecord
  VGPU_type: VGPUTypeRecord & { size: number; internal_config: ReadonlyMap<string, string>; compatible_types_on_pgpu: readonly Ref<'VGPU_type'>[] }
  PVS_site: PVSSiteRecord
  PVS_server: PVSServerRecord
  PVS_proxy: PVSProxyRecord
  PVS_cache_storage: PVSCacheStorageRecord
  Feature: FeatureRecord
  SDN_controller: SDNControllerRecord
  PUSB: PUSBRecord
  USB_group: USBGroupRecord
  VUSB: VUSBRecord
  Cluster: ClusterRecord
  Cluster_host: ClusterHostRecord
  Certificate: CertificateRecord
  Repository: RepositoryRecord
  Observer: ObserverRecord
  VM_group: VMGroupRecord
  Host_driver: HostDriverRecord
  Driver_variant: DriverVariantRecord
  Caller: CallerRecord
  Rate_limit: RateLimitRecord
}
