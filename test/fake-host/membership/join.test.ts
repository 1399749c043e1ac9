import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { startFakeHost } from '../../../src/fake-host/start.ts'
import { connect } from '../../../src/xapi/index.ts'
import { newFolder } from '../folder.ts'
import { again, join, type Served, serve, single } from './pools.ts'

const byUuid = ({ fake }: Served, of: Served, uuid = of.fake.db.get('host', of.host, 'uuid')): Ref<'host'> =>
  fake.db.byUuid('host', uuid)

describe('a host that joins a pool', () => {
  it('is one of its members, with its NICs plugged and on the networks of the same bridges', async () => {
    const pool = await serve({ hosts: 2, seed: 1 })
    const joining = await single()
    const uuid = joining.fake.db.get('host', joining.host, 'uuid')
    const before = pool.fake.db.refs('network').length
    expect(await join(joining, pool)).toBe('')
    const { db } = pool.fake
    const host = byUuid(pool, joining, uuid)
    expect(db.get('host_metrics', db.get('host', host, 'metrics'), 'live')).toBe(true)
    expect(db.get('host', host, 'enabled')).toBe(true)
    expect(db.get('host', host, 'name_label')).toBe('host1')
    expect(db.get('host', host, 'address')).toBe(joining.address)
    const pifs = db.get('host', host, 'PIFs').map(pif => Object.fromEntries(db.record('PIF', pif)))
    const summary = pifs.map(pif => [pif.device, pif.management, pif.currently_attached, pif.ip_configuration_mode])
    expect(summary.sort()).toEqual([
      ['eth0', true, true, 'Static'],
      ['eth1', false, true, 'DHCP'],
      ['eth2', false, true, 'None'],
      ['eth3', false, true, 'None'],
    ])
    for (const { device, network } of pifs) {
      expect(db.get('network', String(network), 'bridge')).toBe(String(device).replace('eth', 'xenbr'))
    }
    expect(db.refs('network')).toHaveLength(before)
    expect(await pool.fake.pool.networks.of(host).run(daemon => daemon['Bridge.get_all']())).toHaveLength(4)
  })

  it('T25: brings no tunnels along: they have to go first, and what was their network joins nothing then', async () => {
    const pool = await serve({ hosts: 1, seed: 1 })
    const joining = await single()
    const [eth1 = ''] = joining.fake.db.refs('PIF').filter(pif => joining.fake.db.get('PIF', pif, 'device') === 'eth1')
    const made = new Map<string, RpcValue>([
      ['name_label', 'red'],
      ['other_config', new Map()],
    ])
    const network = String(await joining.ask('network.create', made))
    const tunnel = String(await joining.ask('tunnel.create', eth1, network))
    expect(await join(joining, pool)).toEqual(['POOL_JOINING_HOST_HAS_TUNNELS'])
    expect(await joining.ask('tunnel.destroy', tunnel)).toBe('')
    expect(await join(joining, pool)).toBe('')
    const { db } = pool.fake
    expect(db.refs('tunnel')).toEqual([])
    const networks = db.refs('network').filter(ref => db.get('network', ref, 'name_label') === 'red')
    for (const ref of networks) expect(db.get('network', ref, 'PIFs')).toEqual([])
  })

  it('sends its own clients to the coordinator, which a client finds by itself', async () => {
    const pool = await serve({ hosts: 1, seed: 1 })
    const joining = await single()
    await join(joining, pool)
    expect(await joining.ask('pool.get_all')).toEqual(['HOST_IS_SLAVE', pool.address])
    const { host, port } = joining.fake
    const session = await connect({ host, port, tls: false, username: 'root', password: 'pw' })
    expect(await session.host.get_all()).toHaveLength(2)
    await session.logout()
  })

  it('gets bonds, VLANs and tunnels of the coordinator', async () => {
    const pool = await serve({ hosts: 1, seed: 1 })
    const { db } = pool.fake
    const nics = db.get('host', pool.host, 'PIFs').filter(pif => /eth[23]/.test(db.get('PIF', pif, 'device')))
    const [eth0 = ''] = db.get('host', pool.host, 'PIFs').filter(pif => db.get('PIF', pif, 'device') === 'eth0')
    const made = async () => String(await pool.ask('network.create', new Map([['other_config', new Map()]])))
    const networks = [await made(), await made(), await made()] as const
    expect(await pool.ask('Bond.create', networks[0], nics, '', 'balance-slb', new Map())).toMatch(/^OpaqueRef/)
    expect(await pool.ask('VLAN.create', eth0, 7n, networks[1])).toMatch(/^OpaqueRef/)
    expect(await pool.ask('tunnel.create', eth0, networks[2], 'vxlan')).toMatch(/^OpaqueRef/)
    const joining = await single()
    const uuid = joining.fake.db.get('host', joining.host, 'uuid')
    await join(joining, pool)
    const host = byUuid(pool, joining, uuid)
    const attached = networks.map(network => {
      const pif = db.get('network', network, 'PIFs').find(ref => db.get('PIF', ref, 'host') === host)
      return pif && db.get('PIF', pif, 'currently_attached')
    })
    expect(attached).toEqual([true, false, false])
  })

  it('brings networks that the pool lacks, and its halted VMs with their VIFs', async () => {
    const pool = await serve({ hosts: 1, seed: 1 })
    const joining = await single()
    const { db } = joining.fake
    const [eth3 = ''] = db.refs('network').filter(ref => db.get('network', ref, 'bridge') === 'xenbr3')
    db.set('network', eth3, 'bridge', 'brbackup')
    db.set('network', eth3, 'name_label', 'backup')
    const [vm = ''] = db.refs('VM').filter(ref => !db.get('VM', ref, 'is_control_domain'))
    const internal = db.create('network', { name_label: 'internal', bridge: 'xapi0' })
    db.create('VIF', { device: '1', network: internal, VM: vm, MAC: '02:00:00:00:00:01' })
    const former = pool.fake.db.refs('VM')
    await join(joining, pool)
    const there = pool.fake.db
    const named = (label: string) =>
      there.refs('network').filter(ref => there.get('network', ref, 'name_label') === label)
    expect(named('backup').map(ref => there.get('network', ref, 'bridge'))).toEqual(['brbackup'])
    expect(named('internal').map(ref => there.get('network', ref, 'bridge'))).toEqual(['xapi0'])
    const [moved = ''] = there
      .refs('VM')
      .filter(ref => !former.includes(ref) && !there.get('VM', ref, 'is_control_domain'))
    const networks = there.get('VM', moved, 'VIFs').map(vif => there.get('VIF', vif, 'network'))
    expect(networks.map(ref => there.get('network', ref, 'bridge')).sort()).toEqual(['xapi0', 'xenbr0'])
  })

  it('keeps its VLAN for the management interface, on the management network of the pool', async () => {
    const pool = await serve({ hosts: 1, seed: 1 })
    const joining = await single()
    for (const { fake, host } of [pool, joining]) {
      const { db } = fake
      const eth0 = db.get('host', host, 'PIFs').find(pif => db.get('PIF', pif, 'management')) ?? ''
      const network = db.create('network', { name_label: 'management', bridge: `xapi${fake === pool.fake ? 5 : 0}` })
      const fields = { device: 'eth0', host, network, VLAN: 7, physical: false, management: true, MTU: 1500 } as const
      const untagged = db.create('PIF', { ...fields, ip_configuration_mode: 'DHCP', IP: '198.51.100.9' })
      const vlan = db.create('VLAN', { tagged_PIF: eth0, untagged_PIF: untagged, tag: 7 })
      db.set('PIF', untagged, 'VLAN_master_of', vlan)
      db.set('PIF', eth0, 'management', false)
    }
    const uuid = joining.fake.db.get('host', joining.host, 'uuid')
    expect(await join(joining, pool)).toBe('')
    const { db } = pool.fake
    const host = byUuid(pool, joining, uuid)
    const management = db.get('host', host, 'PIFs').filter(pif => db.get('PIF', pif, 'management'))
    expect(management.map(pif => [db.get('PIF', pif, 'VLAN'), db.get('PIF', pif, 'currently_attached')])).toEqual([
      [7, true],
    ])
    expect(db.get('network', db.get('PIF', management[0] ?? '', 'network'), 'bridge')).toBe('xapi5')
  })

  it('can do so over TLS, which it tries first', async () => {
    const pool = await serve({ hosts: 1, seed: 1, tls: true })
    const joining = await single()
    expect(await join(joining, pool)).toBe('')
    expect(pool.fake.db.refs('host')).toHaveLength(2)
  })

  it('can do so as a task, which nobody finds any more afterwards', async () => {
    const pool = await serve({ hosts: 1, seed: 1 })
    const joining = await single()
    const done = new Promise<void>(resolve => {
      joining.fake.db.onChange(change => {
        if (change.class === 'pool' && change.kind === 'write' && change.field === 'master') resolve()
      })
    })
    const task = String(await joining.ask('Async.pool.join', pool.address, 'root', 'pw'))
    await done
    expect(pool.fake.db.refs('host')).toHaveLength(2)
    expect(await joining.ask('task.get_status', task)).toEqual(['HOST_IS_SLAVE', pool.address])
  })

  it('is still a member when its process is served again from its file', async () => {
    const state = `${await newFolder()}/host.json`
    const pool = await serve({ hosts: 1, seed: 1 })
    const joining = await single({ state })
    await join(joining, pool)
    await joining.fake.stop()
    const again = await serve({ state })
    expect(await again.ask('pool.get_all')).toEqual(['HOST_IS_SLAVE', pool.address])
    expect([...again.fake.hosts].map(({ name }) => name)).toEqual(['host1'])
  })
})

