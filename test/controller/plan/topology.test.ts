import { describe, expect, it } from 'vitest'
import { linkEnd, type Memory, noMemory } from '../../../src/controller/model.ts'
import { type NetworkPlan, plan } from '../../../src/controller/plan/index.ts'
import { settings, settle } from '../settle.ts'
import { World } from '../world.ts'

const hosts = ['h1', 'h2', 'h3', 'h4']

function pool(members = hosts): World {
  const world = new World()
  for (const host of hosts) world.addHost(host)
  world.span('red', members)
  return world
}

const red = (world: World, memory: Memory): NetworkPlan => {
  const found = plan(world.observe(), memory, settings).networks.get('red')
  if (!found) throw new Error('no plan of red')
  return found
}

/** What a controller remembers once every link has been up. */
function oldHand(world: World, memory: Memory): Memory {
  const ends = [...world.hosts.values()].flatMap(({ uuid, ports }) =>
    [...ports.keys()].map(name => [linkEnd(uuid, name), { wasUp: true, fresh: false, overdue: true }] as const),
  )
  return { ...memory, ends: new Map(ends) }
}

function settled(world: World) {
  const { plan: made, memory } = settle(world)
  return { centre: made.networks.get('red')?.centre ?? '', memory: oldHand(world, memory) }
}

const spokes = (centre: string) => hosts.filter(host => host !== centre)
const starAround = (centre: string, others = spokes(centre)) =>
  others.map(host => [centre, host].sort()).sort((a, b) => (a.join() < b.join() ? -1 : 1))

