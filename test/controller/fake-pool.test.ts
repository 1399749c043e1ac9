import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually, managementPif, type Pool, type Span, startPool } from './running.ts'

let pool: Pool

beforeEach(async () => {
  pool = await startPool()
})
afterEach(() => pool[Symbol.asyncDispose]())

const statuses = ({ tunnels }: Span) =>
  Promise.all(tunnels.map(async tunnel => Object.fromEntries(await pool.session.tunnel.get_status(tunnel))))

const allActive = (span: Span) =>
  eventually(async () => {
    for (const status of await statuses(span)) expect(status).toMatchObject({ active: 'true', key: expect.anything() })
  })

/** The tunnel ports of all switches, as `host bridge type remote key`. */
async function ports(): Promise<string[]> {
  const states = await Promise.all(
    pool.hosts.map(async host => {
      if (!pool.fake.hosts.get(host).running) return []
      const { bridges } = await pool.fake.control.switchState(host)
      return bridges.flatMap(({ name, ports: its }) =>
        its
          .filter(({ type }) => type === 'gre' || type === 'vxlan')
          .map(({ type, options }) => `${name} ${type} ${options.get('remote_ip')} ${options.get('key')}`),
      )
    }),
  )
  return states.flat()
}

describe('a controller of a fake pool', () => {
  it.each(['gre', 'vxlan'] as const)('T26, T29, T33: links the hosts of a %s network and says so', async protocol => {
    await pool.control()
    const span = await pool.span('red', protocol)
    await allActive(span)
    const keys = new Set((await statuses(span)).map(({ key }) => key))
    expect(keys.size).toBe(1)
    const [key] = keys
    expect(await ports()).toHaveLength(4)
    expect((await ports()).every(port => port.includes(` ${protocol} `) && port.endsWith(` ${key}`))).toBe(true)
  })

  it('T26: finds the tunnels that were there when it started', async () => {
    const span = await pool.span('red')
    await pool.control()
    await allActive(span)
  })

  it('T35, T13: without one, nothing is linked', async () => {
    const span = await pool.span('red')
    expect(await ports()).toEqual([])
    expect(await statuses(span)).toEqual(span.tunnels.map(() => ({ active: 'false' })))
  })

  it('sentences 31, 35, 36: once all is set up nothing is written any more, also by the next controller', async () => {
    const first = await pool.control()
    const span = await pool.span('red')
    await allActive(span)
    const before = await Promise.all(pool.hosts.map(host => pool.fake.control.switchState(host)))
    const written = first.controller.reconciler.counts.statuses
    first.controller.reconciler.everything()
    await first.stop()
    expect(first.controller.reconciler.counts.statuses).toBe(written)
    const second = await pool.control()
    await eventually(() => expect(second.controller.reconciler.leads).toBe(true))
    await eventually(() => expect(second.controller.reconciler.counts.plans).toBeGreaterThan(0))
    await new Promise(resolve => setImmediate(resolve))
    expect(second.controller.reconciler.counts).toMatchObject({ changes: 0, statuses: 0, elections: 0 })
    expect(await Promise.all(pool.hosts.map(host => pool.fake.control.switchState(host)))).toEqual(before)
  })

  it('sentence 32: what others say in status stays', async () => {
    const { session } = pool
    const span = await pool.span('red')
    for (const tunnel of span.tunnels) await session.tunnel.add_to_status(tunnel, 'colour', 'blue')
    await pool.control()
    await allActive(span)
    for (const status of await statuses(span)) expect(status).toMatchObject({ colour: 'blue' })
  })

  it('T34, sentence 26: unplugging makes a tunnel inactive without key, and the others go on; plugging brings it back', async () => {
    const { session } = pool
    const { controller } = await pool.control()
    const span = await pool.span('red')
    await allActive(span)
    const centre = controller.reconciler.plans.get(span.uuid)?.centre
    const keyBefore = (await statuses(span))[0]?.key
    const uuids = await Promise.all(pool.hosts.map(host => session.host.get_uuid(host)))
    const at = uuids.indexOf(centre ?? '')
    const tunnel = span.tunnels[at]
    if (tunnel === undefined) throw new Error('no centre')
    const pif = await session.tunnel.get_access_PIF(tunnel)
    await session.PIF.unplug(pif)
    await eventually(async () => {
      const all = await statuses(span)
      expect(all[at]).toEqual({ active: 'false', changed: expect.stringMatching(/^\d{4}-.*Z$/) })
      for (const [index, status] of all.entries()) {
        if (index !== at) expect(status).toMatchObject({ active: 'true', key: keyBefore })
      }
    })
    await eventually(async () => expect(await ports()).toHaveLength(2))
    await session.PIF.plug(pif)
    await allActive(span)
    expect((await statuses(span)).every(({ key }) => key === keyBefore)).toBe(true)
    expect(controller.reconciler.plans.get(span.uuid)?.centre).not.toBe(centre)
  })

  it('T30, sentence 39: when the tunnels are destroyed no port remains', async () => {
    const { session } = pool
    await pool.control()
    const span = await pool.span('red')
    await allActive(span)
    for (const tunnel of span.tunnels) await session.tunnel.destroy(tunnel)
    await session.network.destroy(span.network)
    await eventually(async () => expect(await ports()).toEqual([]))
  })

  it('sentence 38: a port that is taken away or changed behind its back comes back', async () => {
    await pool.control()
    const span = await pool.span('red')
    await allActive(span)
    const good = (await ports()).sort()
    const [host] = pool.hosts
    if (host === undefined) throw new Error('no host')
    const { bridges } = await pool.fake.control.switchState(host)
    const port = bridges.flatMap(({ ports: its }) => its).find(({ type }) => type === 'gre')?.name ?? ''
    await pool.fake.control.editSwitch(host, [
      {
        op: 'set-port',
        port,
        options: new Map([
          ['remote_ip', '192.0.2.9'],
          ['key', '9'],
        ]),
      },
    ])
    await eventually(async () => expect((await ports()).sort()).toEqual(good))
    await pool.fake.control.editSwitch(host, [{ op: 'del-port', port }])
    await eventually(async () => expect((await ports()).sort()).toEqual(good))
  })

  it('T28, sentences 21, 33: when the host of the centre stops the others are linked anew, and it says HOST_DEAD', async () => {
    const { session } = pool
    const { controller } = await pool.control()
    const span = await pool.span('red')
    await allActive(span)
    const centre = controller.reconciler.plans.get(span.uuid)?.centre ?? ''
    const uuids = await Promise.all(pool.hosts.map(host => session.host.get_uuid(host)))
    const coordinator = await session.pool.get_master((await session.pool.get_all())[0] ?? '')
    const [network] = await session.network.get_by_name_label('red')
    if (network === undefined) throw new Error('no network')
    const spare = uuids.find((_, at) => pool.hosts[at] !== coordinator) ?? ''
    await session.network.add_to_other_config(network, 'xe-tunnel-centre', spare)
    await eventually(() => expect(controller.reconciler.plans.get(span.uuid)?.centre).toBe(spare))
    await allActive(span)
    expect([spare, centre]).toContain(controller.reconciler.plans.get(span.uuid)?.centre)
    await pool.fake.hosts.get(spare).stop()
    await eventually(async () => {
      const all = await statuses(span)
      expect(all[uuids.indexOf(spare)]).toMatchObject({ active: 'false', error: 'HOST_DEAD' })
      expect(all.filter(({ active }) => active === 'true')).toHaveLength(2)
    })
    expect(controller.reconciler.plans.get(span.uuid)?.centre).not.toBe(spare)
    await pool.fake.hosts.get(spare).start()
    await allActive(span) // 43: plugged, and linked, without anybody's help
  })

  it('sentence 47: of two controllers one works, and the other takes over when it ends', async () => {
    const first = await pool.control({ owner: 'a' })
    await eventually(() => expect(first.controller.reconciler.leads).toBe(true))
    const second = await pool.control({ owner: 'b' })
    const span = await pool.span('red')
    await allActive(span)
    expect(second.controller.reconciler.leads).toBe(false)
    expect(second.controller.reconciler.counts.changes).toBe(0)
    await first.stop()
    await eventually(() => expect(second.controller.reconciler.leads).toBe(true))
    await allActive(await pool.span('blue'))
    expect(first.controller.reconciler.counts.changes).toBe(4)
  })

  it('sentence 41: a bond below the transport gives new tunnels, the same key, and links that work', async () => {
    const { session } = pool
    await pool.control()
    const span = await pool.span('red')
    await allActive(span)
    const key = (await statuses(span))[0]?.key
    const [host] = pool.hosts
    if (host === undefined) throw new Error('no host')
    const members = [await managementPif(session, host)]
    for (const pif of await session.host.get_PIFs(host)) {
      const { physical, management } = await session.PIF.get_record(pif)
      if (physical && !management && members.length < 2) members.push(pif)
    }
    const network = await session.network.create({ name_label: 'bond', other_config: new Map() })
    await session.Bond.create(network, members, '')
    await eventually(async () => {
      const records = [...(await session.tunnel.get_all_records()).values()]
      expect(records).toHaveLength(3)
      for (const { status } of records) expect(Object.fromEntries(status)).toMatchObject({ active: 'true', key })
    })
  })
})
