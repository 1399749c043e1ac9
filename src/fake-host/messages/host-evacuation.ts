import { type HostAllowedOperations, NULL_REF, type Ref } from '../../datamodel/index.ts'
import { type Context, type Messages, onHost, type Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { checkCanBootHere, checkMigrationNetwork, migrateVm, vmObstacle } from '../guests/index.ts'
import { dummyTask } from '../tasks/task.ts'

type EvacuationMessages = Pick<
  Messages<'host'>,
  'evacuate' | 'assert_can_evacuate' | 'get_vms_which_prevent_evacuation' | 'get_uncooperative_resident_VMs'
>

/** How many guests move at a time unless told. */
const BATCH = 10

/** How the guests of a host get to others. */
export const hostEvacuation: EvacuationMessages = {
  /** All of them, or the first reason why one cannot: then none has moved. Networks stay as they are. */
  async evacuate(context, self, network, batch) {
    const { pool } = context
    const { db } = pool
    onHost(context, self)
    if (batch < 0) throw new Failure('INVALID_VALUE', 'evacuate_batch_size', String(batch))
    const busy = [...db.get('host', self, 'current_operations')].find(([, operation]) => operation === 'evacuate')
    if (busy) throw new Failure('OTHER_OPERATION_IN_PROGRESS', 'host', self, 'evacuate', busy[0])
    const moves = plan(pool, self)
    for (const { to } of moves) {
      if (to instanceof Failure) throw to
      if (network !== NULL_REF) checkMigrationNetwork(db, to, network)
    }
    await asOperation(context, self, 'evacuate', async () => {
      const size = batch === 0 ? BATCH : batch
      for (let i = 0; i < moves.length; i += size) {
        await Promise.all(
          moves.slice(i, i + size).map(async ({ vm, to }) => {
            if (!(to instanceof Failure)) await migrateVm({ ...context, task: undefined }, vm, to)
          }),
        )
        setProgress(context, Math.min(i + size, moves.length) / moves.length)
      }
    })
  },

  assert_can_evacuate({ pool }, self) {
    const errors = [...obstacles(pool, self).values()].map(description => description.join(','))
    if (errors.length > 0) throw new Failure('CANNOT_EVACUATE_HOST', errors.join('|'))
  },

  get_vms_which_prevent_evacuation: ({ pool }, self) => obstacles(pool, self),

  /** Guests do at once what they are asked. */
  get_uncooperative_resident_VMs: () => [],
}

const guestsOf = ({ db }: Pool, host: Ref<'host'>): Ref<'VM'>[] =>
  db.get('host', host, 'resident_VMs').filter(vm => !db.get('VM', vm, 'is_control_domain'))

function obstacles(pool: Pool, host: Ref<'host'>): ReadonlyMap<Ref<'VM'>, readonly string[]> {
  const stuck = plan(pool, host).flatMap(({ vm, to }) => (to instanceof Failure ? [[vm, to.description] as const] : []))
  return new Map(stuck)
}

interface Move {
  readonly vm: Ref<'VM'>
  /** Why it can go nowhere, where that is so. */
  readonly to: Ref<'host'> | Failure
}

/** Where the guests of a host go: each to the host with the fewest, those included that are to come. */
function plan(pool: Pool, from: Ref<'host'>): readonly Move[] {
  const { db } = pool
  const others = db.refs('host').filter(host => host !== from && db.get('host', host, 'enabled'))
  const load = new Map(others.map(host => [host, db.linked('host', host, 'resident_VMs').size]))
  return guestsOf(pool, from).map(vm => {
    const byLoad = others.sort((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0))
    const to = destination(pool, vm, byLoad)
    if (!(to instanceof Failure)) load.set(to, (load.get(to) ?? 0) + 1)
    return { vm, to }
  })
}

/** The first host that a guest could go to; or why it can go nowhere. */
function destination(pool: Pool, vm: Ref<'VM'>, hosts: readonly Ref<'host'>[]): Ref<'host'> | Failure {
  const obstacle = vmObstacle(pool.db, vm, 'pool_migrate')
  if (obstacle) return obstacle
  let reason = new Failure('NO_HOSTS_AVAILABLE')
  for (const host of hosts) {
    try {
      checkCanBootHere(pool, vm, host)
      return host
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      reason = error
    }
  }
  return reason
}

async function asOperation(
  { pool: { db }, task, message, pool }: Context,
  host: Ref<'host'>,
  operation: HostAllowedOperations,
  run: () => Promise<void>,
): Promise<void> {
  const id = task ?? dummyTask(pool, message.name)
  db.set('host', host, 'current_operations', new Map([...db.get('host', host, 'current_operations'), [id, operation]]))
  try {
    await run()
  } finally {
    const left = [...db.get('host', host, 'current_operations')].filter(([other]) => other !== id)
    db.set('host', host, 'current_operations', new Map(left))
  }
}

function setProgress({ pool: { db }, task }: Context, progress: number): void {
  if (task !== undefined && db.exists('task', task)) db.set('task', task, 'progress', progress)
}
