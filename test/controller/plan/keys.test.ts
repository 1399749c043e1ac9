import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noMemory } from '../../../src/controller/model.ts'
import { plan } from '../../../src/controller/plan/index.ts'
import { settings, settle } from '../settle.ts'
import { addressOf, POOL, World } from '../world.ts'

const keysOf = (world: World, memory = noMemory, range = settings.keys) =>
  plan(world.observe(), memory, { keys: range }).keys

const twoHosts = () => {
  const world = new World()
  world.addHost('h1')
  world.addHost('h2')
  return world
}

describe('keys (docs/spec/open-vswitch.md e)', () => {
  it('sentence 1: a hundred networks that appear at once get a hundred keys', () => {
    const world = twoHosts()
    for (let n = 0; n < 100; n += 1) world.span(`net${n}`, ['h1', 'h2'])
    const keys = [...keysOf(world, noMemory, { first: 500, last: 599 }).values()]
    expect(new Set(keys).size).toBe(100)
    expect(keys.every(key => key !== undefined && key >= 500 && key <= 599)).toBe(true)
  })

  it('sentence 1: networks of two pools get different keys', () => {
    const world = twoHosts()
    world.span('a', ['h1', 'h2'])
    world.span('b', ['h1', 'h2'], { pool: 'other' })
    const observed = { ...world.observe(), pools: new Set([POOL, 'other']) }
    const { keys } = plan(observed, noMemory, { keys: { first: 7, last: 8 } })
    expect([...keys.values()].sort()).toEqual([7, 8])
  })

  it('sentence 2: a network keeps its key over restarts, a new centre, unplugging and new tunnels', () => {
    const world = twoHosts()
    world.addHost('h3')
    world.span('red', ['h1', 'h2', 'h3'])
    const first = settle(world).plan
    const key = first.keys.get('red')
    world.host(first.networks.get('red')?.centre ?? '').drained = true
    expect(settle(world).plan.keys.get('red')).toBe(key) // from the ports alone
    for (const uuid of [...world.tunnels.keys()]) world.change(uuid, { attached: false })
    expect(keysOf(world).get('red')).toBe(key) // from nothing
    for (const uuid of [...world.tunnels.keys()]) world.removeTunnel(uuid)
    for (const host of ['h1', 'h2']) world.addTunnel('red', host, { uuid: `new ${host}` })
    expect(settle(world).plan.keys.get('red')).toBe(key)
  })

  it('sentence 2: what status says counts where nothing else does', () => {
    const world = twoHosts()
    world.span('red', [])
    world.addTunnel('red', 'h1', { status: new Map([['key', '4711']]) })
    expect(keysOf(world).get('red')).toBe(4711)
  })

  it('sentence 3: a key that a port still carries is given to nobody else, be its switch out of reach', () => {
    const world = twoHosts()
    world.span('red', ['h1', 'h2'])
    const range = { keys: { first: 1, last: 2 } }
    const key = settle(world, noMemory, { with: range }).plan.keys.get('red')
    world.host('h2').connected = false
    for (const uuid of [...world.tunnels.keys()]) world.tunnels.delete(uuid)
    world.networks.delete('red')
    world.span('blue', ['h1'])
    world.span('green', ['h1'])
    const keys = keysOf(world, noMemory, range.keys)
    expect([...keys.values()]).toContain(3 - (key ?? 0))
    expect([...keys.values()]).toContain(undefined)
    world.host('h2').connected = true
    settle(world, noMemory, { with: range })
    expect([...keysOf(world, noMemory, range.keys).values()].sort()).toEqual([1, 2])
  })

  it('sentence 4: a key fits its protocol, and where none is left the tunnels say so and no port is made', () => {
    const world = twoHosts()
    world.span('red', ['h1', 'h2'])
    world.addNetwork('blue')
    for (const host of ['h1', 'h2']) world.addTunnel('blue', host, { protocol: 'vxlan' })
    const range = { first: 2 ** 24, last: 2 ** 32 - 1 }
    const settled = settle(world, noMemory, { with: { keys: range } }).plan
    expect(settled.keys.get('red')).toBeGreaterThanOrEqual(2 ** 24)
    expect(settled.keys.get('blue')).toBeUndefined()
    expect(settled.networks.get('blue')?.statuses.get('blue@h1')).toMatchObject({
      active: false,
      key: undefined,
      error: 'KEY_EXHAUSTED',
    })
    expect([...world.host('h1').ports.values()].map(({ mark }) => mark?.network)).toEqual(['red'])
  })

  it('sentence 4: keys below 1 and above 2^32-1 are never given', () => {
    const world = twoHosts()
    world.span('red', ['h1', 'h2'])
    expect(keysOf(world, noMemory, { first: -5, last: 0 }).get('red')).toBeUndefined()
    expect(keysOf(world, noMemory, { first: 2 ** 32, last: 2 ** 33 }).get('red')).toBeUndefined()
    expect(keysOf(world, noMemory, { first: 0, last: 1 }).get('red')).toBe(1)
  })

  it('sentence 5: the key of somebody else’s port is not taken, and the port is left alone', () => {
    const world = twoHosts()
    world.span('red', ['h1', 'h2'])
    const key = keysOf(world).get('red')
    world.addPort('h1', { name: 'theirs', remoteIp: addressOf('h2'), key: key ?? 0 })
    const settled = settle(world).plan
    expect(settled.keys.get('red')).not.toBe(key)
    expect(world.host('h1').ports.get('theirs')).toMatchObject({ key })
    expect(world.links('red')).toEqual([['h1', 'h2']])
  })

  it('sentence 5: where a network works already it keeps its key, whoever comes', () => {
    const world = twoHosts()
    world.span('red', ['h1', 'h2'])
    const { plan: first, memory } = settle(world)
    world.addPort('h1', { name: 'theirs', remoteIp: addressOf('h2'), key: first.keys.get('red') ?? 0 })
    expect(settle(world, memory).plan.keys.get('red')).toBe(first.keys.get('red'))
  })

  it('no two networks share a key, whatever their statuses say and however small the range is', () => {
    const claims = fc.array(fc.record({ key: fc.nat(12), vxlan: fc.boolean() }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(claims, fc.integer({ min: 1, max: 12 }), (all, last) => {
        const world = twoHosts()
        all.forEach(({ key, vxlan }, at) => {
          world.addNetwork(`net${at}`)
          world.addTunnel(`net${at}`, 'h1', {
            protocol: vxlan ? 'vxlan' : 'gre',
            status: new Map([['key', String(key)]]),
          })
        })
        const keys = [...keysOf(world, noMemory, { first: 1, last }).values()]
        const given = keys.filter(key => key !== undefined)
        expect(new Set(given).size).toBe(given.length)
        expect(given.length).toBe(Math.min(last, all.length))
      }),
    )
  })
})
