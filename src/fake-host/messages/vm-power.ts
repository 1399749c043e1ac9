import type { Ref, VmOperations } from '../../datamodel/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import {
  asVmOperation,
  boot,
  checkCanBootHere,
  chooseHost,
  end,
  onHostOfVm,
  reboot,
  resetPowerState,
  wake,
} from '../guests/index.ts'

type PowerMessages = Pick<
  Messages<'VM'>,
  | 'start'
  | 'start_on'
  | 'clean_shutdown'
  | 'hard_shutdown'
  | 'shutdown'
  | 'clean_reboot'
  | 'hard_reboot'
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'resume_on'
  | 'power_state_reset'
>

/** A VM's way between its power states. Guests do at once what they are asked (docs/decisions/guests.md). */
export const vmPower: PowerMessages = {
  async start(context, vm, paused) {
    await asVmOperation(context, vm, 'start', () => boot(context, vm, chooseHost(context.pool, vm), wanted(paused)))
  },

  async start_on(context, vm, host, paused) {
    await asVmOperation(context, vm, 'start_on', async () => {
      checkCanBootHere(context.pool, vm, host)
      await boot(context, vm, host, wanted(paused))
    })
  },

  clean_shutdown: (context, vm) => asVmOperation(context, vm, 'clean_shutdown', () => end(context, vm, 'Halted')),
  hard_shutdown: (context, vm) => asVmOperation(context, vm, 'hard_shutdown', () => end(context, vm, 'Halted')),
  shutdown: (context, vm) => asVmOperation(context, vm, 'shutdown', () => end(context, vm, 'Halted')),

  clean_reboot: (context, vm) => asVmOperation(context, vm, 'clean_reboot', () => reboot(context, vm)),
  hard_reboot: (context, vm) => asVmOperation(context, vm, 'hard_reboot', () => reboot(context, vm)),

  pause: (context, vm) => become(context, vm, 'pause', 'Paused'),
  unpause: (context, vm) => become(context, vm, 'unpause', 'Running'),

  suspend: (context, vm) => asVmOperation(context, vm, 'suspend', () => end(context, vm, 'Suspended')),

  async resume(context, vm, paused) {
    await asVmOperation(context, vm, 'resume', () => wake(context, vm, chooseHost(context.pool, vm), wanted(paused)))
  },

  async resume_on(context, vm, host, paused) {
    await asVmOperation(context, vm, 'resume_on', async () => {
      checkCanBootHere(context.pool, vm, host)
      await wake(context, vm, host, wanted(paused))
    })
  },

  async power_state_reset(context, vm) {
    await asVmOperation(context, vm, 'power_state_reset', () => resetPowerState(context.pool, vm))
  },
}

const wanted = (paused: boolean): 'Paused' | 'Running' => (paused ? 'Paused' : 'Running')

/** Whatever a VM does while it has a domain happens on its host. */
async function become(
  context: Context,
  vm: Ref<'VM'>,
  operation: VmOperations,
  state: 'Paused' | 'Running',
): Promise<void> {
  await asVmOperation(context, vm, operation, () => {
    onHostOfVm(context, vm).pool.db.set('VM', vm, 'power_state', state)
  })
}
