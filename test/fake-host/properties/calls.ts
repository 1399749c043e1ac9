import * as fc from 'fast-check'
import { NULL_REF } from '../../../src/datamodel/index.ts'
import type { Stored } from '../../../src/fake-host/database/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { bootNetworks } from '../../../src/fake-host/hosts/boot.ts'
import type { Caller } from '../caller.ts'

/** One step of a random history: what to do, and numbers that choose what to do it to. */
export interface Step {
  readonly what: string
  readonly picks: readonly [number, number, number, number]
}

/** How a step chooses among the objects that there are by then, now and then one that there is not. */
class Choice {
  readonly caller: Caller
  readonly #picks: number[]

  constructor(caller: Caller, picks: readonly number[]) {
    this.caller = caller
    this.#picks = [...picks]
  }

  number(below: number): number {
    return (this.#picks.shift() ?? 0) % below
  }

  ref(cls: Stored): string {
    const refs = this.caller.fake.pool.db.refs(cls)
    const at = this.number(refs.length + 1)
    return [...refs].sort()[at] ?? (at % 2 === 0 ? NULL_REF : 'OpaqueRef:nothing')
  }

  one<T>(values: readonly T[]): T {
    const value = values[this.number(values.length)]
    if (value === undefined) throw new Error('nothing to choose from')
    return value
  }
}

const record = (fields: Readonly<Record<string, RpcValue>>): RpcValue => new Map(Object.entries(fields))
const message =
  (name: string, parameters: (choice: Choice) => readonly RpcValue[]) =>
  async (choice: Choice): Promise<void> =>
    void (await choice.caller.answer(name, ...parameters(choice)))

/** What may happen. Whether it can is for the pool to say. */
const KINDS: Readonly<Record<string, (choice: Choice) => Promise<void>>> = {
  'network.create': message('network.create', c => [
    record({ name_label: 'n', other_config: new Map(), MTU: c.one([1500n, 9000n]), managed: c.number(8) > 0 }),
  ]),
  'network.destroy': message('network.destroy', c => [c.ref('network')]),
  'network.set_default_locking_mode': message('network.set_default_locking_mode', c => [
    c.ref('network'),
    c.one(['unlocked', 'disabled']),
  ]),
  'tunnel.create': message('tunnel.create', c => [c.ref('PIF'), c.ref('network'), c.one(['gre', 'vxlan'])]),
  'tunnel.destroy': message('tunnel.destroy', c => [c.ref('tunnel')]),
  'VLAN.create': message('VLAN.create', c => [c.ref('PIF'), BigInt(c.number(6)), c.ref('network')]),
  'VLAN.destroy': message('VLAN.destroy', c => [c.ref('VLAN')]),
  'pool.create_VLAN_from_PIF': message('pool.create_VLAN_from_PIF', c => [c.ref('PIF'), c.ref('network'), 7n]),
  'Bond.create': message('Bond.create', c => [
    c.ref('network'),
    [c.ref('PIF'), c.ref('PIF')],
    '',
    c.one(['balance-slb', 'active-backup', 'lacp']),
    new Map(),
  ]),
  'Bond.destroy': message('Bond.destroy', c => [c.ref('Bond')]),
  'PIF.plug': message('PIF.plug', c => [c.ref('PIF')]),
  'PIF.unplug': message('PIF.unplug', c => [c.ref('PIF')]),
  'PIF.forget': message('PIF.forget', c => [c.ref('PIF')]),
  'PIF.scan': message('PIF.scan', c => [c.ref('host')]),
  'PIF.set_disallow_unplug': message('PIF.set_disallow_unplug', c => [c.ref('PIF'), c.number(2) === 0]),
  'PIF.reconfigure_ip': message('PIF.reconfigure_ip', c => [
    c.ref('PIF'),
    c.one(['None', 'DHCP', 'Static']),
    '192.0.2.9',
    '255.255.255.0',
    '',
    '',
  ]),
  'VIF.create': message('VIF.create', c => [
    record({
      device: String(c.number(4)),
      VM: c.ref('VM'),
      network: c.ref('network'),
      MAC: '',
      MTU: 1500n,
      other_config: new Map(),
      qos_algorithm_type: '',
      qos_algorithm_params: new Map(),
    }),
  ]),
  'VIF.destroy': message('VIF.destroy', c => [c.ref('VIF')]),
  'VIF.plug': message('VIF.plug', c => [c.ref('VIF')]),
  'VIF.unplug': message('VIF.unplug', c => [c.ref('VIF')]),
  'VIF.move': message('VIF.move', c => [c.ref('VIF'), c.ref('network')]),
  'VM.start': message('VM.start', c => [c.ref('VM'), false, false]),
  'VM.start_on': message('VM.start_on', c => [c.ref('VM'), c.ref('host'), false, false]),
  'VM.hard_shutdown': message('VM.hard_shutdown', c => [c.ref('VM')]),
  'VM.pool_migrate': message('VM.pool_migrate', c => [c.ref('VM'), c.ref('host'), new Map()]),
  'pool.set_igmp_snooping_enabled': message('pool.set_igmp_snooping_enabled', c => [
    c.caller.fake.pool.db.refs('pool')[0] ?? '',
    c.number(2) === 0,
  ]),
  'host.management_reconfigure': message('host.management_reconfigure', c => [c.ref('PIF')]),
  'host.sync_tunnels': async c => {
    const host = c.ref('host')
    if (c.caller.fake.pool.db.exists('host', host)) await bootNetworks(c.caller.fake.pool, host)
  },
}

/** Weights are by repetition: what makes things is likelier than what takes them away. */
const OFTEN: readonly string[] = ['network.create', 'tunnel.create', 'VLAN.create', 'PIF.plug', 'VIF.create']

/** Histories of this many steps. */
export const histories = (length: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      what: fc.constantFrom(...Object.keys(KINDS), ...OFTEN, ...OFTEN),
      picks: fc.tuple(fc.nat(9999), fc.nat(9999), fc.nat(9999), fc.nat(9999)),
    }),
    { minLength: length, maxLength: length },
  )

/** @param then what to do after each step */
export async function play(caller: Caller, steps: readonly Step[], then: () => void = () => {}): Promise<void> {
  for (const { what, picks } of steps) {
    await KINDS[what]?.(new Choice(caller, picks))
    then()
  }
}
