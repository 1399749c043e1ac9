import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF, type PIFRecord, type Ref } from '../../../src/datamodel/index.ts'
import type { Database } from '../../../src/fake-host/database/index.ts'
import { type Caller, logIn } from '../caller.ts'
import { bridgesOf } from '../fixtures.ts'

// The default pool, by the rows of docs/spec/tunnelling-design.md.
let pool: Caller
let db: Database
let hosts: readonly Ref<'host'>[]
let network: Ref<'network'>

const nic = (host: Ref<'host'> | undefined, device: string): Ref<'PIF'> =>
  db.get('host', host ?? NULL_REF, 'PIFs').find(pif => db.get('PIF', pif, 'device') === device) ?? NULL_REF
const fields = (pif: Ref<'PIF'>): PIFRecord => Object.fromEntries(db.record('PIF', pif)) as unknown as PIFRecord // its record
const create = async (device = 'eth0', on = network, host = hosts[0]): Promise<Ref<'tunnel'>> =>
  String(await pool.call('tunnel.create', nic(host, device), on, 'gre'))
const access = (tunnel: Ref<'tunnel'>): Ref<'PIF'> => db.get('tunnel', tunnel, 'access_PIF')
const bridgeOf = async (pif: Ref<'PIF'>) => {
  const { host, network: on } = fields(pif)
  return (await bridgesOf(pool.fake.pool, host)).get(db.get('network', on, 'bridge'))
}

beforeEach(async () => {
  pool = await logIn()
  db = pool.fake.pool.db
  hosts = db.refs('host')
  network = await newNetwork()
})

const newNetwork = async (): Promise<Ref<'network'>> =>
  String(await pool.call('network.create', new Map([['other_config', new Map()]])))

describe('the datamodel', () => {
  it('T2: a PIF lists its tunnels, as access and as transport, without being told', async () => {
    const transport = nic(hosts[0], 'eth0')
    const tunnels = [await create(), await create('eth0', await newNetwork())]
    expect(fields(transport).tunnel_transport_PIF_of).toEqual([...tunnels].reverse())
    for (const tunnel of tunnels) expect(fields(access(tunnel)).tunnel_access_PIF_of).toEqual([tunnel])
    await pool.call('tunnel.destroy', tunnels[0] ?? '')
    expect(fields(transport).tunnel_transport_PIF_of).toEqual(tunnels.slice(1))
  })

  it('T3: create returns the tunnel, and destroy takes it', async () => {
    const tunnel = await create()
    expect(db.refs('tunnel')).toEqual([tunnel])
    await pool.call('tunnel.destroy', tunnel)
    expect(db.refs('tunnel')).toEqual([])
  })

  it('T5: one tunnel a host makes a network with one access PIF a host', async () => {
    for (const host of hosts) await create('eth0', network, host)
    const pifs = db.get('network', network, 'PIFs')
    expect(pifs.map(pif => fields(pif).host).sort()).toEqual([...hosts].sort())
    expect(pifs.map(pif => fields(pif).device)).toEqual(['tunnel0', 'tunnel0'])
  })
})

describe('tunnel.create', () => {
  it('T10: is refused while any host of the pool has another back end', async () => {
    const other = hosts[1] ?? NULL_REF
    db.set('host', other, 'software_version', new Map([['network_backend', 'bridge']]))
    expect(await pool.error('tunnel.create', nic(hosts[0], 'eth0'), network)).toEqual(['OPENVSWITCH_NOT_ACTIVE'])
  })

  it('T11: is refused on an access PIF', async () => {
    const pif = access(await create())
    expect(await pool.error('tunnel.create', pif, await newNetwork())).toEqual(['IS_TUNNEL_ACCESS_PIF', pif])
  })

  it('T12: links tunnel and access PIF, which has a MAC of its own and no address', async () => {
    const pifs = [access(await create()), access(await create('eth0', await newNetwork()))].map(fields)
    expect(new Set(pifs.map(pif => pif.MAC)).size).toBe(2)
    for (const pif of pifs) {
      expect(pif.MAC).toMatch(/^[0-9a-f][26ae]:/)
      expect(pif).toMatchObject({ ip_configuration_mode: 'None', IP: '', netmask: '', gateway: '', DNS: '' })
    }
  })

  it('T13: leaves the tunnel inactive', async () => {
    expect(db.get('tunnel', await create(), 'status')).toEqual(new Map([['active', 'false']]))
  })

  it('T14: plugs the access PIF', async () => {
    expect(fields(access(await create()))).toMatchObject({ currently_attached: true, MTU: 1500 })
  })
})

