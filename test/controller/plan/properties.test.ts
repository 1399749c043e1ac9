import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noMemory } from '../../../src/controller/model.ts'
import { plan } from '../../../src/controller/plan/index.ts'
import { settings, settle } from '../settle.ts'
import { addressOf, POOL, World } from '../world.ts'

const names = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const
const some = fc.subarray([...names])
const pairs = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 12 })
const orders = fc.infiniteStream(fc.nat())

/** A star around each host, and whatever links between, as they might have been left. */
const worlds = fc
  .record({
    members: fc.subarray([...names], { minLength: 1 }),
    drained: some,
    away: some,
    dead: some,
    star: fc.option(fc.constantFrom(...names)),
    halves: pairs,
    topology: fc.constantFrom('star' as const, 'star' as const, 'mesh' as const),
    remembered: fc.option(fc.constantFrom(...names)),
  })
  .map(({ members, drained, away, dead, star, halves, topology, remembered }) => {
    const world = new World()
    for (const name of names) world.addHost(name, { drained: drained.includes(name), connected: !away.includes(name) })
    world.span('red', members, { topology })
    const key = plan(world.observe(), noMemory, settings).keys.get('red') ?? 0
    const link = (a: string, b: string) => {
      if (a === b || !members.some(member => member === a)) return
      const mark = { pool: POOL, network: 'red', peer: b }
      const name = `left-${b}`
      world.addPort(a, { name, bridge: 'xapi-red', remoteIp: addressOf(b), key, mark })
    }
    for (const host of members) {
      if (star === null || host === star) continue
      link(host, star)
      link(star, host)
    }
    // A loop of hosts that are all out of reach is one that nobody can do anything about.
    for (const [a, b] of halves) if (!away.includes(a) || !away.includes(b)) link(a, b)
    for (const name of dead) world.host(name).live = false
    const text = [
      `${topology}, members ${members}, drained ${drained}, away ${away}, dead ${dead}, remembered ${remembered}`,
      ...names.map(name => `${name} -> ${[...world.host(name).ports.values()].map(({ mark }) => mark?.peer)}`),
    ].join('\n')
    const memory = {
      ...noMemory,
      centres: new Map(remembered ? [['red', remembered]] : []),
      unreachable: new Set(away),
    }
    return {
      world,
      memory,
      members: new Set<string>(members),
      isTidy: halves.length === 0,
      [fc.toStringMethod]: () => text,
    }
  })

/** Whether every broadcast arrives at most once at each host: whether there are no two ways between any two of them. */
const isForest = (world: World) =>
  names.every(host => [...world.broadcast('red', host).values()].every(copies => copies === 1))

const isCalm = (world: World) => names.every(host => ![...world.broadcast('red', host).values()].includes(Infinity))

function inOrder(numbers: Iterator<number>) {
  return (hosts: readonly string[]): string[] =>
    hosts
      .map(host => ({ host, rank: Number(numbers.next().value) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ host }) => host)
}

const network = ({ world }: { readonly world: World }) => world.network('red')

const nameOf = ({ name }: { readonly name: string }) => name

