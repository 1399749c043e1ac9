import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF } from '../../../src/datamodel/index.ts'
import { collector } from '../../../src/fake-host/gc/index.ts'
import { type Caller, logIn } from '../caller.ts'

const HOUR = 3_600_000
let now: number
let pool: Caller
let pass: () => void
beforeEach(async () => {
  now = Date.UTC(2024, 0, 1)
  pool = await logIn({ clock: () => now })
  pass = collector(pool.fake.pool)
})

const login = async (originator = '') =>
  String(
    (
      (await pool.fake.dispatch({
        method: 'session.login_with_password',
        params: ['root', 'pw', '', originator],
        origin: 'tcp',
      })) as { value: string }
    ).value,
  )
const exists = (session: string) => pool.fake.pool.db.exists('session', session)

// docs/spec/networking-semantics.md 18
describe('rows that lead nowhere', () => {
  it('a tunnel without its transport goes, and its access PIF with it', async () => {
    const { db } = pool.fake.pool
    const eth0 = db.refs('PIF').find(ref => db.get('PIF', ref, 'device') === 'eth0') ?? ''
    const network = db.create('network', { bridge: 'xapi0' })
    const tunnel = String(await pool.call('tunnel.create', eth0, network))
    const access = db.get('tunnel', tunnel, 'access_PIF')
    db.destroy('PIF', eth0)
    pass()
    expect([db.exists('tunnel', tunnel), db.exists('PIF', access)]).toEqual([false, false])
  })

  it('a PIF without its host goes, with its metrics, VLAN, tunnel and bond', () => {
    const { db } = pool.fake.pool
    const network = db.create('network', {})
    const metrics = db.create('PIF_metrics', {})
    const vlan = db.create('VLAN', {})
    const pif = db.create('PIF', { network, host: 'OpaqueRef:gone', metrics })
    const bond = db.create('Bond', { master: pif })
    const tagged = db.create('PIF', {
      network,
      host: 'OpaqueRef:gone',
      VLAN_master_of: vlan,
      metrics: db.create('PIF_metrics', {}),
    })
    pass()
    expect([db.exists('PIF', pif), db.exists('PIF_metrics', metrics), db.exists('Bond', bond)]).toEqual([
      false,
      false,
      false,
    ])
    expect([db.exists('PIF', tagged), db.exists('VLAN', vlan)]).toEqual([false, false])
    expect(db.exists('network', network)).toBe(true)
  })

  // docs/spec/networking-conformance-cases.md B
  it('21: a VLAN goes with its untagged PIF, whose host and network are gone', () => {
    const { db } = pool.fake.pool
    const [tagged = ''] = db.refs('PIF')
    const untagged = db.create('PIF', { network: NULL_REF, host: NULL_REF, VLAN: 3201 })
    const vlan = db.create('VLAN', { tagged_PIF: tagged, untagged_PIF: untagged, tag: 3201 })
    db.set('PIF', untagged, 'VLAN_master_of', vlan)
    pass()
    expect([db.exists('VLAN', vlan), db.exists('PIF', untagged), db.exists('PIF', tagged)]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('a Cluster_host without its host or its PIF goes', () => {
    const { db } = pool.fake.pool
    const [host = ''] = db.refs('host')
    const [PIF = ''] = db.get('host', host, 'PIFs')
    const gone = [db.create('Cluster_host', { host }), db.create('Cluster_host', { PIF })]
    const whole = db.create('Cluster_host', { host, PIF })
    pass()
    expect(gone.map(ref => db.exists('Cluster_host', ref))).toEqual([false, false])
    expect(db.exists('Cluster_host', whole)).toBe(true)
  })

  it('a VIF without its VM goes, with its metrics', () => {
    const { db } = pool.fake.pool
    const metrics = db.create('VIF_metrics', {})
    const vif = db.create('VIF', { VM: 'OpaqueRef:gone', network: db.refs('network')[0] ?? '', metrics })
    pass()
    expect([db.exists('VIF', vif), db.exists('VIF_metrics', metrics)]).toEqual([false, false])
  })

  it('what is whole stays', () => {
    const { db } = pool.fake.pool
    const count = () => (['PIF', 'VIF', 'VM', 'network', 'PIF_metrics'] as const).map(cls => db.refs(cls).length)
    const before = count()
    pass()
    expect(count()).toEqual(before)
  })
})

// docs/spec/protocol-semantics.md 4.5
describe('tasks', () => {
  const status = (task: string, value: string) => pool.call('task.set_status', task, value)
  const left = (task: string) => pool.fake.pool.db.exists('task', task)

  it('that a client made and finished go with the next pass', async () => {
    const task = String(await pool.call('task.create', 'a', ''))
    pass()
    expect(left(task)).toBe(true)
    await status(task, 'success')
    pass()
    expect(left(task)).toBe(false)
  })

  it('that ended stay for 65 minutes', async () => {
    const eth2 = pool.fake.pool.db.refs('PIF').find(ref => pool.fake.pool.db.get('PIF', ref, 'device') === 'eth2') ?? ''
    const task = String(await pool.call('Async.PIF.plug', eth2))
    while (pool.fake.pool.db.get('task', task, 'status') === 'pending') await new Promise(setImmediate)
    now += HOUR
    pass()
    expect(left(task)).toBe(true)
    now += 6 * 60_000
    pass()
    expect(left(task)).toBe(false)
  })

  it('that are pending stay for a day, and longer while they get on', async () => {
    const task = String(await pool.call('task.create', 'a', ''))
    now += 25 * HOUR
    pool.fake.pool.db.set('session', pool.session, 'last_active', '20240102T01:00:00Z')
    pass()
    await pool.call('task.set_progress', task, 0.5)
    pass()
    expect(left(task)).toBe(true)
    pass()
    expect(left(task)).toBe(false)
  })
})

// docs/spec/protocol-semantics.md 2.4
describe('sessions', () => {
  it('go when they were idle for a day', async () => {
    const idle = await login()
    now += 23 * HOUR
    await pool.call('pool.get_all')
    now += 2 * HOUR
    pass()
    expect([exists(idle), exists(pool.session)]).toEqual([false, true])
  })

  it('of one originator are at most 500, the idlest go', async () => {
    const first = await login('tool')
    now += 1000
    for (let i = 0; i < 500; i++) await login('tool')
    const other = await login('another tool')
    pass()
    expect(exists(first)).toBe(false)
    expect(exists(other)).toBe(true)
  })

  it('without an originator are at most 400 together', async () => {
    now += 1000
    for (let i = 0; i < 400; i++) await login()
    pass()
    expect(exists(pool.session)).toBe(false)
  })

  it('with a pending task stay', async () => {
    await pool.call('task.create', 'a', '')
    now += 24 * HOUR
    pass()
    expect(exists(pool.session)).toBe(true)
  })
})
