import { beforeEach, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import { checkJoin } from '../../../src/fake-host/membership/checks.ts'
import { type Bench, emptyPool } from '../fixtures.ts'

/** The host that joins, and the pool that it wants to join. */
let own: Bench
let other: Bench

beforeEach(async () => {
  own = await ready()
  other = await ready()
  other.db.set('host', other.host, 'uuid', 'another')
})

/** One host whose management interface has an address. */
async function ready(): Promise<Bench> {
  const bench = await emptyPool()
  const { db, host } = bench
  const network = db.create('network', { bridge: 'xenbr0' })
  db.create('PIF', { host, network, device: 'eth0', physical: true, management: true, VLAN: -1, IP: '198.51.100.9' })
  return bench
}

const poolOf = ({ db }: Bench) => db.refs('pool')[0] ?? NULL_REF
const pifOf = ({ db }: Bench) => db.refs('PIF').find(pif => db.get('PIF', pif, 'device') === 'eth0') ?? NULL_REF
const networkOf = ({ db }: Bench) => db.refs('network')[0] ?? NULL_REF

function refusal(force = false): readonly string[] | undefined {
  try {
    checkJoin({ pool: own.pool, host: own.host, other: other.db, force })
    return undefined
  } catch (error) {
    return (error as { description: readonly string[] }).description // a Failure
  }
}

function setSoftware({ db, host }: Bench, key: string, value: string): void {
  db.set('host', host, 'software_version', new Map([...db.get('host', host, 'software_version'), [key, value]]))
}

/** The VLAN of a management interface. */
function manageOver(bench: Bench, tag: number): Ref<'VLAN'> {
  const { db, host } = bench
  db.set('PIF', pifOf(bench), 'management', false)
  const untagged = db.create('PIF', { host, network: networkOf(bench), VLAN: tag, management: true })
  return db.create('VLAN', { untagged_PIF: untagged, tagged_PIF: pifOf(bench), tag })
}

function addCluster(autoJoin = true): Ref<'Cluster'> {
  const cluster = other.db.create('Cluster', { pool_auto_join: autoJoin })
  other.db.create('Cluster_host', { cluster, host: other.host, PIF: pifOf(other), enabled: true })
  return cluster
}

/** What stands in the way, in the order in which it is looked at, and how it is removed. */
const OBSTACLES: readonly (readonly [() => readonly string[], () => void, () => void])[] = [
  [
    () => ['HOST_STILL_BOOTING'],
    () => own.db.set('PIF', pifOf(own), 'management', false),
    () => own.db.set('PIF', pifOf(own), 'management', true),
  ],
  [
    () => ['HA_IS_ENABLED'],
    () => own.db.set('pool', poolOf(own), 'ha_enabled', true),
    () => own.db.set('pool', poolOf(own), 'ha_enabled', false),
  ],
  [
    () => ['CLUSTERING_ENABLED', own.db.refs('Cluster_host')[0] ?? ''],
    () => void own.db.create('Cluster_host', { enabled: true }),
    () => own.db.destroy('Cluster_host', own.db.refs('Cluster_host')[0] ?? ''),
  ],
  [
    () => ['POOL_JOINING_POOL_CANNOT_ENABLE_CLUSTERING_ON_VLAN_NETWORK', '7'],
    () => {
      const { db, host } = other
      addCluster()
      const PIF = db.create('PIF', { host, network: networkOf(other), VLAN: 7 })
      db.set('Cluster_host', db.refs('Cluster_host')[0] ?? '', 'PIF', PIF)
    },
    () => other.db.set('Cluster_host', other.db.refs('Cluster_host')[0] ?? '', 'PIF', pifOf(other)),
  ],
  [
    () => ['POOL_JOINING_HOST_MUST_HAVE_ONLY_ONE_IP_ON_CLUSTERING_NETWORK'],
    () => {
      if (other.db.refs('Cluster').length === 0) addCluster()
      own.db.set('PIF', pifOf(own), 'IP', '')
    },
    () => own.db.set('PIF', pifOf(own), 'IP', '198.51.100.9'),
  ],
  [
    () => ['HA_IS_ENABLED'],
    () => other.db.set('pool', poolOf(other), 'ha_enabled', true),
    () => other.db.set('pool', poolOf(other), 'ha_enabled', false),
  ],
  [
    () => ['OPERATION_NOT_ALLOWED', expect.any(String)],
    () => other.db.set('host', other.host, 'uuid', own.db.get('host', own.host, 'uuid')),
    () => other.db.set('host', other.host, 'uuid', 'another'),
  ],
  [
    () => ['JOINING_HOST_CANNOT_BE_MASTER_OF_OTHER_HOSTS'],
    () => void own.db.create('host', {}, { ref: 'OpaqueRef:member' }),
    () => own.db.destroy('host', 'OpaqueRef:member'),
  ],
  [
    () => ['JOINING_HOST_CANNOT_HAVE_RUNNING_VMS'],
    () => void own.db.create('VM', { power_state: 'Running' }, { ref: 'OpaqueRef:vm' }),
    () => own.db.set('VM', 'OpaqueRef:vm', 'power_state', 'Halted'),
  ],
  [
    () => ['JOINING_HOST_CANNOT_HAVE_VMS_WITH_CURRENT_OPERATIONS'],
    () =>
      void own.db.create(
        'VM',
        { current_operations: new Map([['OpaqueRef:task', 'export']]) },
        { ref: 'OpaqueRef:busy' },
      ),
    () => own.db.destroy('VM', 'OpaqueRef:busy'),
  ],
  [
    () => ['HOSTS_NOT_HOMOGENEOUS', expect.any(String)],
    () => own.db.set('host', own.host, 'cpu_info', new Map([['vendor', 'other']])),
    () => {
      expect(refusal(true)?.[0]).not.toBe('HOSTS_NOT_HOMOGENEOUS')
      own.db.set('host', own.host, 'cpu_info', new Map())
    },
  ],
  [
    () => ['JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS'],
    () => void own.db.create('SR', { shared: true }, { ref: 'OpaqueRef:sr' }),
    () => own.db.destroy('SR', 'OpaqueRef:sr'),
  ],
  [
    () => ['POOL_JOINING_HOST_HAS_BONDS'],
    () => void own.db.create('Bond', {}, { ref: 'OpaqueRef:bond' }),
    () => own.db.destroy('Bond', 'OpaqueRef:bond'),
  ],
  [
    () => ['POOL_JOINING_HOST_HAS_TUNNELS'],
    () => void own.db.create('tunnel', {}, { ref: 'OpaqueRef:tunnel' }),
    () => own.db.destroy('tunnel', 'OpaqueRef:tunnel'),
  ],
  [
    () => ['POOL_JOINING_HOST_HAS_NETWORK_SRIOVS'],
    () => void own.db.create('network_sriov', {}, { ref: 'OpaqueRef:sriov' }),
    () => own.db.destroy('network_sriov', 'OpaqueRef:sriov'),
  ],
  [
    () => ['POOL_JOINING_HOST_HAS_NON_MANAGEMENT_VLANS'],
    () => {
      const PIF = own.db.create('PIF', { VLAN: 3 })
      own.db.create('VLAN', { untagged_PIF: PIF }, { ref: 'OpaqueRef:vlan' })
    },
    () => own.db.destroy('VLAN', 'OpaqueRef:vlan'),
  ],
  [
    () => ['POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH', '7', '-1'],
    () => void manageOver(own, 7),
    () => void manageOver(other, 7),
  ],
  [
    () => ['POOL_JOINING_EXTERNAL_AUTH_MISMATCH'],
    () => other.db.set('host', other.host, 'external_auth_type', 'AD'),
    () => other.db.set('host', other.host, 'external_auth_type', ''),
  ],
  [
    () => ['LICENSE_HOST_POOL_MISMATCH'],
    () => other.db.set('host', other.host, 'edition', 'premium'),
    () => other.db.set('host', other.host, 'edition', ''),
  ],
  [
    () => ['OPERATION_NOT_ALLOWED', 'Network backends differ'],
    () => other.db.set('host', other.host, 'software_version', new Map()),
    () => setSoftware(other, 'network_backend', 'openvswitch'),
  ],
  [
    () => ['OPERATION_NOT_ALLOWED', 'SDN controller differs'],
    () => {
      own.db.create('SDN_controller', { protocol: 'ssl', address: '192.0.2.1', port: 6632 })
      other.db.create('SDN_controller', { protocol: 'ssl', address: '192.0.2.1', port: 1 })
    },
    () => other.db.set('SDN_controller', other.db.refs('SDN_controller')[0] ?? '', 'port', 6632),
  ],
  [
    () => ['POOL_JOINING_HOST_MUST_HAVE_SAME_API_VERSION', '2.1', '0.0'],
    () => {
      own.db.set('host', own.host, 'API_version_major', 2)
      own.db.set('host', own.host, 'API_version_minor', 1)
    },
    () => {
      other.db.set('host', other.host, 'API_version_major', 2)
      other.db.set('host', other.host, 'API_version_minor', 1)
    },
  ],
  [
    () => ['POOL_JOINING_HOST_MUST_HAVE_SAME_DB_SCHEMA', '', '5.1'],
    () => setSoftware(other, 'db_schema', '5.1'),
    () => setSoftware(own, 'db_schema', '5.1'),
  ],
  [
    () => ['POOL_JOINING_HOST_MUST_HAVE_SAME_PRODUCT_VERSION'],
    () => setSoftware(other, 'product_version', '8.4'),
    () => setSoftware(own, 'product_version', '8.4'),
  ],
  [
    () => ['OPERATION_NOT_ALLOWED', expect.stringContaining('address')],
    () => {
      for (const pif of other.db.refs('PIF')) other.db.set('PIF', pif, 'primary_address_type', 'IPv6')
    },
    () => {
      for (const pif of other.db.refs('PIF')) other.db.set('PIF', pif, 'primary_address_type', 'IPv4')
    },
  ],
  [
    () => ['OPERATION_NOT_ALLOWED', expect.stringContaining('NBD')],
    () => {
      own.db.set('network', networkOf(own), 'purpose', ['nbd'])
      other.db.set('network', networkOf(other), 'purpose', ['insecure_nbd'])
    },
    () => other.db.set('network', networkOf(other), 'purpose', ['nbd']),
  ],
]

it.each(OBSTACLES.map((_, i) => i))(
  'what stands in the way as number %i is told before what comes next, until it is gone',
  i => {
    const [first, second] = OBSTACLES.slice(i, i + 2)
    first?.[1]()
    second?.[1]()
    expect(refusal()).toEqual(first?.[0]())
    first?.[2]()
    expect(refusal()).toEqual(second?.[0]())
    second?.[2]()
    expect(refusal()).toBeUndefined()
  },
)

it('a host has one address on the network of a cluster that takes in hosts by itself', () => {
  addCluster()
  expect(refusal()).toBeUndefined()
  own.db.set('PIF', pifOf(own), 'IP', '')
  expect(refusal()).toEqual(['POOL_JOINING_HOST_MUST_HAVE_ONLY_ONE_IP_ON_CLUSTERING_NETWORK'])
  other.db.set('Cluster', other.db.refs('Cluster')[0] ?? '', 'pool_auto_join', false)
  expect(refusal()).toBeUndefined()
})

it('a host without an SDN controller fits any pool, and one on Linux bridges has none', () => {
  other.db.create('SDN_controller', { address: '192.0.2.1' })
  expect(refusal()).toBeUndefined()
})
