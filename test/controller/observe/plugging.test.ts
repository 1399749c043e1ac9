import { describe, expect, it } from 'vitest'
import { Plugging } from '../../../src/controller/observe/plugging.ts'
import { World } from '../world.ts'

const GRACE = { reboot: 120_000, plug: 5_000 }

function start() {
  const world = new World()
  for (const host of ['h1', 'h2']) world.addHost(host)
  world.span('red', ['h1', 'h2'])
  const plugging = new Plugging(GRACE)
  const look = (now: number) => plugging.look(world.hosts, [[...world.tunnels.values()]], now)
  look(0)
  return { world, look }
}

describe('access PIFs (docs/spec/open-vswitch.md e)', () => {
  it('sentence 43: those of a host that has booted are plugged, whichever is told of first', () => {
    for (const liveFirst of [true, false]) {
      const { world, look } = start()
      world.host('h2').live = false
      look(1000)
      if (liveFirst) world.host('h2').live = true
      else world.change('red@h2', { attached: false })
      expect(look(60_000).plug).toEqual([])
      world.host('h2').live = true
      world.change('red@h2', { attached: false })
      expect(look(60_001).plug).toEqual(['red@h2'])
      expect(look(60_002).plug).toEqual([])
    }
  })

  it('what somebody unplugs stays unplugged, also soon after a boot', () => {
    const { world, look } = start()
    world.change('red@h1', { attached: false })
    expect(look(10)).toEqual({ plug: [], next: undefined })
    world.host('h2').live = false
    look(1000)
    world.host('h2').live = true
    world.change('red@h2', { attached: false })
    expect(look(2000).plug).toEqual(['red@h2'])
    world.change('red@h2', { attached: true })
    look(2100)
    world.change('red@h2', { attached: false })
    expect(look(2200)).toEqual({ plug: [], next: undefined })
  })

  it('sentence 42: those of a host that has joined are plugged after others had time to', () => {
    const { world, look } = start()
    world.addHost('h3')
    world.addTunnel('red', 'h3', { attached: false })
    expect(look(1000)).toEqual({ plug: [], next: 1000 + GRACE.plug })
    expect(look(1000 + GRACE.plug).plug).toEqual(['red@h3'])
  })
})
