import { NULL_REF, type Ref, type Rows } from '../../src/datamodel/index.ts'
import type { Database } from '../../src/fake-host/database/index.ts'
import type { Pool } from '../../src/fake-host/dispatch/context.ts'
import {
  type BridgeDescription,
  introducePif,
  introduceTunnel,
  introduceVlan,
} from '../../src/fake-host/network/index.ts'
import { type Caller, logIn } from './caller.ts'

/** A pool for cases that make their own PIFs: records are created directly, without checks and without plugging. */
export interface Bench extends Caller {
  readonly pool: Pool
  readonly db: Database
  /** The only host, which is the coordinator. */
  readonly host: Ref<'host'>
}

/** As docs/spec/networking-conformance-cases.md, "Fixture defaults": one host on Open vSwitch, nothing else, HA off. */
export async function emptyPool(backend = 'openvswitch'): Promise<Bench> {
  const caller = await logIn({
    database(db) {
      const host = addHost(db, new Map([['network_backend', backend]]))
      db.create('pool', { master: host })
    },
  })
  const { pool } = caller.fake
  const [host = NULL_REF] = pool.db.refs('host')
  return { ...caller, pool, db: pool.db, host }
}

/** Another host, without a back end in its record. */
export function addHost(db: Database, software_version: ReadonlyMap<string, string> = new Map()): Ref<'host'> {
  const metrics = db.create('host_metrics', { live: true })
  return db.create('host', { software_version, metrics, enabled: true })
}

export const addNetwork = ({ db }: Bench, fields: Partial<Rows['network']> = {}): Ref<'network'> =>
  db.create('network', { name_label: 'net', name_description: 'description', bridge: 'xapi0', ...fields })

/** A physical PIF, on a network of its own unless one is given. */
export const addPif = (bench: Bench, fields: Partial<Rows['PIF']> = {}): Ref<'PIF'> =>
  introducePif(bench.pool, {
    device: 'eth0',
    network: fields.network ?? addNetwork(bench),
    host: bench.host,
    MAC: 'C0:FF:EE:C0:FF:EE',
    MTU: 1500,
    VLAN: -1,
    physical: true,
    properties: new Map([['gro', 'on']]),
    ...fields,
  })

/** The untagged PIF of a VLAN on a PIF, and the VLAN. */
export function addVlan(bench: Bench, tagged: Ref<'PIF'>, tag: number): { pif: Ref<'PIF'>; vlan: Ref<'VLAN'> } {
  const { vlan, untaggedPif } = introduceVlan(bench.pool, { tagged, tag, network: addNetwork(bench) })
  return { pif: untaggedPif, vlan }
}

/** The access PIF of a tunnel on a PIF, and the tunnel. */
export function addTunnel(
  bench: Bench,
  transport: Ref<'PIF'>,
  protocol: 'gre' | 'vxlan' = 'gre',
): { pif: Ref<'PIF'>; tunnel: Ref<'tunnel'> } {
  const host = bench.db.get('PIF', transport, 'host')
  const network = addNetwork(bench)
  const { tunnel, accessPif } = introduceTunnel(bench.pool, { transport, network, host, protocol })
  return { pif: accessPif, tunnel }
}

/** The logical PIF of SR-IOV on a PIF, and its network_sriov. */
export function addSriov(bench: Bench, physical: Ref<'PIF'>): { pif: Ref<'PIF'>; sriov: Ref<'network_sriov'> } {
  const host = bench.db.get('PIF', physical, 'host')
  const pif = addPif(bench, { physical: false, host })
  const sriov = bench.db.create('network_sriov', {
    physical_PIF: physical,
    logical_PIF: pif,
    configuration_mode: 'sysfs',
  })
  return { pif, sriov }
}

/** The master PIF of a bond of PIFs, and the bond. The first member is the primary slave. */
export function addBond(
  bench: Bench,
  members: readonly Ref<'PIF'>[],
  fields: Partial<Rows['Bond']> = {},
): { pif: Ref<'PIF'>; bond: Ref<'Bond'> } {
  const { db } = bench
  const pif = addPif(bench, { physical: false, device: 'bond0', properties: new Map() })
  const bond = db.create('Bond', {
    master: pif,
    mode: 'active-backup',
    primary_slave: members[0] ?? NULL_REF,
    ...fields,
  })
  for (const member of members) db.set('PIF', member, 'bond_slave_of', bond)
  return { pif, bond }
}

/** A VIF of a VM; the VM runs on the host, if one is given. */
export function addVif(
  { db }: Bench,
  network: Ref<'network'>,
  { host, ...fields }: Partial<Rows['VIF']> & { host?: Ref<'host'> } = {},
): Ref<'VIF'> {
  const running = { power_state: 'Running', domid: db.refs('VM').length + 100 } as const
  const VM = db.create('VM', host === undefined ? { domid: -1 } : { ...running, resident_on: host })
  return db.create('VIF', { device: '0', network, VM, MAC: '00:00:00:00:00:00', MTU: 1500, ...fields })
}

/** A host's bridges by name. */
export async function bridgesOf(pool: Pool, host: Ref<'host'>): Promise<ReadonlyMap<string, BridgeDescription>> {
  const { backend, run } = pool.networks.of(host)
  const bridges = await run(() => backend.describe())
  return new Map(bridges.map(bridge => [bridge.name, bridge]))
}
