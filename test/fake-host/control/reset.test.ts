import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datamodel, type Ref, type Value } from '../../../src/datamodel/index.ts'
import type { Database, Stored } from '../../../src/fake-host/database/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { type FakeHost, startFakeHost } from '../../../src/fake-host/index.ts'
import { newFolder } from '../folder.ts'
import { logIn } from './started.ts'

/** Every field of every object, in its order. */
function everything(db: Database): unknown {
  const classes = [...datamodel().classes.values()].filter(cls => cls.inDatabase)
  return classes.map(({ name }) => {
    const cls = name as Stored // it is in the database
    return [name, db.refs(cls).map(ref => [ref, db.stored(cls, ref)])]
  })
}

/** What a test might do: tunnels, VLANs and bonds come and go. Gives all references that it was given. */
async function work(host: FakeHost): Promise<unknown[]> {
  const { call } = await logIn(host)
  const { db } = host
  const named = (device: string) => db.refs('PIF').filter(ref => db.get('PIF', ref, 'device') === device)
  const [transport = ''] = named('eth0')
  const network = await call('network.create', new Map<string, RpcValue>([['other_config', new Map()]]))
  const tunnel = await call('tunnel.create', transport, String(network), 'vxlan')
  const vlan = await call('VLAN.create', named('eth1')[0] ?? '', 7n, String(await call('network.create', new Map<string, RpcValue>([['other_config', new Map()]])))) // biome-ignore format: as it is
  const bond = await call('Bond.create', String(await call('network.create', new Map<string, RpcValue>([['other_config', new Map()]]))), named('eth2').slice(0, 1).concat(named('eth3').slice(0, 1)), '').catch(String) // biome-ignore format: as it is
  await call('VLAN.destroy', String(vlan))
  const task = await call('Async.pool.sync_database')
  return [network, tunnel, vlan, bond, task, db.get('network', String(network), 'bridge')]
}