describe('whatever the switches were left like', () => {
  it('planning and applying come to an end, and planning again finds nothing to do', () => {
    fc.assert(
      fc.property(worlds, orders, ({ world, memory }, numbers) => {
        const settled = settle(world, memory, { order: inOrder(numbers[Symbol.iterator]()) })
        const { ports, step } = settled.plan.networks.get('red') ?? { ports: new Map(), step: new Map() }
        expect(step.size).toBe(0)
        for (const { uuid, connected, ports: own } of world.hosts.values()) {
          if (connected) expect([...own.keys()].sort()).toEqual((ports.get(uuid) ?? []).map(nameOf).sort())
        }
      }),
      { numRuns: 400 },
    )
  })

  it('a star never has two ways between two hosts, in whichever order the switches follow', () => {
    fc.assert(
      fc.property(worlds, orders, (made, numbers) => {
        fc.pre(network(made).topology === 'star' && isForest(made.world))
        const between = () => expect(isForest(made.world)).toBe(true)
        settle(made.world, made.memory, { order: inOrder(numbers[Symbol.iterator]()), between })
      }),
      { numRuns: 400 },
    )
  })

  it('a network that becomes a mesh, or a star, has no frame go round meanwhile', () => {
    fc.assert(
      fc.property(worlds, orders, (made, numbers) => {
        fc.pre(isCalm(made.world))
        const between = () => expect(isCalm(made.world)).toBe(true)
        settle(made.world, made.memory, { order: inOrder(numbers[Symbol.iterator]()), between })
      }),
      { numRuns: 400 },
    )
  })

  it('a star that had a loop has none in the end', () => {
    fc.assert(
      fc.property(worlds, orders, (made, numbers) => {
        fc.pre(network(made).topology === 'star' && [...made.world.hosts.values()].filter(h => !h.connected).length < 3)
        settle(made.world, made.memory, { order: inOrder(numbers[Symbol.iterator]()) })
        expect(isForest(made.world)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('two hosts that could talk can talk all along, as long as both take part and answer', () => {
    fc.assert(
      fc.property(worlds, orders, ({ world, memory, members, isTidy }, numbers) => {
        fc.pre(isForest(world) && (isTidy || world.network('red').topology === 'star'))
        const present = [...members].filter(host => world.host(host).connected)
        const talking = present.flatMap(a => [...world.broadcast('red', a).keys()].map(b => [a, b] as const))
        const wanted = talking.filter(([, b]) => present.includes(b))
        const between = () => {
          for (const [a, b] of wanted) expect([...world.broadcast('red', a).keys()]).toContain(b)
        }
        settle(world, memory, { order: inOrder(numbers[Symbol.iterator]()), between })
      }),
      { numRuns: 400 },
    )
  })

  it('a star becomes a mesh and a mesh a star without a host losing another one, and without a frame going round', () => {
    fc.assert(
      fc.property(fc.subarray([...names], { minLength: 2 }), orders, (members, numbers) => {
        const world = new World()
        for (const name of names) world.addHost(name)
        world.span('red', members)
        const order = inOrder(numbers[Symbol.iterator]())
        const between = () => {
          for (const host of members) {
            expect([...world.broadcast('red', host).keys()].sort()).toEqual(members.filter(other => other !== host))
          }
          expect(isCalm(world)).toBe(true)
        }
        let { memory } = settle(world)
        for (const topology of ['mesh', 'star'] as const) {
          world.networks.set('red', { ...world.network('red'), topology })
          memory = settle(world, memory, { order, between }).memory
          expect(isForest(world)).toBe(true)
        }
      }),
    )
  })
})

describe('whatever happens in whatever order', () => {
  type Happening = (world: World) => void
  const setups: Happening[] = ['red', 'blue', 'green'].flatMap(uuid =>
    names.map(host => (world: World) => void world.addTunnel(uuid, host)),
  )
  const prepared = () => {
    const world = new World()
    for (const name of names) world.addHost(name)
    for (const uuid of ['red', 'blue', 'green']) world.addNetwork(uuid)
    return world
  }
  /** Who is linked with whom is left to the centres, which are where the first hosts were; all else is the same. */
  const shapeOf = (world: World, made: ReturnType<typeof settle>) =>
    ['red', 'blue', 'green'].map(uuid => [uuid, made.plan.keys.get(uuid), world.links(uuid).length])

  it('the same hosts get the same keys, and all of them are linked', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(setups, { minLength: 1 }), orders, (happenings, numbers) => {
        const world = prepared()
        let made = settle(world)
        for (const happen of happenings) {
          happen(world)
          made = settle(world, made.memory, { order: inOrder(numbers[Symbol.iterator]()) })
        }
        const atOnce = prepared()
        for (const happen of happenings) happen(atOnce)
        expect(shapeOf(world, made)).toEqual(shapeOf(atOnce, settle(atOnce)))
      }),
      { numRuns: 50 },
    )
  })

  it('an event costs each link one change at most, and links that it is not about none', () => {
    const events: Happening[] = [
      ...names.map(host => (world: World) => void Object.assign(world.host(host), { drained: true })),
      ...names.map(host => (world: World) => void Object.assign(world.host(host), { live: false })),
      ...names.map(host => (world: World) => world.change(`red@${host}`, { attached: false })),
      ...names.map(host => (world: World) => world.change(`red@${host}`, { attached: true })),
      ...names.map(host => (world: World) => world.change(`red@${host}`, { protocol: 'vxlan' })),
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 8 }), happenings => {
        const world = prepared()
        for (const uuid of ['red', 'blue']) for (const host of names) world.addTunnel(uuid, host)
        let made = settle(world)
        for (const happen of happenings) {
          happen(world)
          const typeBefore = new Map(
            [...world.hosts.values()].flatMap(({ ports }) => [...ports.values()]).map(p => [p.name, p.type]),
          )
          made = settle(world, made.memory)
          const typeAfter = new Map(
            [...world.hosts.values()].flatMap(({ ports }) => [...ports.values()]).map(p => [p.name, p.type]),
          )
          const isRetyped = [...typeAfter].some(([name, type]) => (typeBefore.get(name) ?? type) !== type)
          // A port of another type takes the place of the one that was: one going, one coming.
          expect(Math.max(0, ...made.changes.values())).toBeLessThanOrEqual(isRetyped ? 2 : 1)
        }
      }),
      { numRuns: 200 },
    )
  })
})
