import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Ref } from '../../../../src/datamodel/index.ts'
import type { Database, Stored } from '../../../../src/fake-host/database/index.ts'
import type { RpcValue } from '../../../../src/fake-host/dispatch/call.ts'
import type { OpenVSwitch } from '../../../../src/fake-host/network/backends/openvswitch.ts'
import { describeUnless, noSwitch, type Switch, startSwitch } from '../../../ovs-lab/index.ts'
import { type Caller, logIn } from '../../caller.ts'
import { rowsInDatabase, rowsInMemory } from './rows.ts'

/** A message with its parameters as they are chosen from the pool as it is then. */
type Step = readonly [text: string, method: string, params: (choose: Choose) => RpcValue[]]
interface Choose {
  /** One of the objects of a class; null where there is none. */
  one(cls: Stored, number: number): string
  /** A network without a PIF, or any where all have one. */
  freeNetwork(number: number): string
  /** A PIF that a tunnel can start from. */
  transport(number: number): string
  /** Several PIFs of one host. */
  pifs(number: number): string[]
}

const number = fc.nat(60)
const OTHER_CONFIG = new Map<string, string>()

const steps: fc.Arbitrary<Step> = fc.oneof(
  number.map(
    (n): Step => [
      `network.create ${n}`,
      'network.create',
      () => [
        new Map<string, RpcValue>([
          ['name_label', `net${n}`],
          ['other_config', n % 3 === 0 ? new Map([['vswitch-controller-fail-mode', 'secure']]) : OTHER_CONFIG],
        ]),
      ],
    ],
  ),
  fc
    .tuple(number, number, fc.constantFrom('gre', 'vxlan'))
    .map(
      ([a, b, protocol]): Step => [
        `tunnel.create ${a} ${b}`,
        'tunnel.create',
        it => [it.transport(a), it.freeNetwork(b), protocol],
      ],
    ),
  fc
    .tuple(number, number, fc.constantFrom(7n, 42n))
    .map(
      ([a, b, tag]): Step => [
        `VLAN.create ${a} ${b} ${tag}`,
        'VLAN.create',
        it => [it.one('PIF', a), tag, it.freeNetwork(b)],
      ],
    ),
  fc
    .tuple(number, number, fc.constantFrom('balance-slb', 'active-backup', 'lacp'))
    .map(
      ([a, b, mode]): Step => [
        `Bond.create ${a} ${b} ${mode}`,
        'Bond.create',
        it => [it.freeNetwork(a), it.pifs(b), '', mode, OTHER_CONFIG],
      ],
    ),
  fc
    .tuple(number, fc.constantFrom('PIF.plug', 'PIF.unplug'))
    .map(([a, method]): Step => [`${method} ${a}`, method, it => [it.one('PIF', a)]]),
  fc
    .tuple(number, fc.constantFrom('tunnel', 'VLAN', 'Bond', 'network') as fc.Arbitrary<Stored>)
    .map(([a, cls]): Step => [`${cls}.destroy ${a}`, `${cls}.destroy`, it => [it.one(cls, a)]]),
  fc.tuple(number, number, number).map(
    ([a, b, d]): Step => [
      `VIF.create ${a} ${b}`,
      'VIF.create',
      it => [
        new Map<string, RpcValue>([
          ['VM', it.one('VM', a)],
          ['network', it.one('network', b)],
          ['device', String(1 + (d % 6))],
          ['MAC', ''],
          ['MTU', 1500n],
          ['other_config', OTHER_CONFIG],
          ['qos_algorithm_type', ''],
          ['qos_algorithm_params', OTHER_CONFIG],
        ]),
      ],
    ],
  ),
  fc
    .tuple(number, fc.constantFrom('VIF.plug', 'VIF.unplug', 'VIF.destroy'))
    .map(([a, method]): Step => [`${method} ${a}`, method, it => [it.one('VIF', a)]]),
  fc
    .tuple(number, number)
    .map(([a, b]): Step => [`VIF.move ${a} ${b}`, 'VIF.move', it => [it.one('VIF', a), it.one('network', b)]]),
  fc
    .tuple(number, fc.constantFrom('VM.start', 'VM.hard_shutdown'))
    .map(
      ([a, method]): Step => [
        `${method} ${a}`,
        method,
        it => [it.one('VM', a), ...(method === 'VM.start' ? [false, false] : [])],
      ],
    ),
  fc.boolean().map((on): Step => [`snooping ${on}`, 'pool.set_igmp_snooping_enabled', it => [it.one('pool', 0), on]]),
)

