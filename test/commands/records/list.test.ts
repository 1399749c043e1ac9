import { describe, expect, it, test } from 'vitest'
import type { Value } from '../../../src/xapi/index.ts'
import { fails, hostWith } from '../../cli/host.ts'
import { recordsOf, runCommand } from '../run.ts'

const record = (fields: Record<string, Value>) => new Map(Object.entries(fields))

const tunnel = (uuid: string, access: string, more: Record<string, Value> = {}) =>
  record({
    uuid,
    access_PIF: access,
    transport_PIF: 'OpaqueRef:t',
    status: new Map([['active', 'true']]),
    other_config: new Map(),
    protocol: 'GRE',
    ...more,
  })

const tunnels = (count: number) =>
  new Map(Array.from({ length: count }, (_, at) => [`OpaqueRef:${at}`, tunnel(`u${at}`, `OpaqueRef:a${at}`)]))

const pifs = (count: number) =>
  new Map([
    ['OpaqueRef:t', record({ uuid: 'transport' })],
    ...Array.from({ length: count }, (_, at) => [`OpaqueRef:a${at}`, record({ uuid: `access${at}` })] as const),
  ])

const uuidOf = ([, ref = '']: readonly Value[]) => `uuid of ${ref}`

describe('the calls of a list', () => {
  it('are one for the class and one for each class referred to, however many objects there are', async () => {
    const host = hostWith({ 'tunnel.get_all_records_where': tunnels(500), 'PIF.get_all_records': pifs(500) })
    const records = recordsOf(await runCommand(host, 'tunnel-list'))
    expect(records[7]).toEqual({
      uuid: 'u7',
      'access-PIF': 'access7',
      'transport-PIF': 'transport',
      status: 'active: true',
    })
    expect(host.methods()).toEqual(['tunnel.get_all_records_where', 'PIF.get_all_records'])
  })

  it('are small ones where few objects are referred to, each asked for once', async () => {
    const host = hostWith({ 'tunnel.get_all_records_where': tunnels(2), 'PIF.get_uuid': uuidOf })
    expect(recordsOf(await runCommand(host, 'tunnel-list'))[1]?.['access-PIF']).toBe('uuid of OpaqueRef:a1')
    expect(host.calls.slice(1).map(([method, , ref]) => [method, ref])).toEqual([
      ['PIF.get_uuid', 'OpaqueRef:a0'],
      ['PIF.get_uuid', 'OpaqueRef:a1'],
      ['PIF.get_uuid', 'OpaqueRef:t'],
    ])
  })

  it('do not look at what is not shown', async () => {
    const host = hostWith({ 'tunnel.get_all_records_where': tunnels(3) })
    await runCommand(host, 'tunnel-list', ['params', 'uuid,status,protocol'])
    expect(host.calls).toHaveLength(1)
  })

  it('only look at what filters leave, and use what a filter has learnt', async () => {
    const host = hostWith({ 'tunnel.get_all_records_where': tunnels(3), 'PIF.get_uuid': uuidOf })
    await runCommand(host, 'tunnel-list', ['uuid', 'u1'], ['access-PIF', 'uuid of OpaqueRef:a1'])
    expect(host.calls.slice(1).map(([, , ref]) => ref)).toEqual(['OpaqueRef:a1', 'OpaqueRef:t'])
  })

  it('never ask about null references', async () => {
    const host = hostWith({
      'tunnel.get_all_records_where': new Map([['OpaqueRef:1', tunnel('u', 'OpaqueRef:NULL', { transport_PIF: '' })]]),
    })
    expect(recordsOf(await runCommand(host, 'tunnel-list'))[0]).toMatchObject({
      'access-PIF': '<not in database>',
      'transport-PIF': '<not in database>',
    })
    expect(host.calls).toHaveLength(1)
  })
})

describe('an object referred to', () => {
  const shown = async (answer: () => never) => {
    const host = hostWith({ 'tunnel.get_all_records_where': tunnels(1), 'PIF.get_uuid': answer })
    return recordsOf(await runCommand(host, 'tunnel-list'))[0]?.['access-PIF']
  }

  it('is not in the database when it is gone, or when the host has no such class', async () => {
    expect(await shown(fails('HANDLE_INVALID', 'PIF', 'x'))).toBe('<not in database>')
    expect(await shown(fails('MESSAGE_METHOD_UNKNOWN', 'PIF.get_uuid'))).toBe('<not in database>')
  })

  it('ends the command when it cannot be looked up for another reason', async () => {
    await expect(shown(fails('SESSION_INVALID', 'x'))).rejects.toMatchObject({ code: 'SESSION_INVALID' })
  })
})

