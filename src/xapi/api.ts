import type { XenApi } from '../datamodel/index.ts'
import type { SendValues } from './typed/call.ts'

/** Every class; the compiler sees to it that none is missing or made up. */
const classes: Readonly<Record<keyof XenApi, true>> = {
  session: true,
  auth: true,
  subject: true,
  role: true,
  task: true,
  event: true,
  pool: true,
  pool_patch: true,
  pool_update: true,
  VM: true,
  VM_metrics: true,
  VM_guest_metrics: true,
  VMPP: true,
  VMSS: true,
  VM_appliance: true,
  DR_task: true,
  host: true,
  host_crashdump: true,
  host_patch: true,
  host_metrics: true,
  host_cpu: true,
  network: true,
  VIF: true,
  VIF_metrics: true,
  PIF: true,
  PIF_metrics: true,
  Bond: true,
  VLAN: true,
  SM: true,
  SR: true,
  sr_stat: true,
  probe_result: true,
  LVHD: true,
  VDI: true,
  VBD: true,
  VBD_metrics: true,
  PBD: true,
  crashdump: true,
  VTPM: true,
  console: true,
  user: true,
  data_source: true,
  blob: true,
  message: true,
  secret: true,
  tunnel: true,
  network_sriov: true,
  PCI: true,
  PGPU: true,
  GPU_group: true,
  VGPU: true,
  VGPU_type: true,
  PVS_site: true,
  PVS_server: true,
  PVS_proxy: true,
  PVS_cache_storage: true,
  Feature: true,
  SDN_controller: true,
  vdi_nbd_server_info: true,
  PUSB: true,
  USB_group: true,
  VUSB: true,
  Cluster: true,
  Cluster_host: true,
  Certificate: true,
  Diagnostics: true,
  Repository: true,
  Observer: true,
  VM_group: true,
  Host_driver: true,
  Driver_variant: true,
  Caller: true,
  Rate_limit: true,
}

/**
 * The typed messages of every class, by class: `tunnel.create(pif, network, 'gre')`. The datamodel is loaded at the first
 * call and not before: reading it takes longer than most commands run.
 */
export function xenApi(send: SendValues): XenApi {
  const entries = Object.keys(classes).map(name => [name, messagesOf(name, send)])
  return Object.fromEntries(entries) as XenApi // callTyped refuses what the datamodel, and with it the type, does not have
}

function messagesOf(className: string, send: SendValues): object {
  return new Proxy(Object.freeze({}), {
    get: (_, message) => {
      if (typeof message !== 'string' || message === 'then') return undefined // `then` would make it a promise
      return async (...parameters: unknown[]) => {
        const { callTyped } = await import('./typed/call.ts')
        return callTyped(send, `${className}.${message}`, parameters)
      }
    },
  })
}