function chooser(db: Database): Choose {
  const one = (cls: Stored, n: number) => {
    const refs = db.refs(cls)
    return refs[n % Math.max(1, refs.length)] ?? 'OpaqueRef:NULL'
  }
  const among = (refs: readonly string[], n: number) => refs[n % Math.max(1, refs.length)]
  return {
    one,
    freeNetwork: n =>
      among(
        db.refs('network').filter(ref => db.linked('network', ref, 'PIFs').size === 0),
        n,
      ) ?? one('network', n),
    transport: n =>
      among(
        db.refs('PIF').filter(ref => db.get('PIF', ref, 'ip_configuration_mode') !== 'None'),
        n,
      ) ?? one('PIF', n),
    pifs(n) {
      const first = one('PIF', n) as Ref<'PIF'> // it may be none, which no message takes
      const host = db.get('PIF', first, 'host')
      const all = db.refs('PIF').filter(pif => db.get('PIF', pif, 'host') === host && db.get('PIF', pif, 'physical'))
      return all.slice(n % 3, (n % 3) + 2)
    },
  }
}

vi.setConfig({ testTimeout: 180_000 }) // many runs

describeUnless(noSwitch, 'two pools, one on real switches', () => {
  let switches: Switch[] = []
  beforeAll(async () => {
    switches = await Promise.all([startSwitch({ datapath: 'dummy' }), startSwitch({ datapath: 'dummy' })])
  })
  afterAll(() => Promise.all(switches.map(ovs => ovs.stop())))

  const hostNamed = ({ fake }: Caller, name: string) => {
    const { db } = fake.pool
    return db.refs('host').find(ref => db.get('host', ref, 'name_label') === name) as Ref<'host'> // both have it
  }

  it('answer the same to the same calls, and have the same bridges after them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 25, size: 'max' }), async calls => {
        for (const ovs of switches) await ovs.vsctl('--no-wait', 'clear', 'open_vswitch', '.', 'bridges')
        const ovsdb = switches.map(ovs => ovs.address)
        const [inMemory, onSwitches] = await Promise.all([logIn(), logIn({ ovsdb, datapath: 'dummy' })])
        try {
          for (const [text, method, params] of calls) {
            const choose = chooser(inMemory.fake.pool.db)
            const given = params(choose)
            const [expected, answer] = [
              await inMemory.answer(method, ...given),
              await onSwitches.answer(method, ...given),
            ]
            expect(withoutArguments(answer), text).toEqual(withoutArguments(expected))
          }
          for (const [i, ovs] of switches.entries()) {
            const networks = [inMemory, onSwitches].map(it => it.fake.pool.networks.of(hostNamed(it, `host${i + 1}`)))
            for (const { run } of networks) await run(async () => {}) // also where nothing was asked of it
            const [{ tables }] = networks.map(({ backend }) => backend) as [OpenVSwitch] // the default pool has no other
            expect(await rowsInDatabase(ovs.address)).toEqual(rowsInMemory(tables))
          }
        } finally {
          for (const { fake } of [inMemory, onSwitches]) fake.end()
        }
      }),
      { numRuns: 20 },
    )
  })
})

/** What a program said, without the address of its database. */
const withoutArguments = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer, (_, value) =>
      value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value,
    ).replace(/args = [^,]*, /g, ''),
  )
