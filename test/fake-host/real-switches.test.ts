import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Ref, Value } from '../../src/datamodel/index.ts'
import type { RpcValue } from '../../src/fake-host/dispatch/call.ts'
import { readParameters } from '../../src/fake-host/serve-parameters.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../src/fake-host/start.ts'
import { describeUnless, noSwitch, type Switch, startSwitch } from '../ovs-lab/index.ts'
import { newFolder } from './folder.ts'

describe('real switches', () => {
  const refused = (options: FakeHostOptions, text: string) =>
    expect(startFakeHost({ listen: false, ...options })).rejects.toMatchObject({
      name: 'FakeHostError',
      message: expect.stringContaining(text),
    })

  it('have to be there, one a host and no more', async () => {
    await refused({ ovsdb: ['unix:/no/such/db.sock'] }, 'ovsdb: unix:/no/such/db.sock: no such file or directory')
    await refused({ ovsdb: ['unix:/a', 'unix:/b', 'unix:/c'] }, 'ovsdb has 3 addresses, but the pool has 2 hosts')
    await refused({ ovsdb: ['unix:/a', 'unix:/a'] }, 'each host needs a switch of its own')
    await refused({ ovsdb: ['/var/run/db.sock'] }, 'ovsdb=/var/run/db.sock: unix:PATH or tcp:HOST:PORT is needed')
    await refused({ ovsdb: ['tcp:host:x'] }, 'ovsdb: "tcp:host:x" is not the address of a database')
    await refused({ ovsdb: ['ssl:1.2.3.4'] }, 'unix:PATH or tcp:HOST:PORT is needed')
  })

  it('are for hosts on Open vSwitch, and a datapath is for them', async () => {
    await refused({ ovsdb: ['unix:/a'], backend: 'bridge' }, 'ovsdb=unix:/a: host1 has no Open vSwitch, but bridges')
    await refused({ datapath: 'netdev' }, 'datapath needs ovsdb')
  })

  it('are parameters of the programs', () => {
    const { options } = readParameters([
      ['ovsdb', 'unix:/a.sock,tcp:[::1]:6640'],
      ['datapath', 'netdev'],
    ])
    expect(options).toMatchObject({ ovsdb: ['unix:/a.sock', 'tcp:[::1]:6640'], datapath: 'netdev' })
    expect(() => readParameters([['datapath', 'kernel']])).toThrow('datapath=kernel: system, netdev or dummy is needed')
  })
})

