import type { Ref, VifOperations } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { isSriovNetwork } from '../network/index.ts'
import { dummyTask } from '../tasks/task.ts'
import { takeTurn } from './turn.ts'

/** Which operations a VIF allows, and the one that it is in (docs/spec/networking-semantics.md 9.2). */

/** Writes which operations a VIF allows as it is now. */
export function updateVifOperations(db: Database, vif: Ref<'VIF'>): void {
  const operations: readonly VifOperations[] = ['attach', 'plug', 'unplug']
  const allowed = operations.filter(operation => obstacle(db, vif, operation) === undefined)
  db.set('VIF', vif, 'allowed_operations', allowed)
}

/** Runs something as an operation on a VIF, in its turn and that of its VM. Throws what stands in its way, see `takeTurn`. */
export async function asVifOperation(
  context: Context,
  vif: Ref<'VIF'>,
  operation: VifOperations,
  run: () => Promise<void>,
): Promise<void> {
  const { pool, task } = context
  const { db } = pool
  const id = task ?? dummyTask(pool, context.message.name)
  const mark = (operations: ReadonlyMap<string, VifOperations>) => {
    if (!db.exists('VIF', vif)) return
    db.set('VIF', vif, 'current_operations', operations)
    updateVifOperations(db, vif)
  }
  await takeTurn(
    context,
    'VIF',
    () => obstacle(db, vif, operation),
    () => mark(new Map([[id, operation]])),
  )
  try {
    await pool.domains.run(db.get('VIF', vif, 'VM'), run)
  } finally {
    mark(new Map())
  }
}

function inProgress(db: Database, vif: Ref<'VIF'>): Failure | undefined {
  const operations = db.get('VIF', vif, 'current_operations')
  if (operations.size === 0) return undefined
  const lists = [[...operations.values()], [...operations.keys()]].map(list => `{${list.join('; ')}}`)
  return new Failure('OTHER_OPERATION_IN_PROGRESS', 'VIF', vif, ...lists)
}

const BUSY = ['clean_shutdown', 'hard_shutdown', 'suspend', 'pause']

/** Why a VIF does not allow an operation: the first reason that applies. */
function obstacle(db: Database, vif: Ref<'VIF'>, operation: VifOperations): Failure | undefined {
  const busy = inProgress(db, vif)
  if (busy || operation === 'attach') return busy
  const vm = db.get('VIF', vif, 'VM')
  if (operation === 'plug' && db.get('VM', vm, 'is_control_domain')) {
    return new Failure('OPERATION_NOT_ALLOWED', 'a control domain gets no VIF while it runs')
  }
  const network = db.get('VIF', vif, 'network')
  if (db.exists('network', network) && isSriovNetwork(db, network)) {
    return new Failure('OPERATION_NOT_ALLOWED', 'a VIF on an SR-IOV network stays as the VM was started with it')
  }
  const state = db.get('VM', vm, 'power_state')
  if (state !== 'Running') return new Failure('VM_BAD_POWER_STATE', vm, 'running', state.toLowerCase())
  const plugged = db.get('VIF', vif, 'currently_attached') || db.get('VIF', vif, 'reserved')
  if (operation === 'plug' && plugged) return new Failure('DEVICE_ALREADY_ATTACHED', vif)
  if (operation === 'unplug' && !plugged) return new Failure('DEVICE_ALREADY_DETACHED', vif)
  const ending = [...db.get('VM', vm, 'current_operations').values()].find(current => BUSY.includes(current))
  if (ending !== undefined) return new Failure('OPERATION_NOT_ALLOWED', `${vm} is in operation ${ending}`)
  return guestObstacle(db, vm)
}

/** A running HVM guest may have told that it cannot do it. One that has told nothing is trusted, as recorded hosts do. */
function guestObstacle(db: Database, vm: Ref<'VM'>): Failure | undefined {
  const [metrics, guest] = [db.get('VM', vm, 'metrics'), db.get('VM', vm, 'guest_metrics')]
  const isHvm = db.exists('VM_metrics', metrics) && db.get('VM_metrics', metrics, 'current_domain_type') === 'hvm'
  if (!isHvm || !db.exists('VM_guest_metrics', guest)) return undefined
  if (db.get('VM_guest_metrics', guest, 'can_use_hotplug_vif') === 'no') {
    return new Failure('OPERATION_NOT_ALLOWED', 'the guest cannot take or give up VIFs while it runs')
  }
  const hasDrivers =
    db.get('VM_guest_metrics', guest, 'PV_drivers_detected') ||
    db.get('VM_guest_metrics', guest, 'PV_drivers_version').size > 0
  return hasDrivers ? undefined : new Failure('VM_MISSING_PV_DRIVERS', vm)
}
