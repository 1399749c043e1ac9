import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Interruption } from '../../../src/cli/environment.ts'
import type { FaultRule } from '../../../src/fake-host/index.ts'
import { type Transport, TransportError } from '../../../src/xapi/index.ts'
import type { Surroundings } from '../../cli/terminal.ts'
import { bond, remains, type Spanned, spanned } from './spanned.ts'

/** What is odd about a host of a pool. */
const oddities = ['bond member', 'no IP', 'unmanaged', 'not live', 'other device', 'narrow', 'plug fails'] as const
type Oddity = (typeof oddities)[number]

interface Case {
  readonly hosts: number
  readonly odd: readonly { readonly host: number; readonly oddity: Oddity }[]
  readonly isProtected: boolean
  readonly words: readonly string[]
  /** Calls that the host refuses. */
  readonly faults: readonly FaultRule[]
  /** The call, by its number, that is lost on the way there or back, or at which the user wants to stop. */
  readonly event: { readonly at: number; readonly what: 'lost' | 'answer lost' | 'stop' } | undefined
}

const refused = [
  ['tunnel.create', ['PIF_CONFIGURATION_ERROR', 'OpaqueRef:x', 'no']],
  ['tunnel.create', ['HOST_OFFLINE', 'OpaqueRef:x']],
  ['tunnel.destroy', ['HA_IS_ENABLED']],
  ['network.create', ['RBAC_PERMISSION_DENIED', 'network.create', 'no']],
  ['network.destroy', ['NETWORK_CONTAINS_PIF', 'OpaqueRef:x']],
  ['PIF.get_all_records_where', ['INTERNAL_ERROR', 'no']],
  ['network.get_uuid', ['HANDLE_INVALID', 'network', 'OpaqueRef:x']],
] as const

const cases: fc.Arbitrary<Case> = fc.record({
  hosts: fc.integer({ min: 1, max: 12 }),
  odd: fc.array(fc.record({ host: fc.integer({ min: 1, max: 12 }), oddity: fc.constantFrom(...oddities) }), {
    maxLength: 3,
  }),
  isProtected: fc.boolean(),
  words: fc.subarray(['--keep-going', 'protocol=vxlan', 'mtu=1500', 'hosts=host1,host2'], { minLength: 0 }),
  faults: fc.array(
    fc
      .record({
        call: fc.constantFrom(...refused),
        skip: fc.integer({ min: 0, max: 6 }),
        max: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ call: [method, error], skip, max }) => ({ method, error, skip, max })),
    { maxLength: 2 },
  ),
  event: fc.option(
    fc.record({ at: fc.integer({ min: 0, max: 30 }), what: fc.constantFrom('lost', 'answer lost', 'stop') }),
    { nil: undefined },
  ),
})

/** Makes the pool what the case says. What it gives undoes what would keep a network from being removed. */
async function prepare(pool: Spanned, { hosts, odd, isProtected }: Case): Promise<() => Promise<void>> {
  const { db, fake } = pool
  const live = (host: string, value: boolean) =>
    db.set('host_metrics', db.get('host', pool.host(host), 'metrics'), 'live', value)
  const [ref = ''] = db.refs('pool')
  const done = new Set<string>()
  for (const { host: number, oddity } of odd) {
    const host = `host${number}`
    if (number > hosts || done.has(host)) continue
    done.add(host)
    const eth1 = pool.pif(host, 'eth1')
    if (oddity === 'bond member') bond(pool, host, ['eth1', 'eth2'], { ip_configuration_mode: 'DHCP' })
    if (oddity === 'no IP') pool.set(eth1, 'ip_configuration_mode', 'None')
    if (oddity === 'unmanaged') pool.set(eth1, 'managed', false)
    if (oddity === 'not live') live(host, false)
    if (oddity === 'other device') pool.set(eth1, 'device', 'lan0')
    if (oddity === 'narrow') db.set('network', db.get('PIF', eth1, 'network'), 'MTU', 1400)
    if (oddity === 'plug fails')
      await fake.control.disturbNetwork({ host, fail: { call: 'Interface.make_config', kind: 'text', text: 'no' } })
  }
  db.set('pool', ref, 'ha_enabled', isProtected)
  return async () => {
    for (const host of done) live(host, true)
    db.set('pool', ref, 'ha_enabled', false)
    await fake.control.disturbNetwork({ fail: null })
    await fake.control.setFaults([])
  }
}

