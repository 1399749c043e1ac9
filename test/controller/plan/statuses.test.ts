import { describe, expect, it } from 'vitest'
import { linkEnd, type Memory, noMemory, type Tunnel } from '../../../src/controller/model.ts'
import { plan, type Status } from '../../../src/controller/plan/index.ts'
import { settings, settle } from '../settle.ts'
import { addressOf, World } from '../world.ts'

function pool(...hosts: readonly string[]): World {
  const world = new World()
  for (const host of hosts) world.addHost(host)
  world.span('red', hosts)
  return world
}

const statuses = (world: World, memory: Memory = noMemory): ReadonlyMap<string, Status> =>
  plan(world.observe(), memory, settings).networks.get('red')?.statuses ?? new Map()

const statusAt = (world: World, host: string, memory?: Memory) => statuses(world, memory).get(`red@${host}`)

/** Writes what a plan says, as the controller would. */
function write(world: World, memory?: Memory): void {
  for (const [uuid, { active, key }] of statuses(world, memory)) {
    const said = new Map([['active', String(active)], ...(key === undefined ? [] : [['key', String(key)] as const])])
    world.tunnels.set(uuid, { ...(world.tunnels.get(uuid) as Tunnel), status: said }) // it has just been planned for
  }
}

/** Every link has been up. */
function seen(world: World, memory: Memory): Memory {
  const ends = [...world.hosts.values()].flatMap(({ uuid, ports }) =>
    [...ports.keys()].map(name => [linkEnd(uuid, name), { wasUp: true, fresh: false, overdue: true }] as const),
  )
  return { ...memory, ends: new Map(ends) }
}

const DOWN = { active: false, key: undefined, mtu: undefined, warning: undefined }

