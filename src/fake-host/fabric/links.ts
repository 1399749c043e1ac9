import { isIP } from 'node:net'
import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'
import { DaemonError, isTunnelPort, ScriptError, type SwitchBridge, type SwitchPort } from '../network/index.ts'
import { nameOf, Obstacle, type Route, routeTo } from './underlay.ts'

/** The bridges of each host that was asked for, read once. */
export type Switches = (host: Ref<'host'>) => Promise<readonly SwitchBridge[]>

/** A port on a bridge of a host. */
export interface Place {
  readonly host: Ref<'host'>
  readonly bridge: SwitchBridge
  readonly port: SwitchPort
}

/**
 * The rows of all switches of a pool, each host's read at most once. A host that does not run has none. Throws FakeHostError where a
 * real switch does not answer.
 */
export function switchesOf(pool: Pool): Switches {
  const known = new Map<Ref<'host'>, Promise<readonly SwitchBridge[]>>()
  return host => {
    const found =
      known.get(host) ??
      pool.networks
        .of(host)
        .inspect()
        .catch(error => unanswered(nameOf(pool, host), error))
    known.set(host, found)
    return found
  }
}

function unanswered(host: string, error: unknown): never {
  if (!(error instanceof DaemonError)) throw error
  const reason = (error instanceof ScriptError && error.said) || error.message
  const [line = ''] = reason.split('\n', 1)
  throw new FakeHostError(`the switch of ${host} does not answer: ${line}`, { cause: error })
}

/**
 * Where a frame comes out that enters a tunnel port: at the port of the other host that has the same type and key and points
 * back. An Obstacle where there is none, or the way there fails.
 */
export async function farEnd(pool: Pool, switches: Switches, { host, port }: Place): Promise<Place | Obstacle> {
  const remote = port.options.get('remote_ip') ?? ''
  if (port.error !== undefined) return new Obstacle(`${port.name} on ${nameOf(pool, host)}: ${port.error}`)
  const route = routeTo(pool, host, remote, port.options.get('local_ip'))
  if (route instanceof Obstacle) return route
  const { targetHost, sourceAddress } = route
  if (port.type === 'vxlan' && !pool.networks.of(targetHost).isVxlanOpen()) {
    return new Obstacle(`UDP 4789 is closed on ${nameOf(pool, targetHost)}`)
  }
  for (const bridge of await switches(targetHost)) {
    const back = bridge.ports.find(other => isCounterpart(port, other, sourceAddress, remote))
    if (back) return { host: targetHost, bridge, port: back }
  }
  const key = port.options.get('key')
  const what = `${port.type} port${key === undefined ? '' : ` with key ${key}`}`
  return new Obstacle(`${nameOf(pool, targetHost)} has no ${what} for ${sourceAddress}`)
}

const isCounterpart = (port: SwitchPort, other: SwitchPort, source: string, remote: string): boolean =>
  isTunnelPort(other) &&
  other.type === port.type &&
  other.error === undefined &&
  other.options.get('remote_ip') === source &&
  (other.options.get('key') ?? '0') === (port.options.get('key') ?? '0') &&
  (other.options.get('local_ip') ?? remote) === remote

/**
 * What the switch of a host tells of its tunnel ports, where it is a simulated one (docs/spec/open-vswitch.md c): which of them it could not
 * make, where they leave, and whether their BFD hears from the other end.
 */
export async function withStatus(pool: Pool, switches: Switches, host: Ref<'host'>): Promise<readonly SwitchBridge[]> {
  if (pool.networks.of(host).backend.isReal) return switches(host)
  const seen = new Set<string>()
  const bridges: SwitchBridge[] = []
  for (const bridge of await switches(host)) {
    const ports: SwitchPort[] = []
    for (const port of bridge.ports) {
      ports.push(isTunnelPort(port) ? await portStatus(pool, switches, { host, bridge, port }, seen) : port)
    }
    bridges.push({ ...bridge, ports })
  }
  return bridges
}

async function portStatus(pool: Pool, switches: Switches, place: Place, seen: Set<string>): Promise<SwitchPort> {
  const { host, port } = place
  const { options } = port
  const error = refusalOf(port, seen)
  if (error !== undefined) return { ...port, ofport: -1, error }
  const route = routeTo(pool, host, options.get('remote_ip') ?? '', options.get('local_ip'))
  const status = egress(pool, route, host)
  if (port.bfd.get('enable') !== 'true') return { ...port, status }
  const end = await farEnd(pool, switches, place)
  const isUp = !(end instanceof Obstacle) && end.port.bfd.get('enable') === 'true'
  return { ...port, status, bfd_status: bfdStatus(isUp) }
}

/** Why a switch takes no port like this, in its own words. */
function refusalOf({ type, name, options }: SwitchPort, seen: Set<string>): string | undefined {
  const remote = options.get('remote_ip')
  if (remote === undefined) return `${name}: ${type} type requires valid 'remote_ip' argument`
  if (remote !== 'flow' && isIP(remote) === 0) return `${name}: bad ${type} 'remote_ip'`
  const identity = [type, remote, options.get('key') ?? '0', options.get('local_ip') ?? ''].join(' ')
  if (seen.has(identity)) return `could not add network device ${name} to ofproto (File exists)`
  seen.add(identity)
  return undefined
}

function egress(pool: Pool, route: Route | Obstacle, host: Ref<'host'>): ReadonlyMap<string, string> {
  if (route instanceof Obstacle) {
    // The way out is known as long as this host has an address, whatever is at the other end.
    const [own] = [...pool.networks.pifs.addressed(host)].filter(pif => pool.db.get('PIF', pif, 'currently_attached'))
    if (own === undefined || pool.db.get('PIF', own, 'IP') === '') return new Map()
    return egressVia(pool, own)
  }
  return egressVia(pool, route.source)
}

const egressVia = ({ db }: Pool, pif: Ref<'PIF'>): ReadonlyMap<string, string> =>
  new Map([
    ['tunnel_egress_iface', db.get('network', db.get('PIF', pif, 'network'), 'bridge')],
    ['tunnel_egress_iface_carrier', 'up'],
  ])

const bfdStatus = (isUp: boolean): ReadonlyMap<string, string> =>
  new Map([
    ['state', isUp ? 'up' : 'down'],
    ['forwarding', String(isUp)],
    ['remote_state', isUp ? 'up' : 'down'],
    ['diagnostic', isUp ? 'No Diagnostic' : 'Control Detection Time Expired'],
  ])
