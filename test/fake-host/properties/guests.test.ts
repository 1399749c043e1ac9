import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ref } from '../../../src/datamodel/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { type VmBench, vmBench } from '../messages/vms.ts'

const RUNS = Number(process.env.XE_TUNNEL_PROPERTY_RUNS ?? 12)

/** One thing to do to a VM or to one of its VIFs, with a host and a network for what needs them. */
interface Step {
  readonly what: keyof typeof KINDS
  readonly vm: number
  readonly vif: number
  readonly host: number
  readonly network: number
}

const KINDS = {
  start: s => ['VM.start', s.vm, s.paused, false],
  start_on: s => ['VM.start_on', s.vm, s.host, s.paused, false],
  clean_shutdown: s => ['VM.clean_shutdown', s.vm],
  hard_shutdown: s => ['VM.hard_shutdown', s.vm],
  clean_reboot: s => ['VM.clean_reboot', s.vm],
  hard_reboot: s => ['VM.hard_reboot', s.vm],
  pause: s => ['VM.pause', s.vm],
  unpause: s => ['VM.unpause', s.vm],
  suspend: s => ['VM.suspend', s.vm],
  resume: s => ['VM.resume', s.vm, s.paused, false],
  pool_migrate: s => ['VM.pool_migrate', s.vm, s.host, new Map()],
  plug: s => ['VIF.plug', s.vif],
  unplug: s => ['VIF.unplug', s.vif],
  move: s => ['VIF.move', s.vif, s.network],
  disable: s => ['VIF.set_locking_mode', s.vif, 'disabled'],
  unlock: s => ['VIF.set_locking_mode', s.vif, 'unlocked'],
} satisfies Record<string, (s: Refs) => readonly [string, ...RpcValue[]]>

interface Refs {
  readonly vm: Ref<'VM'>
  readonly vif: Ref<'VIF'>
  readonly host: Ref<'host'>
  readonly network: Ref<'network'>
  readonly paused: boolean
}

const steps: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])), // its keys
  vm: fc.nat(2),
  vif: fc.nat(2),
  host: fc.nat(1),
  network: fc.nat(3),
})

/** Calls of a history, in groups that are made at the same time. */
const histories = (atOnce: number) =>
  fc.array(fc.array(steps, { minLength: 1, maxLength: atOnce }), { minLength: 20, maxLength: 40 })

async function after(history: readonly (readonly Step[])[]): Promise<VmBench> {
  const bench = await vmBench()
  const { addNetwork, addVm, answer, call, db, host1, host2, network } = bench
  const [internal, tunnelled, vlan] = [addNetwork({ other_config: SHARED }), addNetwork(), addNetwork()]
  for (const host of [host1, host2]) {
    const management = db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'management')) ?? ''
    await call('tunnel.create', management, tunnelled, 'gre')
    await call('VLAN.create', management, '7', vlan)
  }
  const networks = [network('xenbr0'), internal, tunnelled, vlan]
  const vms = [
    await addVm(networks.slice(0, 3)),
    await addVm(networks.slice(1)),
    await addVm([internal, vlan, internal]),
  ]
  for (const group of history) {
    const calls = group.map(({ what, ...picks }) => {
      const vm = vms[picks.vm] ?? ''
      const vif = bench.vifs(vm)[picks.vif] ?? ''
      const host = picks.host === 0 ? host1 : host2
      return KINDS[what]({ vm, vif, host, network: networks[picks.network] ?? '', paused: picks.network === 0 })
    })
    await Promise.all(calls.map(([method, ...params]) => answer(method, ...params)))
  }
  return bench
}

const SHARED: ReadonlyMap<string, string> = new Map([['assume_network_is_shared', 'true']])

/** The ports that a host should have for its guests, as `BRIDGE DEVICE`. */
function portsOfRecords({ db }: VmBench, host: Ref<'host'>): string[] {
  const vms = db.get('host', host, 'resident_VMs')
  return vms
    .flatMap(vm => db.get('VM', vm, 'VIFs'))
    .filter(vif => db.get('VIF', vif, 'currently_attached') && db.get('VIF', vif, 'locking_mode') !== 'disabled')
    .map(vif => {
      const bridge = db.get('network', db.get('VIF', vif, 'network'), 'bridge')
      return `${bridge} vif${db.get('VM', db.get('VIF', vif, 'VM'), 'domid')}.${db.get('VIF', vif, 'device')}`
    })
    .sort()
}

async function portsOfSwitch(bench: VmBench, host: Ref<'host'>): Promise<string[]> {
  const bridges = Object.entries(await bench.ports(host))
  const ports = bridges.flatMap(([bridge, devices]) => devices.map(device => `${bridge} ${device}`))
  return ports.filter(port => port.includes(' vif')).sort()
}

/** VMs and VIFs whose allowed operations are not what they would be if somebody asked for them now. */
async function stale(bench: VmBench): Promise<string[]> {
  const { call, db } = bench
  const all = [...db.refs('VM').map(vm => ['VM', vm] as const), ...db.refs('VIF').map(vif => ['VIF', vif] as const)]
  const before = all.map(([cls, ref]) => db.get(cls, ref as never, 'allowed_operations') as readonly string[]) // both have them
  for (const vm of db.refs('VM')) await call('VM.update_allowed_operations', vm)
  return all.flatMap(([cls, ref], at) => {
    const now = db.get(cls, ref as never, 'allowed_operations') as readonly string[] // both have them
    return now.join() === before[at]?.join() ? [] : [`${cls} ${ref}: ${before[at]?.join()} is ${now.join()}`]
  })
}

describe.each([
  ['one after the other', 1],
  ['three at a time', 3],
])('after random calls about VMs and VIFs, %s', (_, atOnce) => {
  it('switches and records agree on every port, no operation is left, and all that is allowed is told', async () => {
    const property = fc.asyncProperty(histories(atOnce), async history => {
      const bench = await after(history)
      const { db, host1, host2 } = bench
      for (const host of [host1, host2]) {
        expect(await portsOfSwitch(bench, host)).toEqual(portsOfRecords(bench, host))
      }
      for (const vm of db.refs('VM')) {
        expect(db.get('VM', vm, 'current_operations').size).toBe(0)
        const hasDomain = ['Running', 'Paused'].includes(db.get('VM', vm, 'power_state'))
        expect(db.exists('host', db.get('VM', vm, 'resident_on'))).toBe(hasDomain)
        expect(db.exists('host', db.get('VM', vm, 'scheduled_to_be_resident_on'))).toBe(false)
        expect(db.get('VM', vm, 'domid') >= 0).toBe(hasDomain)
      }
      expect(await stale(bench)).toEqual([])
    })
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true })
  })
})
