import type { Ref } from '../../../datamodel/index.ts'
import type { Database } from '../../database/index.ts'
import { type Context, poolRef } from '../../dispatch/context.ts'
import { Failure } from '../../dispatch/failure.ts'
import { checkManagedPif, checkNoFcoeSr } from '../checks/index.ts'
import { layerOf } from '../topology.ts'

/** The member that a bond takes its identity from (docs/spec/networking-semantics.md 6.1). */
export const primaryOf = (db: Database, members: readonly Ref<'PIF'>[]): Ref<'PIF'> | undefined =>
  members.find(pif => db.get('PIF', pif, 'management')) ?? members.find(pif => hasIp(db, pif)) ?? members[0]

/** Checks 6 to 10 of docs/spec/networking-semantics.md 6.1. */
export function checkBondMembers(context: Context, members: readonly Ref<'PIF'>[], primary: Ref<'PIF'>): void {
  const { db } = context.pool
  const type = db.get('PIF', primary, 'primary_address_type')
  const other = members.find(pif => db.get('PIF', pif, 'primary_address_type') !== type)
  if (other !== undefined) throw new Failure('PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE', other)
  for (const pif of members) {
    checkManagedPif(db, pif)
    checkCanBeBonded(db, pif)
    checkHaLetsBond(context, pif)
    checkNoFcoeSr(context, pif)
  }
  if (!areAlike(members, pif => db.get('PIF', pif, 'host'))) throw new Failure('PIF_CANNOT_BOND_CROSS_HOST')
  if (!areAlike(members, pif => sorted(db.get('PIF', pif, 'properties')))) {
    throw new Failure('INCOMPATIBLE_PIF_PROPERTIES')
  }
  if (members.filter(pif => hasIp(db, pif)).length > 1) throw new Failure('PIF_BOND_MORE_THAN_ONE_IP')
}

/** HA relies on the management interface: whether it is a bond may not change. */
export function checkHaLetsBond({ pool }: Context, pif: Ref<'PIF'>): void {
  const { db } = pool
  if (db.get('pool', poolRef(pool), 'ha_enabled') && db.get('PIF', pif, 'management')) {
    throw new Failure('HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE')
  }
}

/** Bond-member rule (docs/spec/networking-semantics.md 2.3, below the table) */
function checkCanBeBonded(db: Database, pif: Ref<'PIF'>): void {
  const { kind } = layerOf(db, pif)
  if (kind === 'physical' && db.exists('Bond', db.get('PIF', pif, 'bond_slave_of'))) {
    throw new Failure('PIF_ALREADY_BONDED', pif)
  }
  if (kind === 'VLAN') throw new Failure('PIF_VLAN_EXISTS', db.get('PIF', pif, 'device_name'))
  if (kind === 'tunnel') throw new Failure('IS_TUNNEL_ACCESS_PIF', pif)
  if (kind === 'sriov') throw new Failure('PIF_IS_SRIOV_LOGICAL', pif)
}

/** Whether a PIF has an IP configuration of its primary address type. */
function hasIp(db: Database, pif: Ref<'PIF'>): boolean {
  const isV4 = db.get('PIF', pif, 'primary_address_type') === 'IPv4'
  return db.get('PIF', pif, isV4 ? 'ip_configuration_mode' : 'ipv6_configuration_mode') !== 'None'
}

const areAlike = <T>(items: readonly T[], key: (item: T) => string): boolean => new Set(items.map(key)).size === 1

const sorted = (map: ReadonlyMap<string, string>): string => JSON.stringify([...map].sort())
