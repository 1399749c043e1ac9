import { datamodel, NULL_REF, type Ref, type Rows } from '../../datamodel/index.ts'
import type { Database, Stored } from '../database/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { asVmOperation, updateVmOperations } from '../guests/index.ts'
import { createVif } from './vif-create.ts'

/** How VMs come from others, templates above all. Disks are not copied, so that VMs with disks are refused. */
export const vmCopies: Pick<Messages<'VM'>, 'clone' | 'copy' | 'provision'> = {
  clone: (context, vm, name) => copyVm(context, vm, name, 'clone'),
  copy: (context, vm, name) => copyVm(context, vm, name, 'copy'),

  /** Makes a VM of a template. Throws PROVISION_ONLY_ALLOWED_ON_TEMPLATE [], and NOT_IMPLEMENTED [message] where disks were to be made. */
  async provision(context, vm) {
    const { db } = context.pool
    await asVmOperation(context, vm, 'provision', () => {
      const other_config = new Map(db.get('VM', vm, 'other_config'))
      if (/<disk\s/.test(other_config.get('disks') ?? '')) throw new Failure('NOT_IMPLEMENTED', context.message.name)
      other_config.delete('disks')
      db.set('VM', vm, 'other_config', other_config)
      db.set('VM', vm, 'is_a_template', false)
    })
  },
}

/** VIFs get addresses of their own. Throws NOT_IMPLEMENTED [message] where the VM has disks. */
async function copyVm(context: Context, vm: Ref<'VM'>, name: string, operation: 'clone' | 'copy'): Promise<Ref<'VM'>> {
  const { db, random } = context.pool
  let copy = NULL_REF
  await asVmOperation(context, vm, operation, async () => {
    const vbds = db.get('VM', vm, 'VBDs')
    const hasDisk = vbds.some(vbd => db.get('VBD', vbd, 'type') === 'Disk' && !db.get('VBD', vbd, 'empty'))
    if (hasDisk) throw new Failure('NOT_IMPLEMENTED', context.message.name)
    copy = db.create('VM', {
      ...settings(db, 'VM', vm),
      ...OWN,
      bios_strings: db.get('VM', vm, 'bios_strings'),
      name_label: name,
      other_config: new Map([...db.get('VM', vm, 'other_config'), ['mac_seed', random.uuid()]]),
      metrics: db.create('VM_metrics', {}),
    })
    for (const vif of db.get('VM', vm, 'VIFs')) await createVif(context, vifFor(db, vif, copy))
    for (const vbd of vbds) {
      const metrics = db.create('VBD_metrics', {})
      db.create('VBD', { ...settings(db, 'VBD', vbd), VM: copy, currently_attached: false, metrics })
    }
    updateVmOperations(db, copy)
  })
  return copy
}

/** What no VM has in common with the one that it is a copy of. */
const OWN: Partial<Rows['VM']> = {
  power_state: 'Halted',
  domid: -1,
  ha_always_run: false,
  suspend_VDI: NULL_REF,
  protection_policy: NULL_REF,
  snapshot_schedule: NULL_REF,
  appliance: NULL_REF,
}

const vifFor = (db: Database, vif: Ref<'VIF'>, VM: Ref<'VM'>): Parameters<typeof createVif>[1] => ({
  VM,
  MAC: '',
  device: db.get('VIF', vif, 'device'),
  network: db.get('VIF', vif, 'network'),
  MTU: db.get('VIF', vif, 'MTU'),
  other_config: db.get('VIF', vif, 'other_config'),
  qos_algorithm_type: db.get('VIF', vif, 'qos_algorithm_type'),
  qos_algorithm_params: db.get('VIF', vif, 'qos_algorithm_params'),
  locking_mode: db.get('VIF', vif, 'locking_mode'),
  ipv4_allowed: db.get('VIF', vif, 'ipv4_allowed'),
  ipv6_allowed: db.get('VIF', vif, 'ipv6_allowed'),
  trunks: db.get('VIF', vif, 'trunks'),
})

/** What somebody set on an object, or could have. */
function settings<C extends Stored>(db: Database, cls: C, ref: Ref<C>): Partial<Rows[C]> {
  const fields = datamodel().classes.get(cls)?.fields ?? []
  const set = fields.filter(({ qualifier, internal }) => qualifier !== 'RO/runtime' && !internal)
  const record = db.record(cls, ref)
  return Object.fromEntries(set.map(({ name }) => [name, record.get(name)])) as Partial<Rows[C]> // fields of the class
}
