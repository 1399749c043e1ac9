import { beforeEach, describe, expect, it } from 'vitest'
import type { Value } from '../../../src/datamodel/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { type Caller, logIn } from '../caller.ts'

let pool: Caller
let token: string
beforeEach(async () => {
  pool = await logIn()
  token = ''
})

type Struct = ReadonlyMap<string, Value>
const read = async (classes: readonly string[], from = token, timeout: RpcValue = 0) => {
  const batch = (await pool.call('event.from', classes, from, timeout)) as Struct
  token = String(batch.get('token'))
  return (batch.get('events') ?? []) as readonly Struct[]
}
const told = (events: readonly Struct[]) => events.map(event => `${event.get('operation')} ${event.get('class')}`)
const network = async (label: string) =>
  String(
    await pool.call(
      'network.create',
      new Map<string, RpcValue>([
        ['name_label', label],
        ['other_config', new Map()],
      ]),
    ),
  )

// docs/spec/protocol-semantics.md 5.2
describe('event.from', () => {
  it('begins with every object as an add, its record with it', async () => {
    const events = await read(['network', 'pool'])
    expect(told(events)).toEqual(['add pool', ...Array.from({ length: 4 }, () => 'add network')])
    expect(events[0]?.get('timestamp')).toBe('0.0')
    expect(typeof events[0]?.get('id')).toBe('string')
    expect((events[0]?.get('snapshot') as Struct | undefined)?.get('uuid')).toBeDefined()
  })

  it('then tells adds, mods and dels, in this order and each object once', async () => {
    await read(['network'])
    const made = await network('made')
    const [old = ''] = pool.fake.pool.db.refs('network').filter(ref => ref !== made)
    await pool.call('network.set_name_label', old, 'a')
    await pool.call('network.set_name_label', old, 'b')
    expect(told(await read(['network']))).toEqual(['add network', 'mod network'])
    await pool.call('network.destroy', made)
    const [gone] = await read(['network'])
    expect(gone?.get('operation')).toBe('del')
    expect(gone?.get('ref')).toBe(made)
    expect(gone?.has('snapshot')).toBe(false)
  })

  it('says nothing of an object that came and went', async () => {
    await read(['network'])
    await pool.call('network.destroy', await network('brief'))
    expect(await read(['network'])).toEqual([])
  })

  it('counts far ends of relations as modified', async () => {
    await read(['PIF', 'tunnel', 'network', 'host'])
    const { db } = pool.fake.pool
    const eth0 = db.refs('PIF').find(ref => db.get('PIF', ref, 'device') === 'eth0') ?? ''
    await pool.call('tunnel.create', eth0, await network('t'))
    expect(told(await read(['PIF', 'tunnel', 'network', 'host']))).toEqual([
      'add network',
      'add pif',
      'add tunnel',
      'mod host',
      'mod pif',
    ])
  })

  it('moves its token only with what matches', async () => {
    await read(['tunnel'])
    const before = token
    await network('elsewhere')
    await read(['tunnel'])
    expect(token).toBe(before)
  })

  it('answers the same token with the same events', async () => {
    await read(['network'])
    const before = token
    await network('again')
    expect(await read(['network'], before)).toEqual(await read(['network'], before))
  })

  it.each(['bad', '1', '1,2,3', 'x,y', ' ', '99999999999999999999,0'])('refuses the token %j', async bad => {
    expect(await pool.error('event.from', ['tunnel'], bad, 0)).toEqual(['EVENT_FROM_TOKEN_PARSE_FAILURE', bad])
  })

  it.each([
    [['PIF'], 8],
    [['pif'], 8],
    [['nothing'], 0],
    [[], 0],
    [['*/x'], 0],
    [['pool/OpaqueRef:NULL'], 0],
  ] as const)('with %j there are %i events at first', async (classes, count) => {
    expect(await read(classes)).toHaveLength(count)
  })

  it('follows a single object', async () => {
    const made = await network('mine')
    expect(await read([`network/${made}`])).toHaveLength(1)
    await network('other')
    expect(await read([`network/${made}`])).toHaveLength(0)
  })

  it('waits for a change', async () => {
    await read(['network'])
    const waiting = read(['network'], token, 30)
    await network('awaited')
    expect(told(await waiting)).toEqual(['add network'])
  })

  it('ends without events when the time is up', async () => {
    await read(['network'])
    expect(await read(['network'], token, 0.01)).toEqual([])
  })

  it('ends with SESSION_INVALID when its session does', async () => {
    await read(['network'])
    const waiting = pool.error('event.from', ['network'], token, 30)
    await pool.call('session.logout')
    expect(await waiting).toEqual(['SESSION_INVALID', pool.session])
  })

  it('counts the objects of every class', async () => {
    const batch = (await pool.call('event.from', [], '', 0)) as Struct
    const counts = batch.get('valid_ref_counts') as Struct
    expect(counts.size).toBe(73)
    expect([counts.get('pif'), counts.get('host'), counts.get('session'), counts.get('message')]).toEqual([8, 2, 1, 0])
  })

  it('reaches back further than its log of changes', async () => {
    await read(['network'])
    const before = token
    const { db } = pool.fake.pool
    const [first = ''] = db.refs('network')
    for (let i = 0; i < 250_000; i++) db.set('network', first, 'name_label', String(i))
    expect(told(await read(['network'], before))).toEqual(['mod network'])
  })
})

