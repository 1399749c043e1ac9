import type { Ref } from '../../datamodel/index.ts'
import { type Context, isLive, type Messages, onHost, poolRef } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { forgetGuests } from '../guests/index.ts'
import { restartToolstack } from '../hosts/lifecycle.ts'
import { checkHaLetsEnable } from '../network/index.ts'

type PowerMessages = Pick<
  Messages<'host'>,
  'disable' | 'enable' | 'reboot' | 'shutdown' | 'power_on' | 'restart_agent' | 'declare_dead' | 'destroy'
>

/** Whether a host takes guests, runs, or is one of the pool. */
export const hostPower: PowerMessages = {
  /** The host is enabled again when its toolstack starts, unless told otherwise. */
  disable(context, self, autoEnable) {
    const { pool } = onHost(context, self)
    if (!pool.db.get('host', self, 'enabled')) return
    pool.db.set('host', self, 'enabled', false)
    pool.hosts.of(self).autoEnable = autoEnable
  },

  /** docs/spec/networking-semantics.md 14.3 */
  enable(context, self) {
    const { pool } = onHost(context, self)
    if ([...pool.db.get('host', self, 'current_operations').values()].includes('evacuate')) {
      throw new Failure('HOST_EVACUATE_IN_PROGRESS', self)
    }
    if (!pool.db.get('host', self, 'enabled')) checkHaLetsEnable(pool, self)
    pool.hosts.of(self).autoEnable = true
    pool.db.set('host', self, 'enabled', true)
  },

  async reboot(context, self) {
    checkIdle(context, self)
    await onHost(context, self).pool.hosts.power.cycle(self)
  },

  async shutdown(context, self) {
    checkIdle(context, self)
    await onHost(context, self).pool.hosts.power.off(self)
  },

  async power_on({ pool }, self) {
    const { db } = pool
    if (isLive(pool, self)) throw new Failure('HOST_IS_LIVE', self)
    if (db.get('host', self, 'power_on_mode') === '') throw new Failure('HOST_POWER_ON_MODE_DISABLED')
    await pool.hosts.power.on(self)
  },

  restart_agent: (context, self) => restartToolstack(onHost(context, self).pool, self),

  /** Somebody has seen that the host is down: its guests can start elsewhere. */
  declare_dead({ pool }, self) {
    if (isLive(pool, self)) throw new Failure('HOST_IS_LIVE', self)
    forgetGuests(pool, self)
  },

  /** What refers to the host is left to the coordinator's tidying up (docs/spec/networking-semantics.md 13.3). */
  destroy({ pool }, self) {
    const { db } = pool
    if (isLive(pool, self)) throw new Failure('HOST_IS_LIVE', self)
    if (db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
    const residents = db.get('host', self, 'resident_VMs')
    const isControlDomain = (vm: Ref<'VM'>) => db.get('VM', vm, 'is_control_domain')
    if (!residents.every(isControlDomain)) throw new Failure('HOST_HAS_RESIDENT_VMS', self)
    for (const domain of residents) db.destroy('VM', domain)
    db.destroy('host', self)
  },
}

/** A host that is to go down has been disabled, and no guest runs on it. */
function checkIdle({ pool: { db } }: Context, host: Ref<'host'>): void {
  if (db.get('host', host, 'enabled')) throw new Failure('HOST_NOT_DISABLED')
  const guest = db.get('host', host, 'resident_VMs').find(vm => !db.get('VM', vm, 'is_control_domain'))
  if (guest !== undefined) throw new Failure('HOST_IN_USE', host, 'VM', guest)
}
