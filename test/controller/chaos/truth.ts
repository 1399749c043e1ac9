import type { Ref } from '../../../src/datamodel/index.ts'
import type { FakeHost } from '../../../src/fake-host/index.ts'
import type { Switches, SwitchPort } from './switches.ts'

/** What is so, whatever a controller believes. */
export interface Truth {
  /** Looks at the switches anew. Throws where a frame could go round in a circle, or where two networks share a key. */
  look(): Promise<void>
  /** Looks at statuses. Throws where one has said for too long that a network works which does not. */
  judge(now: number, believableSince: number | undefined): void
  /** What is not as it is to be once all is quiet, one line each. */
  faults(): Promise<string[]>
}

/** How long a status may say that hosts can talk which cannot, in milliseconds. */
const PATIENCE_MS = 5_000

interface Row {
  readonly host: Ref<'host'>
  readonly port: SwitchPort
  readonly network: string
  readonly peer: string
  readonly isLive: boolean
}

export function truthOf(fake: FakeHost, switches: Switches): Truth {
  const { db } = fake
  const { pool, control } = fake
  const uuid = (host: Ref<'host'>) => db.get('host', host, 'uuid')
  /** Links that let frames through, by network, then host. */
  let links = new Map<string, Map<string, Set<string>>>()
  const wrongSince = new Map<string, number>()

  async function rows(): Promise<Row[]> {
    const found: Row[] = []
    for (const host of db.refs('host')) {
      if (!pool.hosts.isRunning(host)) continue
      const { bridges } = await control.switchState(host)
      for (const port of bridges.flatMap(({ ports }) => ports)) {
        const network = port.external_ids.get('xe-tunnel-network')
        const peer = port.external_ids.get('xe-tunnel-peer')
        if (network !== undefined && peer !== undefined) {
          found.push({ host, port, network, peer, isLive: switches.isLive(host) })
        }
      }
    }
    return found
  }

  async function look(): Promise<void> {
    const all = await rows()
    const byNetwork = groupBy(all, ({ network }) => network)
    const keys = new Map<string, string>()
    links = new Map()
    for (const [network, those] of byNetwork) {
      for (const { port } of those) {
        const key = port.options.get('key') ?? ''
        if ((keys.get(key) ?? network) !== network) throw new Error(`two networks share key ${key}`)
        keys.set(key, network)
      }
      const ends = new Map(those.map(row => [`${uuid(row.host)} ${row.peer}`, row] as const))
      const roots = new Map<string, string>()
      const rootOf = (host: string): string => {
        const above = roots.get(host)
        return above === undefined ? host : rootOf(above)
      }
      const its = new Map<string, Set<string>>()
      links.set(network, its)
      for (const [at, { isLive, port }] of ends) {
        const [near = '', far = ''] = at.split(' ')
        const back = ends.get(`${far} ${near}`)
        if (!back) continue
        if (isLive && back.isLive && [port, back.port].every(one => one.bfd_status.get('state') === 'up')) {
          its.set(near, (its.get(near) ?? new Set()).add(far))
        }
        if (near > far) continue
        const [a, b] = [rootOf(near), rootOf(far)]
        if (a === b) {
          const graph = [...ends.keys()].map(end => end.replaceAll(/[-0-9a-f]{36}/g, nameOf)).join(', ')
          throw new Error(`a frame can go round in ${networkName(network)}: ${graph}`)
        }
        roots.set(a, b)
      }
    }
  }

  const nameOf = (host: string): string => db.get('host', db.byUuid('host', host), 'name_label')
  const networkName = (network: string): string =>
    db
      .refs('network')
      .flatMap(ref => (db.get('network', ref, 'uuid') === network ? db.get('network', ref, 'name_label') : []))[0] ??
    network

  /** Whom a host can talk to. */
  function heardBy(network: string, host: string): ReadonlySet<string> {
    const heard = new Set([host])
    for (const one of heard) for (const other of links.get(network)?.get(one) ?? []) heard.add(other)
    return heard
  }

  /** The tunnels of each network, by its uuid. */
  function tunnels() {
    const all = db.refs('tunnel').map(tunnel => {
      const access = db.get('tunnel', tunnel, 'access_PIF')
      const host = db.get('PIF', access, 'host')
      return {
        host,
        at: uuid(host),
        network: db.get('network', db.get('PIF', access, 'network'), 'uuid'),
        isAttached: db.get('PIF', access, 'currently_attached'),
        status: db.get('tunnel', tunnel, 'status'),
      }
    })
    return groupBy(all, ({ network }) => network)
  }

  return {
    look,
    judge(now, believableSince) {
      const wrong = new Set<string>()
      for (const [network, its] of tunnels()) {
        const active = its.filter(({ status }) => status.get('active') === 'true')
        for (const [at, a] of active.entries()) {
          const heard = heardBy(network, a.at)
          for (const b of active.slice(at + 1)) if (!heard.has(b.at)) wrong.add(`${network} ${a.at} ${b.at}`)
        }
      }
      for (const pair of wrongSince.keys()) if (!wrong.has(pair)) wrongSince.delete(pair)
      for (const pair of wrong) {
        const since = wrongSince.get(pair) ?? now
        wrongSince.set(pair, since)
        if (believableSince === undefined || now - Math.max(since, believableSince) <= PATIENCE_MS) continue
        const [network = '', a = '', b = ''] = pair.split(' ')
        const what = `${nameOf(a)} and ${nameOf(b)} cannot talk in ${networkName(network)}`
        throw new Error(`${what} since ${since} ms, and at ${now} ms both are still active`)
      }
    },
    async faults() {
      await look()
      const found: string[] = []
      const all = await rows()
      const spans = tunnels()
      for (const { network, host, port } of all) {
        if (!spans.has(network)) found.push(`${port.name} on ${nameOf(uuid(host))} is left of ${network}`)
      }
      for (const [network, its] of spans) {
        const name = networkName(network)
        const members = its.filter(({ isAttached }) => isAttached)
        const keys = new Set(members.map(({ status }) => status.get('key')))
        if (members.length > 0 && (keys.size !== 1 || keys.has(undefined))) found.push(`${name} has keys ${[...keys]}`)
        const ports = all.filter(row => row.network === network)
        if (ports.length !== Math.max(0, 2 * (members.length - 1))) found.push(`${name} has ${ports.length} ports`)
        for (const { port } of ports)
          if (port.options.get('key') !== [...keys][0]) found.push(`${port.name}: another key`)
        for (const { at, status, isAttached } of its) {
          const said = [...status].map(([key, value]) => `${key}=${value}`).join(' ')
          if ((status.get('active') === 'true') !== isAttached || status.has('error')) {
            found.push(`${name} on ${nameOf(at)}, ${isAttached ? '' : 'not '}attached, says ${said}`)
          }
          const heard = heardBy(network, at)
          for (const b of isAttached ? members : [])
            if (!heard.has(b.at)) found.push(`${name}: ${nameOf(at)} cannot talk to ${nameOf(b.at)}`)
        }
      }
      return found
    },
  }
}

function groupBy<T>(all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const those = groups.get(nameOf(one))
    if (those) those.push(one)
    else groups.set(nameOf(one), [one])
  }
  return groups
}
