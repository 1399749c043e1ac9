import { type Memory, noMemory, type Settings } from '../../src/controller/model.ts'
import { type Plan, plan } from '../../src/controller/plan/index.ts'
import type { World } from './world.ts'

export const settings: Settings = { keys: { first: 1, last: 16_777_215 } }

export interface Settled {
  readonly plan: Plan
  readonly memory: Memory
  /** How often each host's switch was changed, by `host/port`. */
  readonly changes: ReadonlyMap<string, number>
}

/**
 * Plans and applies until there is nothing left to do. `between` is told after each host's transaction, of which there may be any
 * order: `order` puts the hosts of a step into one.
 */
export function settle(
  world: World,
  memory: Memory = noMemory,
  {
    between = () => {},
    order = hosts => hosts,
    rounds = 25,
    with: chosen = settings,
  }: {
    readonly between?: (network: string) => void
    readonly order?: (hosts: readonly string[]) => readonly string[]
    readonly rounds?: number
    readonly with?: Settings
  } = {},
): Settled {
  const changes = new Map<string, number>()
  let known = memory
  for (let round = 0; round < rounds; round += 1) {
    const made = plan(world.observe(), known, chosen)
    known = remembering(known, made)
    const steps = [...made.networks].flatMap(([network, { step }]) =>
      order([...step.keys()]).map(host => ({ network, host, step: step.get(host) ?? [] })),
    )
    if (steps.length === 0) return { plan: made, memory: known, changes }
    for (const { network, host, step } of steps) {
      world.apply(host, step)
      for (const { port } of step) {
        const at = `${host}/${port.mark?.network}/${port.mark?.peer}`
        changes.set(at, (changes.get(at) ?? 0) + 1)
      }
      between(network)
    }
  }
  throw new Error(`still changing after ${rounds} rounds`)
}

/** What a controller knows after a plan. */
export function remembering(memory: Memory, { networks, keys }: Plan): Memory {
  const centres = new Map([...networks].flatMap(([uuid, { centre }]) => (centre ? [[uuid, centre] as const] : [])))
  return {
    ...memory,
    centres,
    keys: new Map([...keys].flatMap(([uuid, key]) => (key === undefined ? [] : [[uuid, key] as const]))),
  }
}
