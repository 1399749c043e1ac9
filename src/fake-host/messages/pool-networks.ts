import type { Ref } from '../../datamodel/index.ts'
import { type Context, isLive, type Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { plug } from '../network/index.ts'
import { onHostOf } from './on-host-of.ts'
import { createVlan, createVlanByDevice, destroyVlan } from './vlan.ts'

/** The messages of class pool that make VLANs on several hosts at once. */
export const poolNetworks: Pick<Messages<'pool'>, 'create_VLAN' | 'create_VLAN_from_PIF'> = {
  /** Hosts that are not live are left out (docs/spec/networking-semantics.md 5.4). */
  async create_VLAN_from_PIF(call, pif, network, VLAN) {
    const context = inside(call)
    const { db } = context.pool
    const bases = db
      .get('network', db.get('PIF', pif, 'network'), 'PIFs')
      .filter(base => isLive(context.pool, db.get('PIF', base, 'host')))
    const create = async (base: Ref<'PIF'>): Promise<Ref<'VLAN'>> => createVlan(context, base, VLAN, network)
    const vlans = await onAll(bases, create, async vlan => destroyVlan(context, vlan))
    const untagged = vlans.map(vlan => db.get('VLAN', vlan, 'untagged_PIF'))
    for (const created of untagged) await tolerating(() => plug(onHostOf(context, created), created))
    return untagged
  },

  /** Hosts that are not live make it fail (docs/spec/networking-semantics.md 5.5). */
  async create_VLAN(call, device, network, VLAN) {
    const context = inside(call)
    const { db } = context.pool
    const create = async (host: Ref<'host'>): Promise<Ref<'PIF'>> =>
      createVlanByDevice(context, device, network, host, VLAN)
    const untagged = await onAll(db.refs('host'), create, async pif => {
      try {
        await destroyVlan(context, db.get('PIF', pif, 'VLAN_master_of'))
      } catch (error) {
        if (error instanceof Failure && error.description[0] === 'HOST_OFFLINE') db.destroy('PIF', pif)
        else throw error
      }
    })
    for (const created of untagged) await tolerating(() => plug(onHostOf(context, created), created))
    return untagged
  },
}

/** For the calls that a call makes: its task stays where it is. */
const inside = (context: Context): Context => ({ ...context, task: undefined })

/** Creates one thing after the other. After a failure those that were made are destroyed as far as possible. */
async function onAll<T, R>(
  bases: readonly T[],
  create: (base: T) => Promise<R>,
  destroy: (created: R) => Promise<void>,
): Promise<R[]> {
  const done: R[] = []
  try {
    for (const base of bases) done.push(await create(base))
  } catch (error) {
    for (const created of done) await tolerating(() => destroy(created))
    throw error
  }
  return done
}

async function tolerating(step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
}