// docs/spec/protocol-semantics.md 5.3
describe('event.inject', () => {
  it('touches an object and gives a token from before that', async () => {
    const made = await network('touched')
    await read(['network'])
    const before = String(await pool.call('event.inject', 'network', made))
    expect(told(await read(['network']))).toEqual(['mod network'])
    expect(before < token).toBe(true)
  })

  it.each(['Network', 'nope', 'PIF'])('wants the class as it is spelt, not %s', async cls => {
    const made = await network('n')
    expect(await pool.error('event.inject', cls, made)).toEqual(['HANDLE_INVALID', cls, made])
  })
})

// docs/spec/protocol-semantics.md 5.4
describe('event.next', () => {
  const next = async () => (await pool.call('event.next')) as readonly Struct[]

  it('is for who has registered', async () => {
    const [code, track] = await pool.error('event.next')
    expect(code).toBe('SESSION_NOT_REGISTERED')
    expect(track).toMatch(/^trackid=[0-9a-f]{32}$/)
  })

  it('tells every change by itself, in order, and deletions with the last record', async () => {
    await pool.call('event.register', ['network'])
    const made = await network('n')
    await pool.call('network.set_name_label', made, 'm')
    await pool.call('network.destroy', made)
    const events = await next()
    expect(told(events)).toEqual(['add network', 'mod network', 'del network'])
    expect((events[2]?.get('snapshot') as Struct | undefined)?.get('name_label')).toBe('m')
    expect(events.map(event => Number(event.get('id')))).toEqual([0, 1, 2])
  })

  it('tells the far ends of relations', async () => {
    await pool.call('event.register', ['*'])
    const made = await network('n')
    pool.fake.pool.db.create('PIF', { network: made })
    expect(told(await next()).filter(event => !event.endsWith('task'))).toEqual([
      'add network',
      'add pif',
      'mod network',
    ])
  })

  it('stops telling what is unregistered', async () => {
    await pool.call('event.register', ['network', 'pool'])
    await pool.call('event.unregister', ['network'])
    await network('n')
    const [ref = ''] = pool.fake.pool.db.refs('pool')
    await pool.call('pool.set_name_label', ref, 'p')
    expect(told(await next())).toEqual(['mod pool'])
  })

  it('says so when it had to drop events, once', async () => {
    await pool.call('event.register', ['network'])
    const made = await network('n')
    for (let i = 0; i < 6000; i++) pool.fake.pool.db.set('network', made, 'name_description', `${i}${'y'.repeat(2000)}`)
    expect(await pool.error('event.next')).toEqual(['EVENTS_LOST'])
    await pool.call('network.set_name_label', made, 'm')
    expect(told(await next())).toEqual(['mod network'])
  })
})
