import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import { type Context, coordinator, type Messages, onHost, poolRef } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { recoverMembers } from '../hosts/transition.ts'
import { attachNetwork, checkUsableForManagement, pifsOn } from '../network/index.ts'
import { reconfigureManagement } from './host-management.ts'
import { checkLicensed } from './licence.ts'
import { setVswitchController } from './sdn-controller.ts'

/** The messages of class pool that change the networking of all hosts at once. */
export const poolNetworkSettings: Pick<
  Messages<'pool'>,
  'management_reconfigure' | 'set_igmp_snooping_enabled' | 'set_vswitch_controller'
> = {
  /** Members go first, so that they can still tell the coordinator (docs/spec/networking-semantics.md 11.5). */
  async management_reconfigure(context, network) {
    const { pool } = context
    const { db } = pool
    if (db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
    const master = coordinator(pool)
    const pifs = [...db.refs('host').filter(host => host !== master), master].map(host =>
      localPif(context, network, host),
    )
    const type = (pif: Ref<'PIF'>) => db.get('PIF', pif, 'primary_address_type')
    const other = pifs.find(pif => type(pif) !== type(pifs[0] ?? pif))
    if (other !== undefined) throw new Failure('PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE', other)
    for (const pif of pifs) checkUsableForManagement(db, pif)
    for (const pif of pifs) await reconfigureManagement(context, pif)
    await recoverMembers(pool)
  },

  /** NICs and tunnels that are down come up by it (docs/spec/networking-semantics.md 14.4). */
  async set_igmp_snooping_enabled(context, self, value) {
    const { pool } = context
    const { db } = pool
    if (value) checkLicensed(pool, 'IGMP_snooping')
    if (db.get('host', coordinator(pool), 'software_version').get('network_backend') !== 'openvswitch') {
      throw new Failure('OPENVSWITCH_NOT_ACTIVE')
    }
    db.set('pool', self, 'igmp_snooping_enabled', value)
    let failed = false
    for (const host of db.refs('host')) failed = !(await attachAll(context, host)) || failed
    if (failed) throw new Failure('COULD_NOT_UPDATE_IGMP_SNOOPING_EVERYWHERE')
  },

  set_vswitch_controller: (context, address) => setVswitchController(context, poolRef(context.pool), address),
}

function localPif({ pool: { db } }: Context, network: Ref<'network'>, host: Ref<'host'>): Ref<'PIF'> {
  const [pif] = pifsOn(db, network, host)
  if (pif === undefined) throw new Failure('PIF_NOT_PRESENT', host, network)
  return pif
}

/** Attaches the networks of a host's PIFs that have bridges of their own. Returns whether all of that succeeded. */
async function attachAll(context: Context, host: Ref<'host'>): Promise<boolean> {
  const { db } = context.pool
  const pifs = db
    .get('host', host, 'PIFs')
    .filter(pif => db.get('PIF', pif, 'VLAN') === -1 && db.get('PIF', pif, 'managed'))
    .filter(pif => db.get('PIF', pif, 'bond_slave_of') === NULL_REF)
  let succeeded = true
  for (const pif of pifs) {
    try {
      await attachNetwork(onHost(context, host), db.get('PIF', pif, 'network'), { force: true })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      succeeded = false
    }
  }
  return succeeded
}
