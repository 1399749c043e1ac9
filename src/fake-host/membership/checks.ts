import { type NetworkPurpose, NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Pool, poolRef } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { checkClusterNetwork } from './cluster-network.ts'

/** A host that wants to join a pool: what it is by itself, and what it has seen of the pool. */
export interface Joining {
  readonly pool: Pool
  /** The host. */
  readonly host: Ref<'host'>
  /** The pool that it wants to join. */
  readonly other: Database
  /** Hosts that are not alike are taken. */
  readonly force: boolean
}

/** All that has to be so before a host joins, in the order of docs/spec/networking-semantics.md 13.1. */
export function checkJoin(joining: Joining): void {
  const { pool, host, other } = joining
  const { db } = pool
  if (managementPif(db, host) === undefined) throw new Failure('HOST_STILL_BOOTING')
  if (db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
  const clustered = db.refs('Cluster_host').find(ref => db.get('Cluster_host', ref, 'enabled'))
  if (clustered !== undefined) throw new Failure('CLUSTERING_ENABLED', clustered)
  checkClusterNetwork(joining)
  if (other.get('pool', onlyPool(other), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
  checkHost(joining)
  checkVirtualNetworks(joining)
  checkManagementVlan(joining)
  checkAccess(joining)
  checkSwitch(joining)
  checkRelease(joining)
  checkAddressType(joining)
  checkPurposes(joining)
}

/** The management interface of a host. */
export const managementPif = (db: Database, host: Ref<'host'>): Ref<'PIF'> | undefined =>
  db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'management'))

const onlyPool = (db: Database): Ref<'pool'> => db.refs('pool')[0] ?? NULL_REF

export const masterOf = (db: Database): Ref<'host'> => db.get('pool', onlyPool(db), 'master')

const notAllowed = (text: string): Failure => new Failure('OPERATION_NOT_ALLOWED', text)

function checkHost({ pool: { db }, host, other, force }: Joining): void {
  const uuid = db.get('host', host, 'uuid')
  if (other.get('host', masterOf(other), 'uuid') === uuid) throw notAllowed('A host cannot join its own pool')
  if (db.refs('host').length > 1) throw new Failure('JOINING_HOST_CANNOT_BE_MASTER_OF_OTHER_HOSTS')
  const guests = db
    .refs('VM')
    .filter(vm => !db.get('VM', vm, 'is_control_domain') && !db.get('VM', vm, 'is_a_template'))
  if (guests.some(vm => ['Running', 'Paused'].includes(db.get('VM', vm, 'power_state')))) {
    throw new Failure('JOINING_HOST_CANNOT_HAVE_RUNNING_VMS')
  }
  if (guests.some(vm => db.get('VM', vm, 'current_operations').size > 0)) {
    throw new Failure('JOINING_HOST_CANNOT_HAVE_VMS_WITH_CURRENT_OPERATIONS')
  }
  const [own, theirs] = [db.get('host', host, 'cpu_info'), other.get('host', masterOf(other), 'cpu_info')]
  if (!force && own.get('vendor') !== theirs.get('vendor')) {
    throw new Failure('HOSTS_NOT_HOMOGENEOUS', 'the processors are of different vendors')
  }
  if (db.refs('SR').some(sr => db.get('SR', sr, 'shared'))) throw new Failure('JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS')
}

/** What would have no counterpart on other hosts. */
function checkVirtualNetworks({ pool: { db } }: Joining): void {
  if (db.refs('Bond').length > 0) throw new Failure('POOL_JOINING_HOST_HAS_BONDS')
  if (db.refs('tunnel').length > 0) throw new Failure('POOL_JOINING_HOST_HAS_TUNNELS')
  if (db.refs('network_sriov').length > 0) throw new Failure('POOL_JOINING_HOST_HAS_NETWORK_SRIOVS')
  const isManagement = (vlan: Ref<'VLAN'>): boolean => {
    const pif = db.get('VLAN', vlan, 'untagged_PIF')
    return db.exists('PIF', pif) && db.get('PIF', pif, 'management')
  }
  if (!db.refs('VLAN').every(isManagement)) throw new Failure('POOL_JOINING_HOST_HAS_NON_MANAGEMENT_VLANS')
}

function checkManagementVlan({ pool: { db }, host, other }: Joining): void {
  const [own, theirs] = [tagOf(db, managementPif(db, host)), tagOf(other, managementPif(other, masterOf(other)))]
  if (own !== theirs) {
    throw new Failure('POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH', String(own), String(theirs))
  }
}

const tagOf = (db: Database, pif: Ref<'PIF'> | undefined): number =>
  pif === undefined ? -1 : db.get('PIF', pif, 'VLAN')

function checkAccess({ pool: { db }, host, other }: Joining): void {
  const master = masterOf(other)
  const differs = (['external_auth_type', 'external_auth_service_name'] as const).some(
    field => db.get('host', host, field) !== other.get('host', master, field),
  )
  if (differs) throw new Failure('POOL_JOINING_EXTERNAL_AUTH_MISMATCH')
  if (db.get('host', host, 'edition') !== other.get('host', master, 'edition')) {
    throw new Failure('LICENSE_HOST_POOL_MISMATCH')
  }
}

/** Of the host it is the daemon that counts, of the pool what its record says. */
function checkSwitch({ pool, host, other }: Joining): void {
  const { db } = pool
  const { kind } = pool.networks.of(host).backend
  const theirs = other.get('host', masterOf(other), 'software_version').get('network_backend') ?? 'bridge'
  if (kind !== theirs) throw notAllowed('Network backends differ')
  const [controller] = db.refs('SDN_controller')
  if (kind !== 'openvswitch' || controller === undefined) return
  const [counterpart] = other.refs('SDN_controller')
  const isSame = (['protocol', 'address', 'port'] as const).every(
    field =>
      counterpart !== undefined &&
      db.get('SDN_controller', controller, field) === other.get('SDN_controller', counterpart, field),
  )
  if (!isSame) throw notAllowed('SDN controller differs')
}

function checkRelease({ pool: { db }, host, other }: Joining): void {
  const master = masterOf(other)
  const api = (of: Database, ref: Ref<'host'>) =>
    `${of.get('host', ref, 'API_version_major')}.${of.get('host', ref, 'API_version_minor')}`
  if (api(db, host) !== api(other, master)) {
    throw new Failure('POOL_JOINING_HOST_MUST_HAVE_SAME_API_VERSION', api(db, host), api(other, master))
  }
  const [own, theirs] = [db.get('host', host, 'software_version'), other.get('host', master, 'software_version')]
  const schemas = [own.get('db_schema') ?? '', theirs.get('db_schema') ?? ''] as const
  if (schemas[0] !== schemas[1]) throw new Failure('POOL_JOINING_HOST_MUST_HAVE_SAME_DB_SCHEMA', ...schemas)
  if (own.get('product_version') !== theirs.get('product_version')) {
    throw new Failure('POOL_JOINING_HOST_MUST_HAVE_SAME_PRODUCT_VERSION')
  }
}

function checkAddressType({ pool: { db }, host, other }: Joining): void {
  const [own, theirs] = [managementPif(db, host), managementPif(other, masterOf(other))]
  if (own === undefined || theirs === undefined) return
  if (db.get('PIF', own, 'primary_address_type') !== other.get('PIF', theirs, 'primary_address_type')) {
    throw notAllowed('The management interfaces have addresses of different types')
  }
}

function checkPurposes({ pool: { db }, other }: Joining): void {
  const has = (of: Database, purpose: NetworkPurpose): boolean =>
    of.refs('network').some(network => of.get('network', network, 'purpose').includes(purpose))
  if ((has(db, 'nbd') && has(other, 'insecure_nbd')) || (has(db, 'insecure_nbd') && has(other, 'nbd'))) {
    throw notAllowed('NBD is secure on one side and insecure on the other')
  }
}