/** Surroundings in which something happens at one of the calls. */
function eventful(pool: Spanned, event: Case['event']): Surroundings {
  const wire = pool.wire()
  const user = new AbortController()
  let number = 0
  const open: Transport = {
    ...wire,
    async call(method, parameters, options) {
      const isNow = number++ === event?.at
      if (isNow && event?.what === 'stop') user.abort(new Interruption('SIGINT'))
      if (isNow && event?.what === 'lost') throw new TransportError('closed', 'the connection was lost')
      const answer = await wire.call(method, parameters, options)
      if (isNow && event?.what === 'answer lost') throw new TransportError('closed', 'the connection was lost')
      return answer
    },
  }
  return { open, signal: user.signal }
}

const networkOf = ({ db }: Spanned) => db.refs('network').find(ref => db.get('network', ref, 'name_label') === 'red')

/** Does what the command advises where it left something. */
async function removeRest(pool: Spanned): Promise<void> {
  const network = networkOf(pool)
  if (network === undefined) return
  const uuid = pool.db.get('network', network, 'uuid')
  const command = pool.db.get('network', network, 'PIFs').length > 0 ? 'tunnel-network-destroy' : 'network-destroy'
  expect(await pool.xe(command, `uuid=${uuid}`)).toEqual({ status: 0, stdout: '', stderr: '' })
}

it('whatever goes wrong, a pool is afterwards as it was, or the command says what is left and how to remove it', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async given => {
      await using pool = await spanned({ hosts: given.hosts })
      const mend = await prepare(pool, given)
      const before = remains(pool)
      await pool.fake.control.setFaults(given.faults)
      const words = given.hosts < 2 ? given.words.filter(word => !word.startsWith('hosts=')) : given.words
      const { status, stdout, stderr } = await pool.xeIn(
        eventful(pool, given.event),
        'tunnel-network-create',
        'name-label=red',
        'pif-device=eth1',
        ...words,
      )
      expect(stderr).not.toMatch(/^\s+at /m)
      const tunnels = pool.db.refs('tunnel').length
      const wanted = words.includes('hosts=host1,host2') ? 2 : given.hosts
      if (status === 0) {
        expect(stdout).toBe(`${pool.db.get('network', networkOf(pool) ?? '', 'uuid')}\n`)
        expect(tunnels).toBe(wanted)
      } else {
        expect([1, 130]).toContain(status)
        const isPartial = words.includes('--keep-going') && stdout !== ''
        if (isPartial) expect(stderr).toMatch(/Error: red was made without \d+ hosts?: .*\n$/)
        else if (networkOf(pool))
          expect(stderr).toMatch(/^(Left behind: .*|Whether the network was made .*|The network red is .*)$/m)
        else expect(remains(pool)).toEqual(before)
      }
      await mend()
      await removeRest(pool)
      expect(remains(pool)).toEqual(before)
    }),
    { numRuns: 100 },
  )
})

it('whatever goes wrong while it is removed, a network can be removed later', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async given => {
      await using pool = await spanned({ hosts: given.hosts })
      const before = remains(pool)
      await pool.xe('tunnel-network-create', 'name-label=red', 'pif-device=eth1')
      const made = pool.db.refs('tunnel').length
      const mend = await prepare(pool, { ...given, isProtected: false })
      const prepared = remains(pool)
      await pool.fake.control.setFaults(given.faults)
      const { status, stdout, stderr } = await pool.xeIn(
        eventful(pool, given.event),
        'tunnel-network-destroy',
        'name-label=red',
      )
      expect(stdout).toBe('')
      expect(stderr).not.toMatch(/^\s+at /m)
      const tunnels = pool.db.refs('tunnel').length
      if (status === 0) expect(networkOf(pool)).toBeUndefined()
      else if (tunnels < made) expect(stderr).toMatch(/network-destroy uuid=[0-9a-f-]{36} removes the rest:$/m)
      else if (!given.faults.length && !given.event) expect(remains(pool)).toEqual(prepared)
      await mend()
      await removeRest(pool)
      expect(pool.db.refs('tunnel')).toEqual([])
      if (given.odd.length === 0) expect(remains(pool)).toEqual(before)
    }),
    { numRuns: 100 },
  )
})
