import type { Ref } from '../../../src/datamodel/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import type { FakeHost, FakeHostOptions } from '../../../src/fake-host/index.ts'
import type { SwitchEdit, SwitchPort } from '../../../src/fake-host/network/index.ts'
import { type Client, start } from '../control/started.ts'

type AddPort = Extract<SwitchEdit, { op: 'add-port' }>

/** A pool whose hosts have a tunnel to one network, over eth0, and a VIF on it each: vm1/1, vm2/1 and so on. */
export interface TunnelPool extends Client {
  readonly host: FakeHost
  readonly network: Ref<'network'>
  readonly bridge: string
  /** A tunnel port on one host's bridge that leads to another. */
  link(from: string, to: string, port?: Partial<AddPort>): Promise<void>
  /** Links both ways. */
  join(a: string, b: string, port?: Partial<AddPort>): Promise<void>
  /** A port as the switch of a host tells of it. */
  port(host: string, name: string): Promise<SwitchPort | undefined>
}

export async function tunnelPool(
  protocol: 'gre' | 'vxlan' = 'gre',
  options: FakeHostOptions = {},
): Promise<TunnelPool> {
  const pool = await start(options)
  const { host, call } = pool
  const { db, control } = host
  const record = constructorRecord({ name_label: 'span', other_config: new Map() })
  const network = String(await call('network.create', record))
  const hosts = [...host.hosts]
  for (const { ref } of hosts) await call('tunnel.create', nic(host, ref, 'eth0'), network, protocol)
  const bridge = db.get('network', network, 'bridge')
  for (const { ref } of hosts) {
    const vm = db.get('host', ref, 'resident_VMs').find(vm => !db.get('VM', vm, 'is_control_domain')) ?? ''
    const vif = await addVif(pool, vm, network, '1')
    await call('VIF.plug', vif)
  }
  const address = (name: string) => db.get('PIF', nic(host, host.hosts.get(name).ref, 'eth0'), 'IP')
  const link: TunnelPool['link'] = (from, to, port = {}) =>
    control.editSwitch(from, [
      {
        op: 'add-port',
        bridge,
        port: `to-${to}`,
        type: protocol,
        options: new Map([
          ['remote_ip', address(to)],
          ['key', '5'],
        ]),
        bfd: new Map([['enable', 'true']]),
        ...port,
      },
    ])
  return {
    ...pool,
    network,
    bridge,
    link,
    async join(a, b, port) {
      await link(a, b, port)
      await link(b, a, port)
    },
    async port(name, port) {
      const { bridges } = await control.switchState(name)
      return bridges.flatMap(({ ports }) => ports).find(other => other.name === port)
    },
  }
}

/** The physical PIF of a host with this device. */
export function nic(host: FakeHost, ref: Ref<'host'>, device: string): Ref<'PIF'> {
  const { db } = host
  const found = db.get('host', ref, 'PIFs').find(pif => db.get('PIF', pif, 'device') === device)
  if (found === undefined) throw new Error(`there is no ${device}`)
  return found
}

/** A VIF that is not plugged. */
export async function addVif(
  { call }: Client,
  vm: string,
  network: string,
  device: string,
  fields: Readonly<Record<string, RpcValue>> = {},
): Promise<string> {
  const record = constructorRecord({
    device,
    network,
    VM: vm,
    MAC: '',
    MTU: 1500n,
    other_config: new Map(),
    qos_algorithm_type: '',
    qos_algorithm_params: new Map(),
    ...fields,
  })
  return String(await call('VIF.create', record))
}

/** A constructor's record as a wire would bring it. */
export const constructorRecord = (fields: Readonly<Record<string, RpcValue>>): RpcValue =>
  new Map(Object.entries(fields))
