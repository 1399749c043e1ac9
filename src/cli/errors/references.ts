import { type Session, text } from '../../commands/index.ts'
import { NULL_REF, XapiError } from '../../xapi/index.ts'

/** Classes whose name-label follows the uuid (docs/spec/xe-cli-semantics.md 6.2). */
const labelled: ReadonlySet<string> = new Set(
  (
    'network host VM SR VDI task role blob pool_patch pool_update host_patch Repository Feature SM VM_appliance ' +
    'VM_group GPU_group USB_group PVS_site VMPP VMSS Observer Caller Rate_limit'
  ).split(' '),
)

/** Every class whose objects have a uuid, the ones that errors are mostly about first. */
export const referable: readonly string[] = (
  'PIF network host VM VIF SR pool tunnel VLAN Bond network_sriov SDN_controller task VDI VBD PBD PIF_metrics PCI ' +
  'VIF_metrics host_metrics VM_metrics VM_guest_metrics VBD_metrics session subject role user blob secret ' +
  'Cluster Cluster_host Certificate Repository Feature Observer SM VMPP VMSS VM_appliance VM_group VTPM VUSB PUSB ' +
  'USB_group PGPU GPU_group VGPU VGPU_type PVS_site PVS_server PVS_proxy PVS_cache_storage DR_task LVHD pool_patch ' +
  'pool_update host_patch host_crashdump host_cpu crashdump console Host_driver Driver_variant Caller Rate_limit'
).split(' ')

/** How many classes are asked at a time about a reference that could be anything. */
const BATCH = 12

/**
 * The values of an error with each reference replaced by what xe shows of its object. A reference does not say its class,
 * so the host is asked in the classes that the error's labels and other values suggest, and then in all the others. What
 * names no object stays as it is.
 */
export async function readable(
  labels: readonly string[],
  values: readonly string[],
  session: Session,
): Promise<readonly string[]> {
  const suggested = [...labels, ...values].flatMap(classesCalled)
  return Promise.all(
    values.map(value =>
      /^OpaqueRef:./.test(value) && value !== NULL_REF
        ? resolve(value, new Set([...suggested, ...referable]), session)
        : value,
    ),
  )
}

/** `vm`, `vms` and `connected PIF` all suggest a class. */
function classesCalled(word: string): readonly string[] {
  const last = word.split(' ').at(-1)?.toLowerCase() ?? ''
  return referable.filter(cls => cls.toLowerCase() === last || `${cls.toLowerCase()}s` === last)
}

async function resolve(ref: string, classes: ReadonlySet<string>, session: Session): Promise<string> {
  const candidates = [...classes]
  for (let at = 0; at < candidates.length; at += BATCH) {
    const shown = await Promise.all(candidates.slice(at, at + BATCH).map(cls => describe(cls, ref, session)))
    const found = shown.find(text => text !== undefined)
    if (found !== undefined) return found
  }
  return ref
}

async function describe(cls: string, ref: string, session: Session): Promise<string | undefined> {
  try {
    const uuid = text(await session.call(`${cls}.get_uuid`, ref))
    if (!labelled.has(cls)) return uuid
    return `${uuid} (${text(await session.call(`${cls}.get_name_label`, ref))})`
  } catch (error) {
    if (error instanceof XapiError) return undefined
    throw error
  }
}
