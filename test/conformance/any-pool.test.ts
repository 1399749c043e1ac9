import { describe, expect, it } from 'vitest'
import { type Session, XapiError } from '../../src/xapi/index.ts'
import { mayWrite, pools } from './drivers.ts'

async function failure(call: Promise<unknown>): Promise<readonly string[]> {
  const error = await call.then(
    () => undefined,
    reason => reason,
  )
  if (!(error instanceof XapiError)) throw error ?? new Error('the call succeeded')
  return [error.code, ...error.params]
}

const GONE = 'OpaqueRef:00000000-0000-4000-8000-000000000000'

// What holds for every host, and can be seen without changing anything. A real one takes part where XE_TUNNEL_LIVE_URL is set.
describe.each(pools)('a pool $name', pool => {
  const reading = (title: string, look: (session: Session) => Promise<void>) =>
    it(title, async () => {
      await using connected = await pool.connect()
      await look(connected.session)
    })

  reading('has one pool record, whose master is one of its hosts', async session => {
    const all = [...(await session.pool.get_all_records()).values()]
    expect(all).toHaveLength(1)
    expect(await session.host.get_all()).toContain(all[0]?.master)
  })

  reading('lists its messages', async session => {
    const names = await session.call('system.listMethods').catch(() => [])
    expect(Array.isArray(names)).toBe(true)
  })

  reading('gives references in the same order everywhere', async session => {
    const refs = await session.PIF.get_all()
    expect([...(await session.PIF.get_all_records()).keys()].sort()).toEqual([...refs].sort())
  })

  reading('keeps both sides of every relation of PIFs', async session => {
    const [pifs, networks, tunnels] = await Promise.all([
      session.PIF.get_all_records(),
      session.network.get_all_records(),
      session.tunnel.get_all_records(),
    ])
    for (const [ref, pif] of pifs) expect(networks.get(pif.network)?.PIFs).toContain(ref)
    for (const [ref, tunnel] of tunnels) {
      expect(pifs.get(tunnel.access_PIF)?.tunnel_access_PIF_of).toEqual([ref])
      expect(pifs.get(tunnel.transport_PIF)?.tunnel_transport_PIF_of).toContain(ref)
    }
  })

  reading('filters by expression', async session => {
    const management = await session.PIF.get_all_records_where('field "management" = "true"')
    expect([...management.values()].every(pif => pif.management)).toBe(true)
    expect(management.size).toBeGreaterThan(0)
    expect((await failure(session.PIF.get_all_records_where('garbage')))[0]).toBe('INVALID_VALUE')
  })

  reading('knows what is wrong with a call', async session => {
    expect(await failure(session.tunnel.get_record(GONE))).toEqual(['HANDLE_INVALID', 'tunnel', GONE])
    expect(await failure(session.tunnel.get_by_uuid('nobody'))).toEqual(['UUID_INVALID', 'tunnel', 'nobody'])
    expect(await failure(session.call('tunnel.get_record'))).toEqual([
      'MESSAGE_PARAMETER_COUNT_MISMATCH',
      'tunnel.get_record',
      '1',
      '0',
    ])
    expect(await failure(session.call('tunnel.get_everything'))).toEqual([
      'MESSAGE_METHOD_UNKNOWN',
      'tunnel.get_everything',
    ])
    expect((await failure(session.call('PIF.get_record', true)))[0]).toBe('INTERNAL_ERROR')
  })

  reading('tells who the caller is', async session => {
    const record = await session.session.get_record(session.ref)
    expect(record.originator).toBe('xe-tunnel')
    expect(record.this_host).toBe(await session.session.get_this_host(session.ref))
  })

  reading('begins its events with every object', async session => {
    const batch = await session.event.from(['network'], '', 1)
    expect(batch.events).toHaveLength((await session.network.get_all()).length)
    expect(batch.valid_ref_counts.get('network')).toBe(batch.events.length)
  })

  it.runIf(mayWrite(pool))('takes a network, its changes, and its end', async () => {
    await using connected = await pool.connect()
    const { session } = connected
    const network = await session.network.create({ name_label: 'made by a test', other_config: new Map([['a', 'b']]) })
    try {
      await session.network.add_to_other_config(network, '100', 'x')
      await session.network.add_to_other_config(network, '20', 'y')
      expect([...(await session.network.get_other_config(network))].sort()).toEqual([
        ['100', 'x'],
        ['20', 'y'],
        ['a', 'b'],
      ])
      expect((await failure(session.network.add_to_other_config(network, 'a', 'b')))[0]).toBe('MAP_DUPLICATE_KEY')
      await session.network.set_MTU(network, 9000)
      expect(await session.network.get_MTU(network)).toBe(9000)
      await session.network.set_name_label(network, 'grün <&> ☃ 😀')
      expect(await session.network.get_name_label(network)).toBe('grün <&> ☃ 😀')
    } finally {
      await session.network.destroy(network)
    }
    expect(await failure(session.network.get_record(network))).toEqual(['HANDLE_INVALID', 'network', network])
  })
})
