import { describe, expect, it } from 'vitest'
import { datamodel } from '../../../src/datamodel/index.ts'
import { startFakeHost } from '../../../src/fake-host/index.ts'
import { NOON, start } from './started.ts'

describe('the networking daemon', () => {
  it('fails and is slow where it is told to', async () => {
    const { host, call } = await start()
    await using _ = host
    const pif = host.db.refs('PIF').find(ref => host.db.get('PIF', ref, 'device') === 'eth2') ?? ''
    await host.control.disturbNetwork({ fail: { call: 'Bridge.make_config', kind: 'text', text: 'boom' } })
    await expect(call('PIF.plug', pif)).rejects.toThrow()
    await host.control.disturbNetwork({ fail: null, delay_ms: 15 })
    const began = performance.now()
    await call('PIF.plug', pif)
    expect(performance.now() - began).toBeGreaterThanOrEqual(14)
  })

  it('is asked for something that it knows, on a host that there is', async () => {
    const { host } = await start()
    await using _ = host
    const fail = { call: 'Bridge.make', kind: 'text' } as const
    await expect(host.control.disturbNetwork({ fail })).rejects.toThrow(
      'the networking daemon has no call "Bridge.make"',
    )
    await expect(host.control.disturbNetwork({ host: 'host9' })).rejects.toThrow('no host is called "host9"')
    await host.control.disturbNetwork({ host: 'host2', delay_ms: 1 })
  })
})

describe('a session of a role', () => {
  it('may do what the role allows', async () => {
    const { host, answer } = await start()
    await using _ = host
    const session = await host.control.openSession('read-only')
    expect((await answer('PIF.get_all', session)).ok).toBe(true)
    expect(await answer('network.destroy', session, 'OpaqueRef:NULL')).toMatchObject({
      error: ['RBAC_PERMISSION_DENIED', 'network.destroy', expect.any(String)],
    })
    const record = await answer('session.get_record', session, session)
    expect(record.ok && record.value).toMatchObject(
      new Map<string, unknown>([
        ['uuid', expect.any(String)],
        ['this_host', expect.stringMatching(/^OpaqueRef:/)],
        ['this_user', 'OpaqueRef:NULL'],
        ['last_active', '20240102T12:00:00Z'],
        ['pool', false],
        ['other_config', new Map()],
        ['is_local_superuser', false],
        ['subject', 'OpaqueRef:NULL'],
        ['validation_time', '20240102T12:00:00Z'],
        ['auth_user_sid', expect.stringMatching(/^S-1-5-21-/)],
        ['auth_user_name', 'read-only'],
        ['rbac_permissions', expect.arrayContaining(['read-only', 'pif.get_all'])],
        ['tasks', []],
        ['parent', 'OpaqueRef:NULL'],
        ['originator', ''],
        ['client_certificate', false],
      ]),
    )
  })

  it('needs a role that there is', async () => {
    const { host } = await start()
    await using _ = host
    await expect(host.control.openSession('king')).rejects.toThrow(
      'there is no role "king"; there are pool-admin, pool-op',
    )
  })
})

describe('the clock', () => {
  it('is set, advanced and held', async () => {
    const { host, call } = await start({ clock: () => performance.now() + NOON })
    await using _ = host
    const [ref = ''] = host.db.refs('host')
    const { clock } = host.control
    clock.hold()
    clock.set(Date.UTC(2030, 0, 1))
    expect(await call('host.get_servertime', ref)).toBe('20300101T00:00:00Z')
    clock.advance(3_600_000)
    expect(await call('host.get_servertime', ref)).toBe('20300101T01:00:00Z')
    expect(clock.isHeld).toBe(true)
    const held = clock.now()
    clock.release()
    await expect.poll(() => clock.now()).toBeGreaterThan(held)
    expect(clock.now() - held).toBeLessThan(60_000)
  })

  it('decides what is collected', async () => {
    const { host, session, answer } = await start()
    await using _ = host
    host.control.clock.advance(25 * 3_600_000)
    await host.control.collect()
    expect(await answer('PIF.get_all', session)).toMatchObject({ error: ['SESSION_INVALID', session] })
  })
})

it('the seed decides what comes next', async () => {
  const { host } = await start()
  await using _ = host
  const create = () => host.control.addObject('network')
  await host.control.seed(77)
  const first = await create()
  await host.control.removeObject('network', first)
  await host.control.seed(77)
  expect(await create()).toBe(first)
})

it('the state is a snapshot that another pool can start from', async () => {
  const { host } = await start()
  await using _ = host
  const network = await host.control.addObject('network', { name_label: 'mine' })
  await using other = await startFakeHost({ listen: false, snapshot: JSON.parse(host.control.state()) })
  expect(other.db.get('network', network, 'name_label')).toBe('mine')
})

it('coverage says how each message is answered', async () => {
  const { host, answer, session } = await start()
  await using _ = host
  const coverage = host.control.coverage()
  expect(coverage.get('tunnel.create')).toBe('implemented')
  expect(coverage.get('tunnel.get_uuid')).toBe('generated')
  expect(coverage.get('pool.enable_ssl_legacy')).toBe('removed')
  expect(await answer('pool.enable_ssl_legacy', session, 'x')).toMatchObject({ error: ['MESSAGE_REMOVED'] })
  expect(coverage.size).toBe(datamodel().messages.size)
})

it('metrics count calls, failures and objects', async () => {
  const { host, call, answer, session } = await start()
  await using _ = host
  await call('PIF.get_all')
  await call('PIF_get_all')
  await answer('PIF.get_MTU', session, 'gone')
  await answer('nonsense')
  const { calls, errors, objects, generation } = host.control.metrics()
  expect(Object.fromEntries(calls)).toEqual({
    'session.login_with_password': 1,
    'PIF.get_all': 2,
    'PIF.get_MTU': 1,
    '(unknown)': 1,
  })
  expect(Object.fromEntries(errors)).toEqual({ HANDLE_INVALID: 1, MESSAGE_METHOD_UNKNOWN: 1 })
  expect(objects.get('PIF')).toBe(8)
  expect(objects.get('session')).toBe(1)
  expect(generation).toBe(host.db.generation)
  host.control.forgetCalls()
  expect(host.control.metrics().calls.size).toBe(0)
  expect(host.calls).toEqual([])
})

it('stopping tells of faults that never happened and of sessions that are open', async () => {
  const { host } = await start({ faults: [{ method: 'PIF.plug', error: ['X'] }] })
  await host.control.openSession('read-only')
  await host.control.addFaults({ method: 'VM.start', http: 500 })
  const report = await host.stop()
  expect(report).toEqual({
    unusedFaults: [
      { method: 'PIF.plug', error: ['X'] },
      { method: 'VM.start', http: 500 },
    ],
    openSessions: 2,
  })
  expect(await host.stop()).toBe(report)
})

it('faults that make no sense keep the host from starting, and are not set later', async () => {
  await expect(startFakeHost({ faults: [{ method: 'PIF.plugg', http: 500 }] })).rejects.toThrow(
    'faults: no method is called "PIF.plugg"',
  )
  const { host } = await start({ faults: [{ method: 'VM.*', http: 500 }] })
  await using _ = host
  await expect(host.control.setFaults([{ http: 500, reset: true }])).rejects.toThrow(
    'http and reset cannot both happen',
  )
  expect(host.control.faults).toHaveLength(1)
})
