import { type Pool, poolRef } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'

type Feature = 'Network_sriov' | 'VIF_locking' | 'Guest_ip_setting' | 'IGMP_snooping'

/** Throws LICENCE_RESTRICTION [feature] where the pool's licence withholds a feature. */
export function checkLicensed(pool: Pool, feature: Feature): void {
  const restrictions = pool.db.get('pool', poolRef(pool), 'restrictions')
  if (restrictions.get(`restrict_${feature.toLowerCase()}`) === 'true') {
    throw new Failure('LICENCE_RESTRICTION', feature)
  }
}