describe('joining a pool that cannot be', () => {
  it('tells wrong credentials, members, strangers and nobody apart', async () => {
    const pool = await serve({ hosts: 2, seed: 1, members: true })
    const joining = await single()
    expect(await join(joining, pool, 'pool.join', 'wrong')).toEqual([
      'SESSION_AUTHENTICATION_FAILED',
      'root',
      expect.any(String),
    ])
    const member = pool.fake.hosts.get('host2').url
    expect(await joining.ask('pool.join', member, 'root', 'pw')).toEqual(['HOST_IS_SLAVE', pool.address])
    const gone = await single({ seed: 5 })
    await gone.fake.stop()
    expect(await join(joining, gone)).toEqual(['JOINING_HOST_CONNECTION_FAILED'])
    expect(await joining.ask('pool.join', 'not an address', 'root', 'pw')).toEqual(['JOINING_HOST_CONNECTION_FAILED'])
    const { createServer } = await import('node:http')
    const stranger = createServer((_request, response) => response.end('<html>'))
    await new Promise<void>(resolve => stranger.listen(0, '127.0.0.1', resolve))
    const address = stranger.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await joining.ask('pool.join', `http://127.0.0.1:${port}`, 'root', 'pw')).toEqual([
      'JOINING_HOST_SERVICE_FAILED',
    ])
    stranger.close()
    expect(joining.fake.db.refs('host')).toEqual([joining.host])
    expect(pool.fake.db.refs('host')).toHaveLength(2)
  })

  it('changes nothing on either side', async () => {
    const pool = await serve({ hosts: 1, seed: 1 })
    const joining = await single()
    const { db } = joining.fake
    db.create('Bond', { master: db.refs('PIF')[0] ?? '' })
    const states = () => [joining, pool].map(({ fake }) => JSON.parse(fake.control.state()).objects)
    const before = states()
    expect(await join(joining, pool)).toEqual(['POOL_JOINING_HOST_HAS_BONDS'])
    expect(states()).toEqual(before)
  })
})

