import type { Ref } from '../../datamodel/index.ts'
import type { Stored } from '../database/index.ts'
import type { Context } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { copyOf, type Neighbour, Unintelligible, Unreachable } from '../neighbours/index.ts'
import { checkJoin, type Joining, masterOf } from './checks.ts'
import { pushHost } from './push.ts'
import { becomeMember } from './states.ts'

/** What the checks and the matching of networks look at. */
const LOOKED_AT: readonly Stored[] = [
  'pool',
  'host',
  'network',
  'PIF',
  'VLAN',
  'SDN_controller',
  'Cluster',
  'Cluster_host',
]

export interface Coordinator {
  readonly address: string
  readonly username: string
  readonly password: string
}

/**
 * The executing host leaves its own pool, where it is alone, for another: over XenAPI, whoever serves that pool. Afterwards it
 * answers as a member, and what is done to it happens in the pool that it has joined (docs/decisions/joining.md).
 * Throws JOINING_HOST_CONNECTION_FAILED [] where nobody answers, JOINING_HOST_SERVICE_FAILED [] where somebody answers something
 * else, what the other pool says to the credentials, and what `checkJoin` throws.
 */
export async function joinPool(
  { pool, host }: Context,
  { address, username, password }: Coordinator,
  force: boolean,
): Promise<void> {
  const neighbour = pool.reach(address)
  const asked = <T>(work: () => Promise<T>): Promise<T> => translating(work)
  const session = await asked(() => logIn(neighbour, username, password))
  const other = await asked(() => copyOf(neighbour, session, LOOKED_AT))
  const joining: Joining = { pool, host, other, force }
  checkJoin(joining)
  const own = pool.hosts.of(host).door ?? pool.db.get('host', host, 'address')
  const uuid = pool.db.get('host', host, 'uuid')
  const [secret, ref] = await asked(async () => {
    const told = String(await neighbour.call('pool.initial_auth', session))
    return [told, await pushHost(joining, { neighbour, session }, own)] as const
  })
  const master = masterOf(other)
  becomeMember(pool, host, {
    uuid: other.get('host', master, 'uuid'),
    name_label: other.get('host', master, 'name_label'),
    address: address.replace(/^https?:\/\//, '').replace(/\/$/, ''),
    secret,
  })
  await asked(() => announce(neighbour, { ref, uuid, address: own, secret }))
  await asked(() => neighbour.call('session.logout', session)).catch(() => undefined) // it expires by itself
}

const logIn = async (neighbour: Neighbour, username: string, password: string): Promise<string> =>
  String(await neighbour.call('session.login_with_password', username, password, '2.23', 'xapi'))

/** The member says that it is there; the coordinator lets it start. */
async function announce(
  neighbour: Neighbour,
  member: { readonly ref: Ref<'host'>; readonly uuid: string; readonly address: string; readonly secret: string },
): Promise<void> {
  const session = String(await neighbour.call('session.slave_login', member.ref, member.secret))
  await neighbour.call('pool.hello', session, member.uuid, member.address)
  await neighbour.call('session.logout', session)
}

async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Unreachable) throw new Failure('JOINING_HOST_CONNECTION_FAILED')
    if (error instanceof Unintelligible) throw new Failure('JOINING_HOST_SERVICE_FAILED')
    throw error
  }
}
