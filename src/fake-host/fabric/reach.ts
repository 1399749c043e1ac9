import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { isTunnelPort, type SwitchPort } from '../network/index.ts'
import { type GuestPlace, guestPlace } from './guest.ts'
import { farEnd, type Place, type Switches, switchesOf } from './links.ts'
import { deadEnd, nameOf, Obstacle } from './underlay.ts'
import { carries, enter, leave, nameOfBridge } from './vlans.ts'
import { heardBy, type Nic, nicPif } from './wires.ts'

/** Whether a frame gets from one VIF to another. */
export interface Reach {
  readonly reachable: boolean
  /** Where it comes by, one step each; empty unless it gets there. */
  readonly path: readonly string[]
  /** Why it does not; empty where it does. */
  readonly reason: string
}

/** A frame in a bridge: it has come in by a port, belongs to a VLAN, and was somewhere before. */
interface Stop extends Place {
  readonly vlan: number
  readonly before: Stop | undefined
  /** How it came here. */
  readonly step: string
}

/**
 * Whether a broadcast that a guest sends through one VIF comes out of another, by way of bridges, VLANs, bonds and tunnels as they are
 * on the switches now, and if not, what is in the way (docs/spec/tunnelling-design.md T18).
 * @param vlan the tag that the guest puts on the frame; 0: none
 */
export async function reach(pool: Pool, from: Ref<'VIF'>, to: Ref<'VIF'>, vlan = 0): Promise<Reach> {
  const switches = switchesOf(pool)
  const [start, end] = [await guestPlace(pool, switches, from), await guestPlace(pool, switches, to)]
  for (const place of [start, end]) if (place instanceof Obstacle) return unreachable(place.text)
  const [source, target] = [start as GuestPlace, end as GuestPlace] // neither is an Obstacle
  if (from === to) return { reachable: true, path: [describe(pool, source)], reason: '' }
  const inside = enter(source.port, vlan)
  if (inside === undefined) return unreachable(`${source.port.name} does not take frames ${tagged(vlan)}`)
  return spread(pool, switches, source, { target, inside })
}

async function spread(
  pool: Pool,
  switches: Switches,
  source: GuestPlace,
  { target, inside }: { target: GuestPlace; inside: number },
): Promise<Reach> {
  const obstacles = new Set<string>()
  const report = ({ text }: Obstacle) => void obstacles.add(text)
  const queue: Stop[] = [{ ...source, vlan: inside, before: undefined, step: describe(pool, source) }]
  const seen = new Set<string>()
  for (let stop = queue.shift(); stop; stop = queue.shift()) {
    const key = [stop.host, stop.bridge.name, stop.vlan, stop.port.protected].join(' ')
    if (seen.has(key)) continue
    seen.add(key)
    const dead = deadEnd(pool, stop.host)
    if (dead) {
      report(dead)
      continue
    }
    for (const port of stop.bridge.ports) {
      const isBack = port.name === stop.port.name
      const isSplit = port.protected && stop.port.protected
      if (isBack || isSplit || !carries(port, stop.vlan)) continue
      if (port.name === target.port.name && stop.host === target.host) {
        return { reachable: true, path: [...pathTo(stop), describe(pool, target)], reason: '' }
      }
      queue.push(...(await beyond(pool, switches, { stop, port, report })))
    }
  }
  return unreachable(noLink(pool, source, target, obstacles))
}

/** Where a frame comes in that leaves by a port. */
async function beyond(
  pool: Pool,
  switches: Switches,
  { stop, port, report }: { stop: Stop; port: SwitchPort; report: (obstacle: Obstacle) => void },
): Promise<Stop[]> {
  const { host, bridge } = stop
  const tag = leave(port, stop.vlan)
  if (isTunnelPort(port)) {
    const end = await farEnd(pool, switches, { host, bridge, port })
    if (end instanceof Obstacle) {
      report(new Obstacle(`${port.name} on ${bridge.name} on ${nameOf(pool, host)} leads nowhere: ${end.text}`))
      return []
    }
    const vlan = enter(end.port, tag)
    const key = port.options.get('key')
    const step = `${port.type}${key === undefined ? '' : ` key ${key}`} to ${end.bridge.name} on ${nameOf(pool, end.host)}`
    return vlan === undefined ? [] : [{ ...end, vlan, before: stop, step }]
  }
  const cards = port.interfaces.map(device => ({ host, device })).filter(nic => nicPif(pool, nic) !== undefined)
  const stops: Stop[] = []
  for (const card of cards) {
    for (const nic of heardBy(pool, card, report))
      stops.push(...(await arrive(pool, switches, { stop, card, nic, tag })))
  }
  return stops
}

/** Where a frame comes in that a card hears. */
async function arrive(
  pool: Pool,
  switches: Switches,
  { stop, card, nic, tag }: { stop: Stop; card: Nic; nic: Nic; tag: number },
): Promise<Stop[]> {
  const places = (await switches(nic.host)).flatMap(bridge =>
    bridge.ports.filter(port => port.interfaces.includes(nic.device)).map(port => ({ host: nic.host, bridge, port })),
  )
  // The kernel hands frames with a tag to the device that has it before a bridge sees them.
  const own = places.find(({ port }) => port.type === 'vlan' && port.tag === tag)
  const found = own ?? places.find(({ port }) => port.type !== 'vlan')
  const vlan = found && enter(found.port, tag)
  if (!found || vlan === undefined) return []
  const name = nameOf(pool, nic.host)
  const step = `wire from ${card.device} of ${nameOf(pool, card.host)} to ${nic.device} of ${name}${tag === 0 ? '' : `, VLAN ${tag}`}`
  return [{ ...found, vlan, before: stop, step }]
}

const unreachable = (reason: string): Reach => ({ reachable: false, path: [], reason })

const tagged = (vlan: number): string => (vlan === 0 ? 'without a tag' : `with the tag ${vlan}`)

const describe = (pool: Pool, { host, port, network }: GuestPlace): string =>
  `${port.name} on ${nameOfBridge(pool, network)} on ${nameOf(pool, host)}`

function pathTo(stop: Stop): string[] {
  return [...(stop.before ? pathTo(stop.before) : []), stop.step]
}

function noLink(pool: Pool, source: GuestPlace, target: GuestPlace, obstacles: ReadonlySet<string>): string {
  const [a, b] = [source, target].map(({ network }) => nameOfBridge(pool, network))
  const [hostA, hostB] = [source, target].map(({ host }) => nameOf(pool, host))
  const between = hostA === hostB ? `${a} and ${b} on ${hostA}` : `${a} on ${hostA} and ${b} on ${hostB}`
  const because = obstacles.size > 0 ? ` (${[...obstacles].join('; ')})` : ''
  return `no link between bridges ${between}${because}`
}
