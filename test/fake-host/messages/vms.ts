import { NULL_REF, type Ref, type Rows, type VIFRecord, type VMRecord } from '../../../src/datamodel/index.ts'
import type { Database } from '../../../src/fake-host/database/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import type { Pool } from '../../../src/fake-host/dispatch/context.ts'
import { type Caller, logIn } from '../caller.ts'
import { bridgesOf } from '../fixtures.ts'

/** A default pool of two hosts, with what cases about VMs ask for. */
export interface VmBench extends Caller {
  readonly pool: Pool
  readonly db: Database
  /** `host1` is the coordinator. */
  readonly host1: Ref<'host'>
  readonly host2: Ref<'host'>
  /** A network by its bridge. */
  network(bridge: string): Ref<'network'>
  /** A halted VM with a VIF on each of these networks, at devices 0, 1, ... */
  addVm(networks?: readonly Ref<'network'>[], fields?: Partial<Rows['VM']>): Promise<Ref<'VM'>>
  /** A new network without PIFs. */
  addNetwork(fields?: Partial<Rows['network']>): Ref<'network'>
  vm(ref: Ref<'VM'>): Partial<VMRecord>
  vif(ref: Ref<'VIF'>): Partial<VIFRecord>
  /** The VIFs of a VM by device. */
  vifs(vm: Ref<'VM'>): Ref<'VIF'>[]
  /** What is connected to each bridge of a host. */
  ports(host: Ref<'host'>): Promise<Readonly<Record<string, readonly string[]>>>
}

export async function vmBench(options: Parameters<typeof logIn>[0] = {}): Promise<VmBench> {
  const caller = await logIn(options)
  const { pool } = caller.fake
  const { db } = pool
  const hostNamed = (name: string) =>
    db.refs('host').find(ref => db.get('host', ref, 'name_label') === name) ?? NULL_REF
  const vifs = (vm: Ref<'VM'>) =>
    [...db.get('VM', vm, 'VIFs')].sort(
      (a, b) => Number(db.get('VIF', a, 'device')) - Number(db.get('VIF', b, 'device')),
    )
  return {
    ...caller,
    pool,
    db,
    host1: hostNamed('host1'),
    host2: hostNamed('host2'),
    network: bridge => db.refs('network').find(ref => db.get('network', ref, 'bridge') === bridge) ?? NULL_REF,
    async addVm(networks = [], fields = {}) {
      const other_config = new Map([['mac_seed', pool.random.uuid()]])
      const vm = db.create('VM', { domid: -1, power_state: 'Halted', domain_type: 'hvm', other_config, ...fields })
      for (const [device, network] of networks.entries()) {
        await caller.call('VIF.create', vifRecord(vm, network, String(device)))
      }
      await caller.call('VM.update_allowed_operations', vm)
      return vm
    },
    addNetwork: (fields = {}) =>
      db.create('network', { MTU: 1500, bridge: pool.networks.bridgeNames.next(), ...fields }),
    vm: ref => Object.fromEntries(db.record('VM', ref)),
    vif: ref => Object.fromEntries(db.record('VIF', ref)),
    vifs,
    async ports(host) {
      const bridges = [...(await bridgesOf(pool, host)).values()]
      return Object.fromEntries(bridges.map(({ name, ports }) => [name, [...ports].sort()]))
    },
  }
}

const vifRecord = (vm: Ref<'VM'>, network: Ref<'network'>, device: string): ReadonlyMap<string, RpcValue> =>
  new Map<string, RpcValue>([
    ['device', device],
    ['network', network],
    ['VM', vm],
    ['MAC', ''],
    ['MTU', '1500'],
    ['other_config', new Map()],
    ['qos_algorithm_type', ''],
    ['qos_algorithm_params', new Map()],
  ])
