import { tunnelNetwork } from '../tunnel-network/list.ts'
import { bond } from './bond.ts'
import type { RecordTable } from './field.ts'
import { host } from './host.ts'
import { network } from './network.ts'
import { networkSriov } from './network-sriov.ts'
import { pif } from './pif.ts'
import { pool } from './pool.ts'
import { sdnController } from './sdn-controller.ts'
import { tunnel } from './tunnel.ts'
import { vif } from './vif.ts'
import { vlan } from './vlan.ts'

/** How xe shows each class, all of them together: for what is generated from the tables, since a command loads only its own. */
export const recordTables: readonly RecordTable[] = [
  bond,
  host,
  network,
  networkSriov,
  pif,
  pool,
  sdnController,
  tunnel,
  tunnelNetwork,
  vif,
  vlan,
]