describeUnless(noSwitch, 'on real switches, the hosts of a pool', () => {
  let switches: Switch[] = []
  const [first, second] = [() => switches[0] as Switch, () => switches[1] as Switch]
  const nextCfg = (ovs: Switch) => ovs.vsctl('get', 'open_vswitch', '.', 'next_cfg')

  beforeAll(async () => {
    switches = await Promise.all([startSwitch({ datapath: 'dummy' }), startSwitch({ datapath: 'dummy' })])
  })
  afterAll(() => Promise.all(switches.map(ovs => ovs.stop())))
  afterEach(async () => {
    for (const ovs of switches) await ovs.vsctl('clear', 'open_vswitch', '.', 'bridges')
  })

  const start = (options: FakeHostOptions = {}) =>
    startFakeHost({ listen: false, seed: 1, ovsdb: switches.map(ovs => ovs.address), datapath: 'dummy', ...options })

  it('that cannot be had any more are told by the name of their host, in one line and without a stack', async () => {
    const ovs = await startSwitch({ datapath: 'dummy' })
    await using host = await start({ listen: '127.0.0.1:0', ovsdb: [ovs.address] })
    await ovs.stop()
    const response = await fetch(`${host.url}/fake/bridges?host=host1`)
    const { error } = (await response.json()) as { error: string } // what a refusal is
    expect(response.status).toBe(400)
    expect(error).toMatch(/^the switch of host1 does not answer: .+$/)
  })

  /** A client with a session. */
  async function client(host: FakeHost) {
    const raw = (method: string, params: RpcValue[]) => host.dispatch({ method, params, origin: 'tcp' })
    const login = await raw('session.login_with_password', ['root', 'pw'])
    const session = login.ok ? String(login.value) : ''
    const answer = (method: string, ...params: RpcValue[]) => raw(method, [session, ...params])
    const call = async (method: string, ...params: RpcValue[]): Promise<Value> => {
      const got = await answer(method, ...params)
      if (!got.ok) throw new Error(`${method}: ${got.error.join(' ')}`)
      return got.value ?? ''
    }
    return { answer, call }
  }

  /** A tunnel network on both hosts. */
  async function tunnelled(host: FakeHost) {
    const { call, answer } = await client(host)
    const network = String(
      await call(
        'network.create',
        new Map<string, RpcValue>([
          ['name_label', 'red'],
          ['other_config', new Map()],
        ]),
      ),
    )
    const hostOf = (pif: Ref<'PIF'>) => host.db.get('host', host.db.get('PIF', pif, 'host'), 'name_label')
    const management = host.db.refs('PIF').filter(pif => host.db.get('PIF', pif, 'management'))
    const pifs = management.toSorted((a, b) => hostOf(a).localeCompare(hostOf(b)))
    const access = []
    for (const pif of pifs) {
      const tunnel = String(await call('tunnel.create', pif, network, 'gre'))
      access.push(String(await call('tunnel.get_access_PIF', tunnel)))
    }
    return { call, answer, network, access, bridge: String(await call('network.get_bridge', network)) }
  }

  it('have the bridges of their attached PIFs as soon as they are started', async () => {
    await using host = await start()
    expect(host.warnings).toEqual([])
    for (const ovs of switches) {
      expect(await ovs.vsctl('list-br')).toBe('xenbr0\nxenbr1')
      expect(await ovs.vsctl('list-ports', 'xenbr0')).toContain('eth0')
      expect(await ovs.vsctl('get', 'bridge', 'xenbr0', 'datapath_type')).toBe('dummy')
    }
  })

  it('get a bridge when a tunnel is plugged, each on its own switch, and lose it when it is unplugged', async () => {
    await using host = await start()
    const { call, access, network, bridge } = await tunnelled(host)
    await call('PIF.unplug', access[0] ?? '')
    expect(await first().vsctl('list-br')).toBe('xenbr0\nxenbr1')
    expect(await second().vsctl('list-br')).toContain(bridge)
    const MAC = await call('PIF.get_MAC', access[1] ?? '')
    expect(await second().vsctl('get', 'bridge', bridge, 'other_config:hwaddr')).toBe(`"${MAC}"`)
    const uuid = await call('network.get_uuid', network)
    expect(await second().vsctl('br-get-external-id', bridge, 'xs-network-uuids')).toBe(uuid)
    await call('PIF.unplug', access[1] ?? '')
    expect(await second().vsctl('list-br')).toBe('xenbr0\nxenbr1')
    await call('PIF.plug', access[0] ?? '')
    expect(await first().vsctl('list-br')).toContain(bridge)
  })

  it('have theirs in memory where there is no address for them', async () => {
    await using host = await start({ ovsdb: [first().address] })
    const { bridge } = await tunnelled(host)
    expect(await first().vsctl('list-br')).toContain(bridge)
    expect(await second().vsctl('list-br')).toBe('')
  })

  it('say why a PIF cannot be plugged while the switch is away, and can when it is back', async () => {
    await using host = await start()
    const { call, answer, access, bridge } = await tunnelled(host)
    await call('PIF.unplug', access[0] ?? '')
    await first().ovsdbServer.kill()
    expect(await answer('PIF.plug', access[0] ?? '')).toEqual({
      ok: false,
      error: [
        'PIF_CONFIGURATION_ERROR',
        expect.any(String), // the PIF that the tunnel starts from comes up first
        expect.stringMatching(/^script error \[script = .*connection refused\]$/),
      ],
    })
    await first().ovsdbServer.start()
    expect(await call('PIF.get_currently_attached', access[0] ?? '')).toBe(false)
    await call('PIF.plug', access[0] ?? '')
    expect(await first().vsctl('list-br')).toContain(bridge)
  })

  it('lose at a boot what was made for them, but for what comes back by itself; what is of others stays', async () => {
    await using host = await start()
    const { call, access, bridge } = await tunnelled(host)
    expect(await second().vsctl('list-br')).toContain(bridge)
    await second().vsctl('add-br', 'theirs', '--', 'set', 'bridge', 'theirs', 'datapath_type=dummy')
    await host.hosts.get('host2').stop()
    await host.hosts.get('host2').start()
    expect(await call('PIF.get_currently_attached', access[1] ?? '')).toBe(false)
    expect(await second().vsctl('list-br')).toBe('theirs\nxenbr0\nxenbr1\nxenbr2\nxenbr3')
  })

  it('have nothing written to them when the pool is started again as it was', async () => {
    const state = join(await newFolder(), 'pool.json')
    const before = await start({ state })
    const { access } = await tunnelled(before)
    await before.stop()
    const written = await Promise.all(switches.map(nextCfg))
    await using again = await start({ state })
    const { call: callAgain } = await client(again)
    for (const pif of access) await callAgain('PIF.plug', pif)
    expect(await Promise.all(switches.map(nextCfg))).toEqual(written)
  })

  it('are as at the start after a reset', async () => {
    await using host = await start()
    const { bridge } = await tunnelled(host)
    expect(await second().vsctl('list-br')).toContain(bridge)
    await host.control.reset()
    for (const ovs of switches) expect(await ovs.vsctl('list-br')).toBe('xenbr0\nxenbr1')
  })
})