describe('pool.eject', () => {
  const joined = async (): Promise<{ pool: Served; joining: Served; host: Ref<'host'> }> => {
    const pool = await serve({ hosts: 2, seed: 1 })
    const joining = await single()
    const uuid = joining.fake.db.get('host', joining.host, 'uuid')
    await join(joining, pool)
    return { pool, joining, host: byUuid(pool, joining, uuid) }
  }

  it('is refused for the coordinator, under HA, during an upgrade, and while guests run', async () => {
    const { pool, host } = await joined()
    const { db } = pool.fake
    const own = db.refs('pool')[0] ?? NULL_REF
    expect(await pool.ask('pool.eject', pool.host)).toEqual(['INTERNAL_ERROR', expect.any(String)])
    db.set('pool', own, 'ha_enabled', true)
    expect(await pool.ask('pool.eject', host)).toEqual(['HA_IS_ENABLED'])
    db.set('pool', own, 'ha_enabled', false)
    db.set('pool', own, 'other_config', new Map([['rolling_upgrade_in_progress', 'true']]))
    expect(await pool.ask('pool.eject', host)).toEqual(['NOT_SUPPORTED_DURING_UPGRADE'])
    db.set('pool', own, 'other_config', new Map())
    const guest = db.create('VM', { resident_on: host, power_state: 'Running' })
    expect(await pool.ask('pool.eject', host)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
    db.destroy('VM', guest)
    db.set('host_metrics', db.get('host', host, 'metrics'), 'live', false)
    expect(await pool.ask('pool.eject', host)).toEqual(['HOST_OFFLINE', host])
  })

  it('removes the host; its PIFs go with the next tidying up, networks stay', async () => {
    const { pool, host } = await joined()
    const { db } = pool.fake
    const pifs = db.get('host', host, 'PIFs')
    const networks = db.refs('network')
    const SR = db.create('SR', {})
    const pbd = db.create('PBD', { host, SR, currently_attached: true })
    expect(await pool.ask('pool.eject', host)).toBe('')
    expect(db.exists('host', host)).toBe(false)
    expect(db.get('PBD', pbd, 'currently_attached')).toBe(false)
    expect(pifs.every(pif => db.exists('PIF', pif))).toBe(true)
    await pool.fake.control.collect()
    expect(pifs.some(pif => db.exists('PIF', pif))).toBe(false)
    expect(db.refs('network')).toEqual(networks)
  })

  it('lets a host that came from elsewhere be a pool of its own again, with its NICs', async () => {
    const { pool, joining, host } = await joined()
    await pool.ask('pool.eject', host)
    await joining.fake.hosts.get('host1').start() // waits for its boot
    const { db } = joining.fake
    expect(joining.fake.pool.hosts.coordinator()).toBe(joining.host)
    expect(db.refs('host')).toEqual([joining.host])
    const devices = db.get('host', joining.host, 'PIFs').map(pif => db.get('PIF', pif, 'device'))
    expect(devices.sort()).toEqual(['eth0', 'eth1', 'eth2', 'eth3'])
    const { port } = joining.fake
    const session = await connect({ host: '127.0.0.1', port, tls: false, username: 'root', password: 'pw' })
    expect(await session.host.get_address(joining.host)).toBe('198.18.0.11')
    await session.logout()
    expect(await join(await again(joining.fake), pool)).toBe('')
  })

  it('closes the door of a host that the same process serves', async () => {
    const fake = await startFakeHost({ hosts: 2, members: true })
    const member = fake.hosts.get('host2')
    const { url, ref } = member
    const login = await fake.dispatch({ method: 'session.login_with_password', params: ['root', 'pw'], origin: 'tcp' })
    const session = login.ok ? String(login.value) : ''
    for (const vm of fake.db.get('host', ref, 'resident_VMs')) fake.db.set('VM', vm, 'power_state', 'Halted')
    expect(await fake.dispatch({ method: 'pool.eject', params: [session, ref], origin: 'tcp' })).toMatchObject({
      ok: true,
    })
    await expect(fetch(url, { method: 'POST', body: '' })).rejects.toThrow()
    expect([...fake.hosts].map(({ name }) => name)).toEqual(['host1'])
    await fake.stop()
  })
})

it('a reset takes a join back, on either side', async () => {
  const pool = await serve({ hosts: 1, seed: 1 })
  const joining = await single()
  const states = () => [joining, pool].map(({ fake }) => JSON.parse(fake.control.state()).objects)
  await joining.fake.control.reset()
  const before = states()
  for (const vm of joining.fake.db.refs('VM')) {
    if (!joining.fake.db.get('VM', vm, 'is_control_domain')) joining.fake.db.set('VM', vm, 'power_state', 'Halted')
  }
  expect(await join(await again(joining.fake), pool)).toBe('')
  const secret = joining.fake.pool.hosts.secret
  expect(secret).toBe(pool.fake.pool.hosts.secret)
  for (const { fake } of [joining, pool]) await fake.control.reset()
  expect(states()).toEqual(before)
  expect(joining.fake.pool.hosts.secret).not.toBe(secret)
  expect(await (await again(joining.fake)).ask('host.get_all')).toEqual([joining.host])
})

it('the secret of a pool and the password of another stay out of the history', async () => {
  const pool = await serve({ hosts: 1, seed: 1, poolSecret: 'hush, pool' })
  const joining = await single()
  await joining.ask('pool.join', pool.address, 'root', 'not the password')
  await join(joining, pool)
  const told = inspect([pool.fake.calls, joining.fake.calls], { depth: null, maxArrayLength: null })
  expect(told).toContain('pool.hello')
  expect(told).not.toContain('hush')
  expect(told).not.toContain('not the password')
})

describe('pool.hello', () => {
  it('knows hosts of the pool', async () => {
    const pool = await serve({ hosts: 1, seed: 1 })
    expect(await pool.ask('pool.hello', 'a', '198.51.100.1')).toBe('unknown_host')
    const { db } = pool.fake
    expect(await pool.ask('pool.hello', db.get('host', pool.host, 'uuid'), '198.51.100.1')).toBe('ok')
  })
})
