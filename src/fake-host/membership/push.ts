import { datamodel, NULL_REF, type Ref, type Value } from '../../datamodel/index.ts'
import type { Database, Stored } from '../database/index.ts'
import { Failure } from '../dispatch/failure.ts'
import type { Neighbour } from '../neighbours/index.ts'
import { type Joining, managementPif, masterOf } from './checks.ts'

/** A pool that lets itself be told of a host. */
export interface Receiver {
  readonly neighbour: Neighbour
  readonly session: string
}

/**
 * Tells a pool of a host that joins it: the host itself, networks, physical PIFs, the VLAN of its management interface and its halted
 * VMs. What cannot be told is left out (docs/spec/networking-semantics.md 13.2). Returns the host's reference in the pool.
 * @param address where the host is reached
 */
export async function pushHost(joining: Joining, receiver: Receiver, address: string): Promise<Ref<'host'>> {
  const { pool, host, other } = joining
  const { db } = pool
  const uuid = db.get('host', host, 'uuid')
  const known = other.refs('host').find(ref => other.get('host', ref, 'uuid') === uuid)
  const ref = known ?? (await create(receiver, 'host.create', { ...fieldsOf(db, 'host', host), address })) ?? NULL_REF
  const networks = await pushNetworks(joining, receiver)
  const pifs = await pushPifs(joining, receiver, ref, networks)
  await pushManagementVlan(joining, receiver, ref, pifs)
  await pushVms(joining, receiver, networks)
  return ref
}

/** By their references at the host: those in the pool. */
type Counterparts = Map<string, string>

/** Networks of NICs are those with the same bridge; others are made anew, where the pool takes their bridge. */
async function pushNetworks({ pool: { db }, other }: Joining, receiver: Receiver): Promise<Counterparts> {
  const result = new Map<string, string>()
  for (const network of db.refs('network')) {
    const [first] = db.get('network', network, 'PIFs')
    const isPhysical = first !== undefined && db.get('PIF', first, 'physical')
    const settings = db.get('network', network, 'other_config')
    const isShared = isPhysical || settings.get('is_host_internal_management_network') === 'true'
    const fields = fieldsOf(db, 'network', network)
    const found = isShared ? byField(other, 'bridge', db.get('network', network, 'bridge')) : undefined
    const counterpart =
      found ??
      (isShared
        ? await create(receiver, 'network.pool_introduce', fields)
        : await construct(receiver, 'network.create', fields))
    if (counterpart !== undefined) result.set(network, counterpart)
  }
  return result
}

async function pushPifs(
  { pool: { db }, host }: Joining,
  receiver: Receiver,
  ref: Ref<'host'>,
  networks: Counterparts,
): Promise<Counterparts> {
  const result = new Map<string, string>()
  for (const pif of db.get('host', host, 'PIFs')) {
    if (!db.get('PIF', pif, 'physical')) continue
    const network = networks.get(db.get('PIF', pif, 'network')) ?? NULL_REF
    const pushed = await create(receiver, 'PIF.pool_introduce', {
      ...fieldsOf(db, 'PIF', pif),
      host: ref,
      network,
      bond_slave_of: NULL_REF,
      VLAN_master_of: NULL_REF,
    })
    if (pushed !== undefined) result.set(pif, pushed)
  }
  return result
}

async function pushManagementVlan(
  { pool: { db }, host, other }: Joining,
  receiver: Receiver,
  ref: Ref<'host'>,
  pifs: Counterparts,
): Promise<void> {
  const untagged = managementPif(db, host)
  const vlan = untagged === undefined ? NULL_REF : db.get('PIF', untagged, 'VLAN_master_of')
  const theirs = managementPif(other, masterOf(other))
  if (untagged === undefined || theirs === undefined || !db.exists('VLAN', vlan)) return
  const tagged = pifs.get(db.get('VLAN', vlan, 'tagged_PIF'))
  const pushed = await create(receiver, 'PIF.pool_introduce', {
    ...fieldsOf(db, 'PIF', untagged),
    host: ref,
    network: other.get('PIF', theirs, 'network'),
    bond_slave_of: NULL_REF,
    VLAN_master_of: NULL_REF,
  })
  if (tagged === undefined || pushed === undefined) return
  await create(receiver, 'VLAN.pool_introduce', {
    tagged_PIF: tagged,
    untagged_PIF: pushed,
    tag: db.get('VLAN', vlan, 'tag'),
    other_config: db.get('VLAN', vlan, 'other_config'),
  })
}

/** VMs come along without their disks. Networks of theirs that have no counterpart yet are told by their name, then by their bridge. */
async function pushVms(joining: Joining, receiver: Receiver, networks: Counterparts): Promise<void> {
  const { db } = joining.pool
  for (const vm of db.refs('VM')) {
    if (db.get('VM', vm, 'is_control_domain') || db.get('VM', vm, 'is_a_template')) continue
    const pushed = await construct(receiver, 'VM.create', { ...fieldsOf(db, 'VM', vm), affinity: NULL_REF })
    if (pushed === undefined) continue
    for (const vif of db.get('VM', vm, 'VIFs')) {
      const network = await networkForVif(joining, receiver, networks, db.get('VIF', vif, 'network'))
      if (network === undefined) continue
      await construct(receiver, 'VIF.create', { ...fieldsOf(db, 'VIF', vif), VM: pushed, network })
    }
  }
}

async function networkForVif(
  { pool: { db }, other }: Joining,
  receiver: Receiver,
  networks: Counterparts,
  network: Ref<'network'>,
): Promise<string | undefined> {
  const known = networks.get(network)
  if (known !== undefined || !db.exists('network', network)) return known
  const found =
    byField(other, 'name_label', db.get('network', network, 'name_label')) ??
    byField(other, 'bridge', db.get('network', network, 'bridge')) ??
    (await construct(receiver, 'network.create', { ...fieldsOf(db, 'network', network), bridge: '' }))
  if (found !== undefined) networks.set(network, found)
  return found
}

const byField = (db: Database, field: 'bridge' | 'name_label', value: string): Ref<'network'> | undefined =>
  db.refs('network').find(ref => db.get('network', ref, field) === value)

const fieldsOf = (db: Database, cls: Stored, ref: string): Readonly<Record<string, Value>> =>
  Object.fromEntries(db.record(cls, ref))

/** A call whose parameters are named after fields. Undefined where the pool refuses it. */
async function create(
  receiver: Receiver,
  method: string,
  fields: Readonly<Record<string, Value>>,
): Promise<string | undefined> {
  const parameters = datamodel().messages.get(method)?.parameters ?? []
  const given = parameters.map(({ name }) => fields[name] ?? '')
  return text(await tolerating(() => receiver.neighbour.call(method, receiver.session, ...given)))
}

/** A constructor, which takes a record. */
async function construct(
  receiver: Receiver,
  method: string,
  fields: Readonly<Record<string, Value>>,
): Promise<string | undefined> {
  const record = new Map(Object.entries(fields))
  return text(await tolerating(() => receiver.neighbour.call(method, receiver.session, record)))
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

async function tolerating<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
