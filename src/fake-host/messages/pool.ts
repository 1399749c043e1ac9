import { coordinator, type Messages } from '../dispatch/context.ts'
import { poolNetworks } from './pool-networks.ts'

export const pool: Messages<'pool'> = {
  ...poolNetworks,

  get_license_state: () =>
    new Map([
      ['edition', 'free'],
      ['expiry', 'never'],
    ]),

  is_slave: ({ pool }, host) => host !== coordinator(pool),

  /** The database is in memory and, where it is kept, on disk with every change. */
  sync_database() {},
}
