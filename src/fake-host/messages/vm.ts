import type { Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { asVmOperation, checkCanBootHere, possibleHosts, updateVmOperations, vmObstacle } from '../guests/index.ts'
import { destroyVif } from './vif.ts'
import { vmCopies } from './vm-copies.ts'
import { vmMigration } from './vm-migration.ts'
import { vmPower } from './vm-power.ts'
import { vmSettings } from './vm-settings.ts'

const MOST_VIFS = 16

export const vm: Messages<'VM'> = {
  ...vmPower,
  ...vmCopies,
  ...vmMigration,
  ...vmSettings,

  /** Halted and without a domain, unless it is given as suspended; the addresses of its VIFs follow from its `mac_seed`. */
  create({ pool: { db, random } }, record) {
    const other_config = new Map(record.other_config)
    if (!other_config.has('mac_seed')) other_config.set('mac_seed', random.uuid())
    const { domain_type = 'unspecified' } = record
    const byPolicy = record.HVM_boot_policy === '' ? 'pv' : 'hvm'
    const vm = db.create('VM', {
      ...record,
      power_state: record.power_state === 'Suspended' ? 'Suspended' : 'Halted',
      domain_type: domain_type === 'unspecified' ? byPolicy : domain_type,
      domid: -1,
      other_config,
      metrics: db.create('VM_metrics', {}),
    })
    updateVmOperations(db, vm)
    return vm
  },

  /** With its VIFs. Its disks are left alone. */
  async destroy(context, self) {
    const { db } = context.pool
    await asVmOperation(context, self, 'destroy', () => {
      if (db.get('VM', self, 'is_default_template')) throw new Failure('VM_CANNOT_DELETE_DEFAULT_TEMPLATE', self)
      for (const vif of db.get('VM', self, 'VIFs')) destroyVif(db, vif)
      for (const vbd of db.get('VM', self, 'VBDs')) db.destroy('VBD', vbd)
      const metrics = db.get('VM', self, 'metrics')
      if (db.exists('VM_metrics', metrics)) db.destroy('VM_metrics', metrics)
      db.destroy('VM', self)
    })
  },

  get_allowed_VIF_devices({ pool: { db } }, vm) {
    const used = new Set(db.get('VM', vm, 'VIFs').map(vif => db.get('VIF', vif, 'device')))
    return Array.from({ length: MOST_VIFS }, (_, number) => String(number)).filter(device => !used.has(device))
  },

  assert_can_boot_here: ({ pool }, self, host) => checkCanBootHere(pool, self, host),

  get_possible_hosts: ({ pool }, vm) => possibleHosts(pool, vm),

  assert_operation_valid({ pool: { db } }, self, operation) {
    const failure = vmObstacle(db, self, operation)
    if (failure) throw failure
  },

  update_allowed_operations: ({ pool: { db } }, self) => updateVmOperations(db, self),
}