describe('tunnel.destroy', () => {
  it('T15: unplugs the access PIF and destroys both', async () => {
    const tunnel = await create()
    const pif = access(tunnel)
    const bridge = db.get('network', network, 'bridge')
    await pool.call('tunnel.destroy', tunnel)
    expect(db.exists('PIF', pif) || db.exists('tunnel', tunnel)).toBe(false)
    expect((await bridgesOf(pool.fake.pool, hosts[0] ?? '')).has(bridge)).toBe(false)
  })
})

describe('PIF.plug on an access PIF', () => {
  it('T16: needs an IP configuration of the transport, and plugs the transport', async () => {
    const transport = nic(hosts[0], 'eth2')
    expect(await pool.error('tunnel.create', transport, network)).toEqual(['TRANSPORT_PIF_NOT_CONFIGURED', transport])
    const [pif = NULL_REF] = db.get('network', network, 'PIFs')
    await pool.call('PIF.reconfigure_ip', transport, 'DHCP', '', '', '', '')
    await pool.call('PIF.plug', pif)
    expect([fields(pif).currently_attached, fields(transport).currently_attached]).toEqual([true, true])
  })

  it('T17: makes a bridge of its own', async () => {
    const pif = access(await create())
    expect(await bridgeOf(pif)).toEqual({
      name: db.get('network', network, 'bridge'),
      ports: [],
      up: true,
      persistent: false,
    })
  })

  it('T18: links that bridge with no other and with no NIC', async () => {
    const pifs = [access(await create('eth0', network, hosts[0])), access(await create('eth0', network, hosts[1]))]
    for (const pif of pifs) expect((await bridgeOf(pif))?.ports).toEqual([])
    for (const host of hosts) expect((await bridgeOf(nic(host, 'eth0')))?.ports).toEqual(['eth0', 'vif1.0'])
  })

  it('T19: makes it attached', async () => {
    const pif = access(await create())
    await pool.call('PIF.unplug', pif)
    await pool.call('PIF.plug', pif)
    expect(fields(pif).currently_attached).toBe(true)
  })
})

describe('PIF.unplug', () => {
  it('T20: on an access PIF removes the bridge', async () => {
    const pif = access(await create())
    await pool.call('PIF.unplug', pif)
    expect(fields(pif).currently_attached).toBe(false)
    expect(await bridgeOf(pif)).toBeUndefined()
  })

  it('T21: on a transport PIF unplugs its access PIFs first', async () => {
    const pifs = [access(await create('eth1')), access(await create('eth1', await newNetwork()))]
    const gone: Ref<'PIF'>[] = []
    db.onChange(change => {
      if (change.kind === 'write' && change.field === 'currently_attached') gone.push(change.ref)
    })
    await pool.call('PIF.unplug', nic(hosts[0], 'eth1'))
    expect(gone).toEqual([...pifs.reverse(), nic(hosts[0], 'eth1')])
  })
})

describe('what tunnels hinder', () => {
  it('T22: access and transport PIFs are not forgotten', async () => {
    const pifs = [access(await create('eth1')), nic(hosts[0], 'eth1')]
    for (const pif of pifs) expect(await pool.error('PIF.forget', pif)).toEqual(['PIF_TUNNEL_STILL_EXISTS', pif])
  })

  it('T23: no VLAN stands on an access PIF, but a tunnel stands on a VLAN', async () => {
    const pif = access(await create())
    expect(await pool.error('VLAN.create', pif, 5n, await newNetwork())).toEqual(['IS_TUNNEL_ACCESS_PIF', pif])
    const vlan = String(await pool.call('VLAN.create', nic(hosts[0], 'eth2'), 5n, await newNetwork()))
    const untagged = db.get('VLAN', vlan, 'untagged_PIF')
    await pool.call('PIF.reconfigure_ip', untagged, 'DHCP', '', '', '', '')
    await pool.call('tunnel.create', untagged, await newNetwork())
  })
})
