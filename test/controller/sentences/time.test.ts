import { beforeEach, describe, expect, it } from 'vitest'
import { BFD_MS, Simulation } from './simulation.ts'

const HOSTS = ['h1', 'h2', 'h3', 'h4'] as const

let simulation: Simulation

beforeEach(async () => {
  simulation = new Simulation()
  for (const host of HOSTS) simulation.world.addHost(host)
  simulation.world.span('red', HOSTS)
  simulation.start()
  await simulation.until(allActive, 5_000)
})

const isActive = (host: string) => simulation.status(`red@${host}`).active === 'true'
const allActive = () => HOSTS.every(isActive)
const centre = () => simulation.centre('red')
const spokes = () => HOSTS.filter(host => host !== centre())
const isLinked = (a: string, b: string) =>
  simulation.world.links('red').some(pair => pair.includes(a) && pair.includes(b))
/** Whether all hosts that run reach one another, each by one way. */
function isTree(): boolean {
  const running = HOSTS.filter(host => simulation.world.host(host).runs)
  return running.every(from => {
    const arrived = simulation.world.broadcast('red', from)
    return running.every(to => to === from || arrived.get(to) === 1)
  })
}

describe('as time passes (docs/spec/open-vswitch.md e)', () => {
  it('sentence 21: when the centre dies the others talk again three intervals and a second later', async () => {
    const dead = centre()
    simulation.do(world => {
      world.host(dead).runs = false
    })
    expect(await simulation.until(isTree, 10_000)).toBeLessThan(3 * BFD_MS + 1_000)
    expect(centre()).not.toBe(dead)
    expect(simulation.world.host(dead).live).toBe(true) // nobody has told
  })

  it('sentence 22: a spoke that loses the centre is alone with that, and nothing else is written', async () => {
    const [unlucky = ''] = spokes()
    const before = [centre(), simulation.written.length, simulation.asked.length]
    simulation.do(world => world.cuts.add(`${centre()} ${unlucky}`))
    await simulation.pass(60_000)
    expect(simulation.status(`red@${unlucky}`)).toMatchObject({ active: 'false', error: 'PEER_DOWN' })
    expect([centre(), simulation.written.length - 1, simulation.asked.length]).toEqual(before)
  })

  it('sentence 23: links that have never been up move nothing for as long as they need not be up', async () => {
    const next = new Simulation()
    for (const host of HOSTS) next.world.addHost(host)
    next.world.span('red', HOSTS)
    for (const a of HOSTS) for (const b of HOSTS) next.world.cuts.add(`${a} ${b}`)
    next.start()
    await next.pass(100)
    const first = next.centre('red')
    await next.pass(3_000)
    expect(next.centre('red')).toBe(first)
    expect(next.status('red@h1')).not.toHaveProperty('error')
  })

  it('sentence 24: a centre that fails three times in a minute is none until it has been well for another one', async () => {
    const { world } = simulation
    simulation.do(() => world.networks.set('red', { ...world.network('red'), preferred: 'h2' }))
    await simulation.until(() => centre() === 'h2' && allActive(), 10_000)
    for (let failure = 1; failure <= 3; failure += 1) {
      simulation.do(() => {
        world.host('h2').runs = false
      })
      await simulation.until(() => centre() !== 'h2', 5_000)
      simulation.do(() => {
        world.host('h2').runs = true
      })
      if (failure < 3) await simulation.until(() => centre() === 'h2' && allActive(), 15_000)
    }
    await simulation.until(allActive, 10_000)
    const held = simulation.now
    await simulation.pass(50_000)
    expect(centre()).not.toBe('h2')
    await simulation.until(() => centre() === 'h2', 30_000)
    expect(simulation.now - held).toBeGreaterThan(50_000)
    await simulation.until(allActive, 5_000)
  })

  it('sentence 25: an old centre that returns becomes a spoke, and no frame comes twice meanwhile', async () => {
    const old = centre()
    simulation.do(world => {
      world.host(old).runs = false
    })
    await simulation.until(isTree, 10_000)
    await simulation.pass(30_000)
    const next = centre()
    simulation.do(world => {
      world.host(old).runs = true
    })
    const isSafe = () => HOSTS.every(from => [...simulation.world.broadcast('red', from).values()].every(n => n <= 1))
    for (let ms = 0; ms < 10_000; ms += 10) {
      expect([ms, isSafe()]).toEqual([ms, true])
      await simulation.pass(10)
    }
    expect(centre()).toBe(next)
    expect(allActive() && isTree() && isLinked(old, next)).toBe(true)
  })

  it('sentences 27, 30: a broken link is inactive within two seconds, and active without an error when it is mended', async () => {
    const [unlucky = ''] = spokes()
    simulation.do(world => world.cuts.add(`${centre()} ${unlucky}`))
    expect(await simulation.until(() => !isActive(unlucky), 10_000)).toBeLessThan(2_000)
    expect(simulation.status(`red@${unlucky}`)).toMatchObject({ error: 'PEER_DOWN' })
    simulation.do(world => world.cuts.clear())
    await simulation.until(() => isActive(unlucky), 5_000)
    expect(simulation.status(`red@${unlucky}`)).not.toHaveProperty('error')
  })

  it('sentence 31: an hour in which nothing happens has no write, neither of a status nor of a switch', async () => {
    const before = [simulation.written.length, simulation.asked.length]
    await simulation.pass(3_600_000)
    expect([simulation.written.length, simulation.asked.length]).toEqual(before)
    expect(simulation.reconciler.counts.plans).toBeGreaterThan(60) // it has looked, once a minute
  })

  it('sentence 33: tunnels of a host that dies or is disabled say HOST_DEAD at once, and it is asked for nothing', async () => {
    const [dead = '', disabled = ''] = spokes()
    const from = simulation.asked.length
    simulation.do(world => Object.assign(world.host(dead), { live: false, runs: false, connected: false }))
    simulation.do(world => Object.assign(world.host(disabled), { enabled: false }))
    await simulation.pass(100)
    for (const host of [dead, disabled]) {
      expect(simulation.status(`red@${host}`)).toMatchObject({ active: 'false', error: 'HOST_DEAD' })
      expect(simulation.status(`red@${host}`)).not.toHaveProperty('key')
    }
    expect(simulation.asked.slice(from).filter(({ host }) => host === dead)).toEqual([])
  })

  it('sentence 44: a host that never answers holds up no other one, nor another network', async () => {
    const [mute = '', ...others] = spokes()
    simulation.silent.add(mute)
    const rest = [centre(), ...others]
    simulation.do(world => world.span('blue', HOSTS))
    const areLinked = () => rest.every(host => simulation.status(`blue@${host}`).active === 'true')
    expect(await simulation.until(areLinked, 30_000)).toBeLessThan(2_000)
    simulation.silent.delete(mute)
    await simulation.until(() => simulation.status(`blue@${mute}`).active === 'true', 20_000)
  })

  it('sentence 38: a port that is deleted or changed is as it was before two seconds are over', async () => {
    const [spoke = ''] = spokes()
    const host = simulation.world.host(spoke)
    const [name = '', port] = [...host.ports][0] ?? []
    if (!port) throw new Error('no port')
    simulation.do(() => host.ports.delete(name))
    const isBack = () => JSON.stringify(host.ports.get(name)) === JSON.stringify(port)
    expect(await simulation.until(isBack, 5_000)).toBeLessThan(2_000)
    simulation.do(() => host.ports.set(name, { ...port, key: port.key + 1 }))
    expect(await simulation.until(isBack, 5_000)).toBeLessThan(2_000)
  })

  it('sentence 40: a changed transport address is at all peers at once, and no port is made anew', async () => {
    const { world } = simulation
    const before = [...world.host(centre()).ports.keys()].sort()
    const [moved = ''] = spokes()
    const tunnel = world.tunnels.get(`red@${moved}`)
    if (!tunnel) throw new Error('no tunnel')
    simulation.do(() => world.change(tunnel.uuid, { transport: { ...tunnel.transport, ipv4: '10.7.7.7' } }))
    const remotes = () => [...world.host(centre()).ports.values()].map(({ remoteIp }) => remoteIp)
    expect(await simulation.until(() => remotes().includes('10.7.7.7'), 5_000)).toBeLessThan(1_000)
    expect([...world.host(centre()).ports.keys()].sort()).toEqual(before)
    await simulation.until(allActive, 5_000)
  })
})