describe('the status of tunnels (docs/spec/open-vswitch.md e; docs/spec/tunnelling-design.md T8, T9, T31 to T34)', () => {
  it('T8, T33, sentence 28: active and the key together, the same key on all tunnels of a network', () => {
    const world = pool('h1', 'h2', 'h3')
    const { plan: made } = settle(world)
    const key = made.keys.get('red')
    for (const host of ['h1', 'h2', 'h3']) expect(statusAt(world, host)).toMatchObject({ active: true, key })
  })

  it('sentence 27: a link that one end alone calls up is not one', () => {
    const world = pool('h1', 'h2')
    const { memory } = settle(world)
    const observed = world.observe()
    for (const [at, other] of [
      ['h1', 'h2'],
      ['h2', 'h1'],
    ] as const) {
      const [port] = observed.switches.get(at)?.own.get('red') ?? []
      const its = observed.switches.get(at)
      if (!port || !its) throw new Error('no port')
      const halfDown = { ...its, own: new Map([['red', [{ ...port, bfd: 'down' as const }]]]) }
      const half = { ...observed, switches: new Map([...observed.switches, [at, halfDown]]) }
      const said = plan(half, seen(world, memory), settings).networks.get('red')?.statuses
      expect(said?.get(`red@${at}`)).toEqual({ ...DOWN, error: 'PEER_DOWN' })
      expect(said?.get(`red@${other}`)).toEqual({ ...DOWN, error: 'PEER_DOWN' })
    }
  })

  it('sentence 27: a link that is new is not active yet, without an error; one that should have come up has one', () => {
    const world = pool('h1', 'h2')
    const { memory } = settle(world)
    world.cuts.add('h1 h2')
    expect(statusAt(world, 'h1', memory)).toEqual({ ...DOWN, error: undefined })
    const late = new Map([...seen(world, memory).ends].map(([end, its]) => [end, { ...its, wasUp: false }]))
    expect(statusAt(world, 'h1', { ...memory, ends: late })).toEqual({ ...DOWN, error: 'PEER_DOWN' })
  })

  it('sentence 8: a host without another member is active, and no error', () => {
    expect(statusAt(pool('h1'), 'h1')).toMatchObject({ active: true, error: undefined })
    const world = pool('h1', 'h2')
    world.host('h2').live = false
    settle(world)
    expect(statusAt(world, 'h1')).toMatchObject({ active: true, error: undefined })
  })

  it('T34: a tunnel that is unplugged is inactive, without key and without error', () => {
    const world = pool('h1', 'h2')
    settle(world)
    world.change('red@h1', { attached: false })
    expect(statusAt(world, 'h1')).toEqual({ ...DOWN, error: undefined })
  })

  it('sentence 33: tunnels of a host that is dead or disabled say HOST_DEAD, though nobody there can be asked', () => {
    for (const with_ of [{ live: false, connected: false }, { enabled: false }]) {
      const world = pool('h1', 'h2', 'h3')
      settle(world)
      Object.assign(world.host('h2'), with_)
      expect(statusAt(world, 'h2')).toEqual({ ...DOWN, error: 'HOST_DEAD' })
    }
  })

  it('T9, sentence 29: what keeps a tunnel from being set up has a name', () => {
    const causes: Record<string, (world: World) => Partial<Memory> | undefined> = {
      NO_TRANSPORT_IP: world => {
        const { transport } = world.tunnels.get('red@h2') as Tunnel // it is there
        world.change('red@h2', { transport: { ...transport, ipv4: undefined } })
        return undefined
      },
      OVSDB_UNREACHABLE: world => {
        world.host('h2').connected = false
        return { unreachable: new Set(['h2']) }
      },
      BRIDGE_MISSING: world => {
        world.removeBridge('h2', 'xapi-red')
        return undefined
      },
      VSWITCHD_DEAD: world => {
        world.host('h2').runs = false
        return undefined
      },
      DUPLICATE_TUNNEL: world => {
        const own = [...world.host('h2').ports.values()][0]
        world.host('h2').ports.clear()
        world.addPort('h2', { name: 'theirs', remoteIp: own?.remoteIp ?? '', key: own?.key ?? 0 })
        if (own) world.addPort('h2', own)
        return undefined
      },
      PEER_DOWN: world => {
        const centre = plan(world.observe(), noMemory, settings).networks.get('red')?.centre
        world.cuts.add(`${centre} h2`)
        return undefined
      },
      ENCRYPTION_UNAVAILABLE: world => {
        world.networks.set('red', { ...world.network('red'), encrypted: true })
        return undefined
      },
    }
    for (const [error, cause] of Object.entries(causes)) {
      const world = pool('h1', 'h2', 'h3', 'h4')
      world.networks.set('red', { ...world.network('red'), preferred: 'h1' })
      const memory = seen(world, settle(world).memory)
      const known = { ...memory, ends: seen(world, memory).ends, ...cause(world) }
      expect([error, statusAt(world, 'h2', known)]).toEqual([error, { ...DOWN, error }])
    }
  })

  it('sentence 15: for a network that asks for encryption no port is made', () => {
    const world = new World()
    for (const host of ['h1', 'h2']) world.addHost(host)
    world.span('red', ['h1', 'h2'], { encrypted: true })
    settle(world)
    expect(world.host('h1').ports.size).toBe(0)
  })

  it('sentence 29: a route that is missing and a port that the switch refuses', () => {
    const world = pool('h1', 'h2')
    const { memory } = settle(world)
    const observed = world.observe()
    const its = observed.switches.get('h1')
    const [port] = its?.own.get('red') ?? []
    if (!its || !port) throw new Error('no port')
    const errorWith = (with_: object) => {
      const changed = { ...its, own: new Map([['red', [{ ...port, bfd: 'down' as const, ...with_ }]]]) }
      const world2 = { ...observed, switches: new Map([...observed.switches, ['h1', changed]]) }
      return plan(world2, memory, settings).networks.get('red')?.statuses.get('red@h1')?.error
    }
    expect(errorWith({ routed: false })).toBe('NO_ROUTE')
    expect(errorWith({ ofport: -1, error: 'gre type requires valid remote_ip' })).toBe('OVS_REJECTED')
    expect(errorWith({ ofport: -1 })).toBe('OVS_REJECTED')
  })

  it('sentence 34: a switch that has died is not believed, whatever its database says', () => {
    const world = pool('h1', 'h2')
    const { memory } = settle(world)
    write(world, memory)
    const observed = world.observe()
    const dead = { ...observed.switches.get('h2'), follows: false }
    const [port] = observed.switches.get('h1')?.own.get('red') ?? []
    const near = observed.switches.get('h1')
    if (!port || !near) throw new Error('no port')
    const lost = { ...near, own: new Map([['red', [{ ...port, bfd: 'down' as const }]]]) }
    const switches = new Map([...observed.switches, ['h1', lost], ['h2', dead]]) as typeof observed.switches
    const said = plan({ ...observed, switches }, seen(world, memory), settings).networks.get('red')?.statuses
    expect(said?.get('red@h2')).toEqual({ ...DOWN, error: 'VSWITCHD_DEAD' })
    expect(said?.get('red@h1')).toEqual({ ...DOWN, error: 'PEER_DOWN' })
  })

  it('a link that works outlives the loss of the connection to one of its switches', () => {
    const world = pool('h1', 'h2')
    const { memory } = settle(world)
    write(world, memory)
    world.host('h2').connected = false
    expect(statusAt(world, 'h2', { ...memory, unreachable: new Set(['h2']) })).toMatchObject({ active: true })
    expect(statusAt(world, 'h1', memory)).toMatchObject({ active: true })
  })

  it('sentence 31: what an inactive tunnel says stays while the connection to its switch is made anew', () => {
    const world = pool('h1', 'h2', 'h3')
    const { memory } = settle(world)
    const said = new Map([
      ['active', 'false'],
      ['error', 'VSWITCHD_DEAD'],
    ])
    world.change('red@h3', { status: said })
    world.host('h3').connected = false
    expect(statusAt(world, 'h3', memory)).toEqual({ ...DOWN, error: 'VSWITCHD_DEAD' })
    expect(statusAt(world, 'h3', { ...memory, unreachable: new Set(['h3']) })).toMatchObject({
      error: 'OVSDB_UNREACHABLE',
    })
  })

  it('a link that has never worked is not called up by one end', () => {
    const world = pool('h1', 'h2')
    const { memory } = settle(world)
    world.host('h2').connected = false
    expect(statusAt(world, 'h2', { ...memory, unreachable: new Set(['h2']) })).toMatchObject({
      error: 'OVSDB_UNREACHABLE',
    })
  })

  it('sentence 14: the largest packet is told, and a network that asks for more is warned', () => {
    const world = pool('h1', 'h2')
    settle(world)
    expect(statusAt(world, 'h1')).toMatchObject({ mtu: 1458, warning: 'MTU_TOO_LARGE' })
    world.networks.set('red', { ...world.network('red'), mtu: 1458 })
    expect(statusAt(world, 'h1')).toMatchObject({ mtu: 1458, warning: undefined })
    for (const host of ['h1', 'h2']) world.change(`red@${host}`, { protocol: 'vxlan' })
    settle(world)
    expect(statusAt(world, 'h2')).toMatchObject({ mtu: 1450, warning: 'MTU_TOO_LARGE' })
  })

  it('sentence 14: IPv6 takes twenty bytes more', () => {
    const world = pool('h1', 'h2')
    for (const host of ['h1', 'h2']) {
      const { transport } = world.tunnels.get(`red@${host}`) as Tunnel // it is there
      const ipv6 = `fd00::${host.slice(1)}`
      world.change(`red@${host}`, { transport: { ...transport, ipv4: undefined, ipv6, prefers: 'IPv6' } })
    }
    settle(world)
    expect(statusAt(world, 'h1')).toMatchObject({ active: true, mtu: 1438 })
    expect([...world.host('h1').ports.values()][0]?.remoteIp).toBe('fd00::2')
  })

  it('transports without an address of one family have no route to each other', () => {
    const world = pool('h1', 'h2')
    const { transport } = world.tunnels.get('red@h2') as Tunnel // it is there
    world.change('red@h2', { transport: { ...transport, ipv4: undefined, ipv6: 'fd00::2' } })
    settle(world)
    expect(statusAt(world, 'h2')).toMatchObject({ error: 'NO_ROUTE' })
    expect(world.host('h1').ports.size).toBe(0)
  })
})