describe('a reset', () => {
  it('makes everything what it was at the start, and what is done then comes to the same', async () => {
    await using host = await startFakeHost({ listen: false, seed: 11, clock: () => 0 })
    const before = everything(host.db)
    const first = await work(host)
    expect(everything(host.db)).not.toEqual(before)
    await host.control.reset()
    expect(everything(host.db)).toEqual(before)
    const second = await work(host)
    expect(second).toEqual(first)
    await host.control.reset()
    expect(everything(host.db)).toEqual(before)
  })

  it('brings back what was destroyed, with those that referred to it', async () => {
    await using host = await startFakeHost({ listen: false })
    const before = everything(host.db)
    for (const cls of ['host', 'network', 'VM', 'PIF', 'pool'] as const) {
      const [ref = ''] = host.db.refs(cls)
      if (cls !== 'pool') await host.control.removeObject(cls, ref)
    }
    await host.control.reset()
    expect(everything(host.db)).toEqual(before)
  })

  it('undoes whatever is done to the objects', async () => {
    await using host = await startFakeHost({ listen: false, seed: 2 })
    const before = everything(host.db)
    const { control, db } = host
    const classes = ['PIF', 'network', 'VM', 'VIF', 'host_metrics', 'tunnel', 'Bond', 'VLAN', 'subject'] as const
    const step = fc.tuple(fc.constantFrom('add', 'remove', 'write'), fc.constantFrom(...classes), fc.nat(), fc.nat())
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
        for (const [kind, cls, which, other] of steps) {
          const refs = db.refs(cls)
          const ref = refs[which % Math.max(1, refs.length)]
          const pifs = db.refs('PIF')
          const pif = pifs[other % Math.max(1, pifs.length)] ?? ''
          if (kind === 'add')
            await control.addObject(cls, cls === 'tunnel' ? { access_PIF: pif, transport_PIF: pif } : {})
          else if (ref === undefined) continue
          else if (kind === 'remove') await control.removeObject(cls, ref)
          else if (cls === 'PIF')
            await control.writeObject(cls, ref, { network: db.refs('network')[other % 4] ?? 'x', MTU: other })
          else if (cls === 'VIF') await control.writeObject(cls, ref, { VM: db.refs('VM')[other % 4] ?? 'x' })
          else await control.writeObject(cls, ref, { uuid: `uuid-${other}-${ref}` })
        }
        await control.reset()
        expect(everything(db)).toEqual(before)
        for (const ref of db.refs('PIF')) expect(db.byUuid('PIF', db.get('PIF', ref, 'uuid'))).toBe(ref)
      }),
      { numRuns: 40 },
    )
  })

  it('ends sessions, and whoever waits in them hears of it', async () => {
    await using host = await startFakeHost({ listen: false })
    const { call } = await logIn(host)
    const waiting = call('event.from', ['PIF'], String((await call('event.from', ['PIF'], '', 0) as ReadonlyMap<string, Value>).get('token')), 60) // biome-ignore format: as it is
    await host.control.reset()
    await expect(waiting).rejects.toThrow('SESSION_INVALID')
    expect(host.db.refs('session')).toEqual([])
  })

  it('is seen by those who watch, as the changes that it is', async () => {
    await using host = await startFakeHost({ listen: false })
    const network = await host.control.addObject('network')
    const { generation } = host.db
    await host.control.reset()
    expect(host.db.generation).toBeGreaterThan(generation)
    const { call } = await logIn(host)
    const token = `${String(generation).padStart(20, '0')},${'0'.padStart(20, '0')}`
    const batch = (await call('event.from', ['network'], token, 0)) as ReadonlyMap<
      string,
      readonly ReadonlyMap<string, Value>[]
    >
    expect(batch.get('events')?.map(event => [event.get('operation'), event.get('ref')])).toEqual([['del', network]])
  })

  it('gives the networking daemons, the clock, passwords, faults and the history back as they were', async () => {
    const rule = { method: 'VM.start', error: ['X'], max: 1 }
    await using host = await startFakeHost({ listen: false, clock: () => 0, faults: [rule] })
    const { control } = host
    const { call } = await logIn(host)
    await call('session.change_password', 'pw', 'other')
    const vm = host.db.refs('VM')[0] ?? ''
    await expect(call('VM.start', vm, false, false)).rejects.toThrow('X')
    await control.disturbNetwork({ fail: { call: 'Bridge.make_config', kind: 'text', text: 'boom' } })
    await control.setFaults([{ method: 'PIF.get_all', error: ['Y'] }])
    control.clock.hold()
    control.clock.advance(1000)
    await control.reset()
    expect([control.clock.now(), control.clock.isHeld]).toEqual([0, false])
    expect(control.faults).toEqual([{ rule, matched: 0, acted: 0 }])
    expect(control.unusedFaults).toEqual([{ method: 'PIF.get_all', error: ['Y'] }])
    expect(host.calls).toEqual([])
    const again = await logIn(host)
    const pif = host.db.refs('PIF').find(ref => host.db.get('PIF', ref, 'device') === 'eth2') ?? ''
    await again.call('PIF.plug', pif)
  })

  it('lets a host run that was stopped', async () => {
    await using host = await startFakeHost({ listen: false })
    await host.control.stopHost('host2')
    expect(host.hosts.get('host2').running).toBe(false)
    await host.control.reset()
    expect(host.hosts.get('host2').running).toBe(true)
  })

  it('is what a pool in a file is kept as', async () => {
    const state = join(await newFolder(), 'state.json')
    const host = await startFakeHost({ listen: false, state, seed: 4 })
    const text = await readFile(state, 'utf8')
    await work(host)
    await host.control.reset()
    await host.stop()
    expect(await readFile(state, 'utf8')).toBe(text)
  })

  it('goes back to what a file held when the pool was started', async () => {
    const state = join(await newFolder(), 'state.json')
    const first = await startFakeHost({ listen: false, state })
    const network: Ref<'network'> = await first.control.addObject('network', { name_label: 'kept' })
    await first.stop()
    await using second = await startFakeHost({ listen: false, state })
    await second.control.writeObject('network', network, { name_label: 'changed' })
    await second.control.reset()
    expect(second.db.get('network', network, 'name_label')).toBe('kept')
  })
})