describe('metrics', () => {
  const pif = (at: number) => record({ uuid: `u${at}`, metrics: `OpaqueRef:m${at}` })
  const several = new Map(Array.from({ length: 9 }, (_, at) => [`OpaqueRef:${at}`, pif(at)]))
  const measured = record({ carrier: true, duplex: false, speed: '1000' })

  it('come in one call for a list', async () => {
    const host = hostWith({
      'PIF.get_all_records_where': several,
      'PIF_metrics.get_all_records': new Map([['OpaqueRef:m3', measured]]),
    })
    const records = recordsOf(await runCommand(host, 'pif-list', ['params', 'carrier,speed,duplex']))
    expect(records[3]).toEqual({ carrier: 'true', speed: '1000 Mbit/s', duplex: 'half' })
    expect(records[4]).toEqual({
      carrier: '<not in database>',
      speed: '<not in database>',
      duplex: '<not in database>',
    })
    expect(host.calls).toHaveLength(2)
  })

  it('are absent when they cannot be read for any reason', async () => {
    const host = hostWith({
      'PIF.get_all_records_where': several,
      'PIF_metrics.get_all_records': fails('INTERNAL_ERROR', 'boom'),
    })
    const records = recordsOf(await runCommand(host, 'pif-list', ['params', 'carrier']))
    expect(records[0]).toEqual({ carrier: '<not in database>' })
  })
})

describe('a host that is older than this program', () => {
  const old = tunnel('u', 'OpaqueRef:NULL')
  old.delete('protocol')
  const host = () =>
    hostWith({
      'tunnel.get_all_records_where': new Map([['OpaqueRef:1', old]]),
      'tunnel.get_by_uuid': 'OpaqueRef:1',
      'tunnel.get_record': old,
    })

  it('shows the fields that it has', async () => {
    const [shown] = recordsOf(await runCommand(host(), 'tunnel-list', ['params', 'uuid,protocol']))
    expect(shown).toEqual({ uuid: 'u' })
  })

  it('does not know a field that it does not have', async () => {
    await expect(runCommand(host(), 'tunnel-list', ['protocol', 'gre'])).rejects.toThrow("Unknown field 'protocol'")
    const get = runCommand(host(), 'tunnel-param-get', ['uuid', 'u'], ['param-name', 'protocol'])
    await expect(get).rejects.toMatchObject({ code: 'Missing parameter', params: ['protocol'] })
  })

  it('shows no field whose message it does not have', async () => {
    const pool = hostWith({ 'pool.get_all_records_where': new Map([['OpaqueRef:p', record({ uuid: 'u' })]]) })
    const shown = await runCommand(pool, 'pool-list', ['params', 'uuid,license-state'])
    expect(recordsOf(shown)).toEqual([{ uuid: 'u' }])
  })
})

describe('another database', () => {
  const host = () =>
    hostWith({
      'VDI.get_by_uuid': 'OpaqueRef:vdi',
      'VDI.open_database': 'OpaqueRef:other',
      'session.create_from_db_file': 'OpaqueRef:other',
      'tunnel.get_all_records_where': new Map(),
    })

  it('is looked into in a session of its own, which is closed again', async () => {
    const inDisk = host()
    await runCommand(inDisk, 'tunnel-list', ['database:vdi-uuid', 'v'])
    expect(inDisk.calls).toEqual([
      ['VDI.get_by_uuid', 'OpaqueRef:session', 'v'],
      ['VDI.open_database', 'OpaqueRef:session', 'OpaqueRef:vdi'],
      ['tunnel.get_all_records_where', 'OpaqueRef:other', 'true'],
      ['session.logout', 'OpaqueRef:other'],
    ])
    const inFile = host()
    await runCommand(inFile, 'tunnel-list', ['database:filename', '/f'])
    expect(inFile.calls[0]).toEqual(['session.create_from_db_file', 'OpaqueRef:session', '/f'])
  })

  it('is closed after a failure too', async () => {
    const failing = host()
    const list = runCommand(failing, 'tunnel-param-list', ['uuid', 'x'], ['database:filename', '/f'])
    await expect(list).rejects.toMatchObject({ code: 'MESSAGE_METHOD_UNKNOWN' })
    expect(failing.methods().at(-1)).toBe('session.logout')
  })

  it('can only be one', async () => {
    const both = runCommand(host(), 'tunnel-list', ['database:filename', '/f'], ['database:vdi-uuid', 'v'])
    await expect(both).rejects.toThrow('exclude each other')
  })
})

test('a bad --all is complained about before anything is read', async () => {
  const host = hostWith()
  await expect(runCommand(host, 'tunnel-list', ['all', 'maybe'])).rejects.toThrow(/all.*maybe/)
  expect(host.calls).toEqual([])
})

test('a value that cannot be read ends a whole comparison, and only fails to match a part of it', async () => {
  const host = hostWith({
    'host.get_all_records_where': new Map([['OpaqueRef:h', record({ uuid: 'u', updates: ['OpaqueRef:x'] })]]),
    'pool_update.get_uuid': fails('INTERNAL_ERROR', 'x'),
  })
  expect(recordsOf(await runCommand(host, 'host-list', ['updates:contains', 'x']))).toEqual([])
  await expect(runCommand(host, 'host-list', ['updates', 'x'])).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
})
