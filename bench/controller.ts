import { noMemory } from '../src/controller/model.ts'
import { plan, planNetwork } from '../src/controller/plan/index.ts'
import { remembering, settings, settle } from '../test/controller/settle.ts'
import { World } from '../test/controller/world.ts'
import { median } from './median.ts'

const ROUNDS = 15

/**
 * The planner: 100 networks over 64 hosts from nothing (goal: under 100 ms), all of them again when nothing is to do, and what one
 * event takes (goal: under 2 ms, not growing with the pool), for a pool of 8 hosts as well. A network of this measurement
 * is on all hosts. Processor time, which other programs do not add to.
 */
export async function controller(): Promise<string> {
  const large = poolOf(64, 100)
  const scratch = time(
    () => plan(large.observe(), noMemory, settings),
    () => large.observe(),
  )
  const [events8, events64] = [eventsOf(poolOf(8, 100)), eventsOf(large)]
  return [
    `64 hosts x 100 networks from scratch ${scratch.toFixed(0)} ms`,
    `settled, all again ${events64.all.toFixed(0)} ms`,
    `one event ${events64.one.toFixed(2)} ms (8 hosts ${events8.one.toFixed(2)} ms)`,
  ].join(', ')
}

function poolOf(hosts: number, networks: number): World {
  const world = new World()
  const names = Array.from({ length: hosts }, (_, at) => `h${at}`)
  for (const name of names) world.addHost(name)
  for (let at = 0; at < networks; at += 1) world.span(`net${at}`, names)
  return world
}

/** What planning takes once all is linked: of everything, and of the one network that an event is about. */
function eventsOf(world: World): { readonly all: number; readonly one: number } {
  const { memory, plan: made } = settle(world)
  const known = remembering(memory, made)
  const observed = world.observe()
  return {
    all: time(() => plan(observed, known, settings)),
    one: time(() => planNetwork(observed, known, made.keys, 'net7')),
  }
}

/** The middle processor time of `work` in milliseconds, less what `beside` takes, which is not what is measured. */
function time(work: () => unknown, beside: () => unknown = () => {}): number {
  const once = (its: () => unknown) => {
    const start = process.cpuUsage()
    its()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }
  const runs = Array.from({ length: ROUNDS }, () => [once(work), once(beside)] as const)
  return median(runs.map(([all, rest]) => all - rest))
}
