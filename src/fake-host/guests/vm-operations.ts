import type { Ref, VmOperations, VmPowerState } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { dummyTask } from '../tasks/task.ts'
import { hasSriovVif } from './functions.ts'
import { takeTurn } from './turn.ts'
import { updateVifOperations } from './vif-operations.ts'

/** Which operations a VM allows, and those that it is in (docs/decisions/guests.md). */

/** What a VM can be asked, by the states that it has to be in for it; operations that are never refused for a state are left out. */
const STATES: { readonly [O in VmOperations]?: readonly VmPowerState[] } = {
  start: ['Halted'],
  start_on: ['Halted'],
  pause: ['Running'],
  unpause: ['Paused'],
  clean_shutdown: ['Running'],
  clean_reboot: ['Running'],
  hard_shutdown: ['Paused', 'Running', 'Suspended'],
  hard_reboot: ['Paused', 'Running'],
  shutdown: ['Paused', 'Running', 'Suspended'],
  suspend: ['Running'],
  resume: ['Suspended'],
  resume_on: ['Suspended'],
  pool_migrate: ['Running'],
  migrate_send: ['Halted', 'Running', 'Suspended'],
  destroy: ['Halted', 'Suspended'],
  make_into_template: ['Halted'],
  provision: ['Halted'],
  clone: ['Halted'],
  copy: ['Halted'],
}

/** Those that are listed in `allowed_operations`, in the order of a host's list. */
const LISTED: readonly VmOperations[] = [
  'make_into_template',
  'migrate_send',
  'pool_migrate',
  'provision',
  'destroy',
  'resume_on',
  'resume',
  'suspend',
  'hard_reboot',
  'hard_shutdown',
  'clean_reboot',
  'clean_shutdown',
  'unpause',
  'pause',
  'start_on',
  'start',
  'clone',
  'copy',
]

/** What a VM does not take part in while it has a function of its host's NIC. */
const STAYS_WITH_NIC: ReadonlySet<VmOperations> = new Set(['suspend', 'pool_migrate', 'migrate_send'])

const FOR_TEMPLATES: ReadonlySet<VmOperations> = new Set([
  'destroy',
  'make_into_template',
  'power_state_reset',
  'provision',
  'clone',
  'copy',
])

/** Writes which operations a VM and its VIFs allow as they are now. */
export function updateVmOperations(db: Database, vm: Ref<'VM'>): void {
  const allowed = LISTED.filter(operation => vmObstacle(db, vm, operation) === undefined)
  db.set('VM', vm, 'allowed_operations', allowed)
  for (const vif of db.get('VM', vm, 'VIFs')) updateVifOperations(db, vif)
}

/** Runs something as an operation on a VM, in its turn. Throws what stands in its way, see `takeTurn`. */
export async function asVmOperation(
  context: Context,
  vm: Ref<'VM'>,
  operation: VmOperations,
  run: () => void | Promise<void>,
): Promise<void> {
  const { pool, task } = context
  const { db } = pool
  const id = task ?? dummyTask(pool, context.message.name)
  const mark = (change: (operations: Map<string, VmOperations>) => void) => {
    if (!db.exists('VM', vm)) return
    const operations = new Map(db.get('VM', vm, 'current_operations'))
    change(operations)
    db.set('VM', vm, 'current_operations', operations)
    updateVmOperations(db, vm)
  }
  await takeTurn(
    context,
    'VM',
    () => vmObstacle(db, vm, operation),
    () => mark(operations => operations.set(id, operation)),
  )
  try {
    await pool.domains.run(vm, run)
  } finally {
    mark(operations => operations.delete(id))
  }
}

/** Why a VM does not allow an operation: the first reason that applies. */
export function vmObstacle(db: Database, vm: Ref<'VM'>, operation: VmOperations): Failure | undefined {
  const blocked = db.get('VM', vm, 'blocked_operations').get(operation)
  if (blocked !== undefined) return new Failure('OPERATION_BLOCKED', vm, blocked)
  const [expected, state] = [STATES[operation], db.get('VM', vm, 'power_state')]
  if (expected && !expected.includes(state)) {
    return new Failure('VM_BAD_POWER_STATE', vm, expected.join(', ').toLowerCase(), state.toLowerCase())
  }
  const busy = inProgress(db, vm)
  if (busy) return busy
  const isTemplate = db.get('VM', vm, 'is_a_template')
  if (isTemplate && !FOR_TEMPLATES.has(operation)) return new Failure('VM_IS_TEMPLATE', vm)
  if (!isTemplate && operation === 'provision') return new Failure('PROVISION_ONLY_ALLOWED_ON_TEMPLATE')
  if (db.get('VM', vm, 'is_control_domain')) {
    return new Failure('OPERATION_NOT_ALLOWED', 'a control domain lives as long as its host runs')
  }
  if (STAYS_WITH_NIC.has(operation) && hasSriovVif(db, vm)) return new Failure('VM_HAS_SRIOV_VIF', vm)
  return lacksFeature(db, vm, operation) ? new Failure('VM_LACKS_FEATURE', vm) : undefined
}

function inProgress(db: Database, vm: Ref<'VM'>): Failure | undefined {
  const operations = db.get('VM', vm, 'current_operations')
  if (operations.size === 0) return undefined
  const lists = [[...operations.values()], [...operations.keys()]]
  const named = lists.map(list => (list.length === 1 ? String(list[0]) : `{${list.join('; ')}}`))
  return new Failure('OTHER_OPERATION_IN_PROGRESS', 'VM', vm, ...named)
}

/** What a guest has to do its part in, by the features of which it needs one. */
const FEATURES: { readonly [O in VmOperations]?: readonly string[] } = {
  clean_shutdown: ['feature-shutdown', 'feature-poweroff'],
  clean_reboot: ['feature-shutdown', 'feature-reboot'],
  suspend: ['feature-suspend'],
  pool_migrate: ['feature-suspend'],
  migrate_send: ['feature-suspend'],
}

/** A running HVM guest may have told what it can do. One that has told nothing is trusted. */
function lacksFeature(db: Database, vm: Ref<'VM'>, operation: VmOperations): boolean {
  const needed = FEATURES[operation]
  const [metrics, guest] = [db.get('VM', vm, 'metrics'), db.get('VM', vm, 'guest_metrics')]
  const isHvm = db.exists('VM_metrics', metrics) && db.get('VM_metrics', metrics, 'current_domain_type') === 'hvm'
  if (!needed || !isHvm || !db.exists('VM_guest_metrics', guest)) return false
  if (db.get('VM_guest_metrics', guest, 'PV_drivers_detected')) return false
  const told = db.get('VM_guest_metrics', guest, 'other')
  return !needed.some(feature => told.get(feature) === '1')
}
