import type { Change, Memory, Network, Observed, Settings, WantedPort } from '../model.ts'
import { elect } from './elect.ts'
import { allotKeys, type Keys } from './keys.ts'
import { type Link, linksOf } from './links.ts'
import { viewOf } from './members.ts'
import { type Status, statusesOf } from './statuses.ts'
import { nextStep, type Underway } from './steps.ts'
import { portsOf, shapeOf, targetOf } from './target.ts'

export { endsAfter } from './after.ts'
export { allotKeys, type Keys } from './keys.ts'
export type { Status } from './statuses.ts'
export type { Underway } from './steps.ts'

/** What is to become of one network, and why. */
export interface NetworkPlan {
  /** Undefined for one that is gone, of which only ports are left. */
  readonly network: Network | undefined
  readonly shape: 'star' | 'mesh'
  readonly centre: string | undefined
  /** The centre that was given up because it has failed. */
  readonly failed: string | undefined
  readonly key: number | undefined
  readonly links: readonly Link[]
  /** The ports that the network is to have, by host. */
  readonly ports: ReadonlyMap<string, readonly WantedPort[]>
  /** By tunnel. */
  readonly statuses: ReadonlyMap<string, Status>
  /** The changes that are safe to make now, by host; none where all is as it is to be. */
  readonly step: ReadonlyMap<string, readonly Change[]>
  /** In words, one reason a line. */
  readonly why: readonly string[]
}

export interface Plan {
  readonly keys: Keys
  /** By network. */
  readonly networks: ReadonlyMap<string, NetworkPlan>
}

/** What the world is to be like, from what it is like: nothing else goes into it, and the same world gives the same plan. */
export function plan(observed: Observed, memory: Memory, settings: Settings): Plan {
  const keys = allotKeys(observed, memory, settings.keys)
  const uuids = new Set<string>()
  for (const uuid of observed.tunnels.keys()) if (observed.networks.has(uuid)) uuids.add(uuid)
  for (const { own } of observed.switches.values()) for (const uuid of own.keys()) uuids.add(uuid)
  const networks = [...uuids].sort().map(uuid => [uuid, planNetwork(observed, memory, keys, uuid)] as const)
  return { keys, networks: new Map(networks) }
}

/** The part of a plan that is about one network, given the keys of all. Nothing in it depends on the other networks. `underway`: see `nextStep`. */
export function planNetwork(
  observed: Observed,
  memory: Memory,
  keys: Keys,
  uuid: string,
  underway?: Underway,
): NetworkPlan {
  const view = viewOf(observed, memory, uuid)
  const key = keys.get(uuid)
  const shape = shapeOf(view)
  const { centre, failed, why } = shape === 'star' ? elect(view, memory) : noElection
  const target = targetOf(view, memory, centre)
  const ports = portsOf(view, target, key)
  const links = linksOf(view, memory, target, ports, centre)
  const reasons = view.members.size > 0 ? [why] : ['no host takes part']
  if (view.network?.topology === 'mesh' && shape === 'star') {
    reasons.push('a star, since not all switches can keep the links of a mesh apart')
  }
  return {
    network: view.network,
    shape,
    centre,
    failed,
    key,
    links,
    ports,
    statuses: statusesOf(view, key, target, links),
    step: nextStep(view, ports, centre, underway),
    why: reasons,
  }
}

const noElection = { centre: undefined, failed: undefined, why: 'every host is linked to every other one' }
