import { coordinator, type Messages } from '../dispatch/context.ts'
import { poolCoordinator } from './pool-coordinator.ts'
import { poolMembership } from './pool-membership.ts'
import { poolNetworkSettings } from './pool-network-settings.ts'
import { poolNetworks } from './pool-networks.ts'

export const pool: Messages<'pool'> = {
  ...poolNetworks,
  ...poolNetworkSettings,
  ...poolCoordinator,
  ...poolMembership,

  get_license_state: () =>
    new Map([
      ['edition', 'free'],
      ['expiry', 'never'],
    ]),

  is_slave: ({ pool }, host) => host !== coordinator(pool),

  /** The database is in memory and, where it is kept, on disk with every change. */
  sync_database() {},
}
