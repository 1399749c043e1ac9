import type { Ref } from '../../datamodel/index.ts'
import { type Context, coordinator, type Messages, onHost } from '../dispatch/context.ts'
import { Failure, internalError } from '../dispatch/failure.ts'
import { checkClusterable, pifsOn } from '../network/index.ts'
import {
  addMember,
  checkCanLeave,
  checkStackUnused,
  clusterHostOf,
  clusterNetwork,
  joinCluster,
  leaveCluster,
} from './cluster-host.ts'
import { onHostOf } from './on-host-of.ts'

const STACK = 'corosync'
/** In seconds; the coefficient is a factor. */
const LEAST = { token_timeout: 1, token_timeout_coefficient: 0.65 }

type Settings = readonly [stack: string, autoJoin: boolean, timeout: number, coefficient: number]

export const cluster: Messages<'Cluster'> = {
  create: (context, PIF, ...settings) => createCluster(context, PIF, settings),

  /** One host after the other, the coordinator first. */
  async pool_create(context, network, stack, timeout, coefficient) {
    const { pool } = context
    const { db } = pool
    const master = coordinator(pool)
    const others = db.refs('host').filter(host => host !== master)
    const pifOf = (host: Ref<'host'>): Ref<'PIF'> => {
      const [pif] = pifsOn(db, network, host)
      if (pif === undefined) throw internalError(`${host} has no PIF on ${network}`)
      return pif
    }
    const pifs = others.map(host => [host, pifOf(host)] as const)
    const made = createCluster(context, pifOf(master), [stack, true, timeout, coefficient])
    for (const [host, pif] of pifs) await joinCluster(onHost(context, host), made, pif)
    return made
  },

  destroy({ pool: { db } }, self) {
    const members = db.get('Cluster', self, 'cluster_hosts')
    if (members.length > 1) throw new Failure('CLUSTER_DOES_NOT_HAVE_ONE_NODE', String(members.length))
    for (const member of members) checkStackUnused(db, member)
    for (const member of members) db.destroy('Cluster_host', member)
    db.destroy('Cluster', self)
  },

  pool_destroy({ pool: { db } }, self) {
    const members = db.get('Cluster', self, 'cluster_hosts')
    for (const member of members) checkCanLeave(db, member)
    for (const member of members) leaveCluster(db, member)
    db.destroy('Cluster', self)
  },

  /** Also while members are disabled. */
  pool_force_destroy({ pool: { db } }, self) {
    const members = db.get('Cluster', self, 'cluster_hosts')
    for (const member of members) checkStackUnused(db, member)
    for (const member of members) leaveCluster(db, member)
    db.destroy('Cluster', self)
  },

  /** Hosts that are not members yet become members. */
  async pool_resync(context, self) {
    const { pool } = context
    const { db } = pool
    const network = clusterNetwork(db, self)
    for (const host of db.refs('host')) {
      const [pif] = network === undefined ? [] : pifsOn(db, network, host)
      if (pif !== undefined && clusterHostOf(db, host) === undefined)
        await joinCluster(onHost(context, host), self, pif)
    }
  },

  get_network({ pool: { db } }, self) {
    const network = clusterNetwork(db, self)
    if (network === undefined) throw internalError(`${self} has no network`)
    return network
  },
}

/** docs/spec/networking-semantics.md 14.2 */
function createCluster(context: Context, pif: Ref<'PIF'>, settings: Settings): Ref<'Cluster'> {
  const [stack, pool_auto_join, token_timeout, token_timeout_coefficient] = settings
  const { db } = context.pool
  const { host } = onHostOf(context, pif)
  if (stack !== STACK) throw new Failure('INVALID_CLUSTER_STACK', stack)
  for (const [name, value] of Object.entries({ token_timeout, token_timeout_coefficient })) {
    if (value < LEAST[name as keyof typeof LEAST]) throw new Failure('INVALID_VALUE', name, String(value)) // its keys
  }
  if (db.refs('Cluster').length > 0) throw new Failure('CLUSTER_ALREADY_EXISTS')
  checkClusterable(db, pif)
  const ref = db.create('Cluster', { cluster_stack: stack, pool_auto_join, token_timeout, token_timeout_coefficient })
  addMember(db, { cluster: ref, host, PIF: pif })
  return ref
}