describe('the centre (docs/spec/open-vswitch.md e; docs/spec/tunnelling-design.md T27, T28, T30)', () => {
  it('T27: all hosts of a network are linked with one of them', () => {
    const world = pool()
    const { centre } = settled(world)
    expect(world.links('red')).toEqual(starAround(centre))
  })

  it('sentence 18: the same state gives the same centre, whatever order it was told in', () => {
    const backwards = new World()
    for (const host of [...hosts].reverse()) backwards.addHost(host)
    backwards.span('red', [...hosts].reverse())
    expect(red(backwards, noMemory).centre).toBe(red(pool(), noMemory).centre)
  })

  it('sentence 18: the host that the operator prefers comes before the present one, and that before any other', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    const [wanted = ''] = spokes(centre)
    world.networks.set('red', { ...world.network('red'), preferred: wanted })
    expect(red(world, memory)).toMatchObject({ centre: wanted, why: [expect.stringContaining('operator prefers')] })
    world.networks.set('red', { ...world.network('red'), preferred: undefined })
    expect(red(world, memory).centre).toBe(centre)
  })

  it.each([
    ['disabled', (world: World, host: string) => Object.assign(world.host(host), { enabled: false })],
    ['dead', (world: World, host: string) => Object.assign(world.host(host), { live: false })],
    ['drained', (world: World, host: string) => Object.assign(world.host(host), { drained: true })],
    ['unplugged', (world: World, host: string) => world.change(`red@${host}`, { attached: false })],
    ['without a bridge', (world: World, host: string) => world.removeBridge(host, 'xapi-red')],
  ] as const)('sentences 19, 26: a centre that is %s is replaced', (_, happen) => {
    const world = pool()
    const { centre, memory } = settled(world)
    happen(world, centre)
    const next = red(world, memory)
    expect(next.centre).not.toBe(centre)
    expect(spokes(centre)).toContain(next.centre)
  })

  it('sentence 19: so is one whose switch is out of reach for longer than a connection takes to come back', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    world.host(centre).connected = false
    expect(red(world, memory).centre).toBe(centre)
    expect(red(world, { ...memory, unreachable: new Set([centre]) }).centre).not.toBe(centre)
  })

  it('sentence 19: a drained host is the centre only where no other host can be', () => {
    const world = pool(['h1', 'h2'])
    const { centre, memory } = settled(world)
    for (const host of ['h1', 'h2']) world.host(host).drained = true
    expect(red(world, memory).centre).toBe(centre)
  })

  it('sentence 20: a restart changes nothing: what is on the switches says who the centre is', () => {
    const world = pool()
    const { centre } = settled(world)
    const [other = ''] = spokes(centre)
    world.networks.set('red', { ...world.network('red'), preferred: other })
    settle(world)
    world.networks.set('red', { ...world.network('red'), preferred: undefined })
    expect(red(world, noMemory)).toMatchObject({ centre: other, step: new Map() })
  })

  it('T28, sentence 21: a centre that all live spokes have lost is replaced, and their links with it', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    world.host(centre).runs = false
    const next = red(world, memory)
    expect(next.centre).not.toBe(centre)
    settle(world, memory)
    const rest = spokes(centre).filter(host => host !== next.centre)
    expect(world.links('red')).toEqual(starAround(next.centre ?? '', rest))
  })

  it('sentence 21: nothing waits for the dead one, whose switch is still believed to follow', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    for (const spoke of spokes(centre)) world.cuts.add(`${centre} ${spoke}`)
    const next = red(world, memory)
    expect(next).toMatchObject({ failed: centre })
    expect(next.centre).not.toBe(centre)
  })

  it('sentence 22: one of several spokes that loses the centre is alone with that', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    const [unlucky = '', lucky = ''] = spokes(centre)
    world.cuts.add(`${centre} ${unlucky}`)
    const next = red(world, memory)
    expect(next).toMatchObject({ centre, step: new Map() })
    expect(next.statuses.get(`red@${unlucky}`)).toMatchObject({ active: false, error: 'PEER_DOWN' })
    expect(next.statuses.get(`red@${lucky}`)).toMatchObject({ active: true })
    expect(next.statuses.get(`red@${centre}`)).toMatchObject({ active: true })
  })

  it('sentence 23: links that have never been up are no evidence against the centre', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    for (const spoke of spokes(centre)) world.cuts.add(`${centre} ${spoke}`)
    expect(red(world, { ...memory, ends: new Map() }).centre).toBe(centre)
  })

  it('sentence 24: a centre whose switch has died, or is out of reach, has failed; one that the operator takes away has not', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    expect(red(world, { ...memory, unreachable: new Set() }).failed).toBeUndefined()
    world.host(centre).drained = true
    expect(red(world, memory).failed).toBeUndefined()
    world.host(centre).drained = false
    world.host(centre).connected = false
    expect(red(world, { ...memory, unreachable: new Set([centre]) }).failed).toBe(centre)
    Object.assign(world.host(centre), { connected: true, runs: false })
    expect(red(world, { ...memory, ends: new Map() }).failed).toBe(centre)
  })

  it('sentence 24: a host that keeps failing is not chosen while there is another one', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    const [flapping = ''] = spokes(centre)
    world.networks.set('red', { ...world.network('red'), preferred: flapping })
    const held = { ...memory, held: new Map([['red', new Set([flapping])]]) }
    expect(red(world, held).centre).toBe(centre)
    world.host(centre).drained = true
    expect(red(world, held).centre).not.toBe(flapping)
    expect(red(world, memory).centre).toBe(flapping)
  })

  it('sentence 25: the old centre comes back as a spoke, with no loop on the way', () => {
    const world = pool()
    const { centre, memory } = settled(world)
    Object.assign(world.host(centre), { runs: false, connected: false })
    const { plan: away, memory: later } = settle(world, { ...memory, unreachable: new Set([centre]) })
    const next = away.networks.get('red')?.centre ?? ''
    Object.assign(world.host(centre), { runs: true, connected: true })
    const back = settle(world, oldHand(world, { ...later, unreachable: new Set() }), {
      between: () => expect(new Set(world.broadcast('red', next).values())).toEqual(new Set([1])),
    })
    expect(back.plan.networks.get('red')?.centre).toBe(next)
    expect(world.links('red')).toEqual(starAround(next))
  })

  it('T30, sentence 26: when the last host leaves, nothing remains', () => {
    const world = pool()
    settled(world)
    for (const host of hosts) world.change(`red@${host}`, { attached: false })
    settle(world)
    for (const host of hosts) expect(world.host(host).ports.size).toBe(0)
  })

  it('sentence 16: with two hosts a lost link moves nothing, since another centre would be the same link', () => {
    const world = pool(['h1', 'h2'])
    const { centre, memory } = settled(world)
    world.cuts.add('h1 h2')
    expect(red(world, memory)).toMatchObject({ centre, step: new Map() })
  })

  it('sentence 17: a mesh links all hosts with protected ports, and every broadcast arrives once', () => {
    const world = pool()
    world.networks.set('red', { ...world.network('red'), topology: 'mesh' })
    settle(world)
    expect(world.links('red')).toHaveLength(6)
    for (const host of hosts) {
      expect([...world.broadcast('red', host).values()]).toEqual([1, 1, 1])
      expect([...world.host(host).ports.values()].every(({ isProtected }) => isProtected)).toBe(true)
    }
  })

  it('sentence 17: where a switch cannot protect ports, a mesh is a star', () => {
    const world = pool()
    world.host('h3').canProtect = false
    world.networks.set('red', { ...world.network('red'), topology: 'mesh' })
    const { plan: made } = settle(world)
    expect(made.networks.get('red')).toMatchObject({
      shape: 'star',
      why: [expect.anything(), expect.stringMatching(/^a star/)],
    })
    expect(world.links('red')).toHaveLength(3)
  })
})