describe('ports', () => {
  it('sentences 9, 40: a changed transport address changes the ports that lead there, where they are', () => {
    const world = pool('h1', 'h2', 'h3')
    const { memory } = settle(world)
    const names = () => [...world.hosts.values()].map(({ ports }) => [...ports.keys()])
    const before = names()
    const { transport } = world.tunnels.get('red@h2') as Tunnel // it is there
    world.change('red@h2', { transport: { ...transport, ipv4: '10.9.9.2' } })
    const { changes } = settle(world, memory)
    expect(names()).toEqual(before)
    expect([...changes.values()].every(count => count === 1)).toBe(true)
    expect([...changes.keys()].every(at => at.endsWith('/red/h2'))).toBe(true)
    expect(world.links('red')).toHaveLength(2)
  })

  it('the protocol of its tunnels is the type of a network’s ports; where they differ it is GRE, which every host lets in', () => {
    const world = pool('h1', 'h2')
    settle(world)
    const types = () => [...world.hosts.values()].flatMap(({ ports }) => [...ports.values()].map(({ type }) => type))
    expect(types()).toEqual(['gre', 'gre'])
    world.change('red@h1', { protocol: 'vxlan' })
    settle(world)
    expect(types()).toEqual(['gre', 'gre'])
    world.change('red@h2', { protocol: 'vxlan' })
    settle(world)
    expect(types()).toEqual(['vxlan', 'vxlan'])
  })

  it('sentences 12, 39: ports of a network that is gone go too, and nobody else’s', () => {
    const world = pool('h1', 'h2')
    settle(world)
    world.addPort('h1', { name: 'theirs' })
    world.addPort('h1', { name: 'pool-b', mark: { pool: 'pool-b', network: 'red', peer: 'h2' } })
    world.host('h2').connected = false
    world.tunnels.clear()
    world.networks.clear()
    settle(world)
    expect([...world.host('h1').ports.keys()]).toEqual(['theirs', 'pool-b'])
    expect(world.host('h2').ports.size).toBe(1)
    world.host('h2').connected = true
    settle(world)
    expect(world.host('h2').ports.size).toBe(0)
  })

  it('sentence 42: a host that joins is linked without a further word, and nothing else is touched', () => {
    const world = pool('h1', 'h2', 'h3')
    const { memory, plan: made } = settle(world)
    const centre = made.networks.get('red')?.centre
    world.addHost('h9')
    world.addTunnel('red', 'h9')
    const { changes } = settle(world, memory)
    expect([...changes].sort()).toEqual(
      [
        [`${centre}/red/h9`, 1],
        [`h9/red/${centre}`, 1],
      ].sort(),
    )
  })

  it('sentence 35: a second time, there is nothing to do', () => {
    const world = pool('h1', 'h2', 'h3')
    const { memory } = settle(world)
    expect(settle(world, memory).changes.size).toBe(0)
    expect(settle(world, noMemory).changes.size).toBe(0)
  })

  it('a new centre costs one change at each end of each link', () => {
    const world = pool('h1', 'h2', 'h3', 'h4')
    const { memory, plan: made } = settle(world)
    world.host(made.networks.get('red')?.centre ?? '').drained = true
    const { changes } = settle(world, memory)
    expect(new Set(changes.values())).toEqual(new Set([1]))
    expect(changes.size).toBe(8) // two links go, two come
  })

  it('has the address of the transport PIF of each tunnel, whatever other networks use', () => {
    const world = pool('h1', 'h2')
    world.addNetwork('blue')
    for (const host of ['h1', 'h2']) {
      const { transport } = world.tunnels.get(`red@${host}`) as Tunnel // it is there
      const ipv4 = addressOf(host).replace('10.0.0', '10.5.0')
      world.addTunnel('blue', host, { transport: { ...transport, ipv4 } })
    }
    settle(world)
    const remotes = [...world.host('h1').ports.values()].map(({ mark, remoteIp }) => [mark?.network, remoteIp])
    expect(remotes.sort()).toEqual([
      ['blue', '10.5.0.2'],
      ['red', '10.0.0.2'],
    ])
  })
})
