import type {
  Change,
  Host,
  Mark,
  Network,
  Observed,
  Port,
  Protocol,
  Topology,
  Tunnel,
} from '../../src/controller/model.ts'
import { switchOf } from '../../src/controller/switch.ts'

interface WorldPort {
  bridge: string
  name: string
  type: string
  remoteIp: string
  key: number
  mark: Mark | undefined
  isProtected: boolean
}

export interface WorldHost extends Host {
  enabled: boolean
  live: boolean
  drained: boolean
  /** Whether the controller reaches its switch. */
  connected: boolean
  /** Whether the controller has ever reached it. */
  known: boolean
  /** Whether its switch runs: one that does not forwards nothing, and its database tells old news. */
  runs: boolean
  canProtect: boolean
  readonly ports: Map<string, WorldPort>
  readonly bridges: Set<string>
}

interface Index {
  readonly byAddress: ReadonlyMap<string, string>
  readonly ends: ReadonlySet<string>
}

export const POOL = 'pool'

/** Hosts with switches, and a network between them that may be cut: what a controller looks at and changes. No time passes. */
export class World {
  readonly hosts: Map<string, WorldHost> = new Map()
  readonly networks: Map<string, Network> = new Map()
  readonly tunnels: Map<string, Tunnel> = new Map()
  /** Pairs of hosts, as `a b`, whose transports do not reach each other. */
  readonly cuts: Set<string> = new Set()

  addHost(uuid: string, with_: Partial<WorldHost> = {}): WorldHost {
    const host: WorldHost = {
      uuid,
      name: uuid,
      enabled: true,
      live: true,
      drained: false,
      connected: true,
      known: true,
      runs: true,
      canProtect: true,
      ports: new Map(),
      bridges: new Set(),
      ...with_,
    }
    this.hosts.set(uuid, host)
    return host
  }

  addNetwork(uuid: string, with_: Partial<Network> = {}): Network {
    const network: Network = {
      uuid,
      pool: POOL,
      name: uuid,
      bridge: `xapi-${uuid}`,
      mtu: 1500,
      topology: 'star' satisfies Topology,
      preferred: undefined,
      encrypted: false,
      ...with_,
    }
    this.networks.set(uuid, network)
    return network
  }

  addTunnel(network: string, host: string, with_: Partial<Tunnel> = {}): Tunnel {
    const tunnel: Tunnel = {
      uuid: `${network}@${host}`,
      network,
      host,
      protocol: 'gre' satisfies Protocol,
      attached: true,
      transport: { network: 'lan', attached: true, mtu: 1500, ipv4: addressOf(host), ipv6: undefined, prefers: 'IPv4' },
      status: new Map([['active', 'false']]),
      ...with_,
    }
    this.tunnels.set(tunnel.uuid, tunnel)
    if (tunnel.attached) this.host(host).bridges.add(this.network(network).bridge)
    return tunnel
  }

  /** A network with a tunnel on each of some hosts. */
  span(network: string, hosts: readonly string[], with_: Partial<Network> = {}): Network {
    const made = this.addNetwork(network, with_)
    for (const host of hosts) this.addTunnel(network, host)
    return made
  }

  change(tunnel: string, with_: Partial<Tunnel>): void {
    const before = this.tunnels.get(tunnel)
    if (!before) throw new Error(`no tunnel ${tunnel}`)
    const after = { ...before, ...with_ }
    this.tunnels.set(tunnel, after)
    const { bridge } = this.network(after.network)
    const host = this.host(after.host)
    if (after.attached) host.bridges.add(bridge)
    else this.removeBridge(after.host, bridge)
  }

  removeTunnel(uuid: string): void {
    const tunnel = this.tunnels.get(uuid)
    if (!tunnel) return
    this.removeBridge(tunnel.host, this.network(tunnel.network).bridge)
    this.tunnels.delete(uuid)
  }

  removeBridge(host: string, bridge: string): void {
    const its = this.host(host)
    its.bridges.delete(bridge)
    for (const [name, port] of its.ports) if (port.bridge === bridge) its.ports.delete(name)
  }

  host(uuid: string): WorldHost {
    const host = this.hosts.get(uuid)
    if (!host) throw new Error(`no host ${uuid}`)
    return host
  }

  network(uuid: string): Network {
    const network = this.networks.get(uuid)
    if (!network) throw new Error(`no network ${uuid}`)
    return network
  }

  /** A transaction of one host. Throws where a switch would refuse it. */
  apply(uuid: string, changes: readonly Change[]): void {
    const { ports, bridges, connected, canProtect } = this.host(uuid)
    if (!connected) throw new Error(`${uuid} is not connected`)
    for (const { op, port } of changes) {
      if (op === 'remove') {
        if (!ports.delete(port.name)) throw new Error(`${uuid} has no port ${port.name}`)
        continue
      }
      if (ports.has(port.name) !== (op === 'set')) throw new Error(`${op} of ${port.name} on ${uuid}`)
      if (!bridges.has(port.bridge)) throw new Error(`${uuid} has no bridge ${port.bridge}`)
      if (port.isProtected && !canProtect) throw new Error(`${uuid} cannot protect ports`)
      ports.set(port.name, { ...port })
    }
  }

  /** A port by somebody's hand. */
  addPort(host: string, port: Partial<WorldPort> & { readonly name: string }): void {
    this.host(host).ports.set(port.name, {
      bridge: 'xapi-other',
      type: 'gre',
      remoteIp: '192.0.2.1',
      key: 1,
      mark: undefined,
      isProtected: false,
      ...port,
    })
  }

  observe(): Observed {
    const byNetwork = new Map<string, Tunnel[]>()
    for (const tunnel of this.tunnels.values()) {
      byNetwork.set(tunnel.network, [...(byNetwork.get(tunnel.network) ?? []), tunnel])
    }
    const pools = new Set([POOL])
    const index = this.#index()
    return {
      pools,
      hosts: this.hosts,
      networks: this.networks,
      tunnels: byNetwork,
      switches: new Map(
        [...this.hosts.values()]
          .filter(({ known }) => known)
          .map(host => [host.uuid, this.#read(host, pools, index)] as const),
      ),
    }
  }

  #read(host: WorldHost, pools: ReadonlySet<string>, index: Index) {
    const { connected, runs, canProtect, bridges, ports } = host
    const taken = new Set<string>()
    const read = [...ports.values()].map((port, at): Port => {
      const identity = `${port.type} ${port.remoteIp} ${port.key}`
      const isDuplicate = taken.has(identity)
      taken.add(identity)
      return {
        ...port,
        ofport: isDuplicate ? -1 : at + 1,
        error: isDuplicate ? `could not add network device ${port.name} to ofproto (File exists)` : '',
        bfd: this.isUp(host.uuid, port, index) ? 'up' : 'down',
        isIntact: true,
        routed: true,
      }
    })
    return switchOf({ connected, follows: runs, canProtect, bridges, ports: read }, pools)
  }

  /** Whether packets that leave by a port come in by one at the other end, and back. */
  isUp(host: string, { remoteIp, key, type }: WorldPort, { byAddress, ends }: Index = this.#index()): boolean {
    const peer = byAddress.get(remoteIp)
    if (peer === undefined || !this.host(peer).runs || !this.host(host).runs || this.#isCut(host, peer)) return false
    return ends.has(`${peer} ${type} ${key} ${host}`)
  }

  /** Which host has each address, and where each host's ports lead. */
  #index(): Index {
    const byAddress = new Map([...this.hosts.keys()].map(host => [addressOf(host), host]))
    for (const { host, transport } of this.tunnels.values()) {
      for (const address of [transport.ipv4, transport.ipv6]) if (address !== undefined) byAddress.set(address, host)
    }
    const ends = new Set(
      [...this.hosts.values()].flatMap(({ uuid, ports }) =>
        [...ports.values()].map(({ type, key, remoteIp }) => `${uuid} ${type} ${key} ${byAddress.get(remoteIp)}`),
      ),
    )
    return { byAddress, ends }
  }

  /** The links of a network over which frames pass, each once. */
  links(network: string): (readonly [a: string, b: string])[] {
    const index = this.#index()
    const found = [...this.hosts.values()].flatMap(({ uuid, ports }) =>
      [...ports.values()]
        .filter(port => port.mark?.network === network && this.isUp(uuid, port, index))
        .flatMap(port => {
          const peer = port.mark?.peer ?? ''
          return uuid < peer ? [[uuid, peer] as const] : []
        }),
    )
    return found.sort((a, b) => (a.join() < b.join() ? -1 : 1))
  }

  /** How many copies of a broadcast from one host's bridge arrive at each other one; Infinity where it goes round for ever. */
  broadcast(network: string, from: string): ReadonlyMap<string, number> {
    const arrived = new Map<string, number>()
    const index = this.#index()
    const queue: { at: string; by: WorldPort | undefined }[] = [{ at: from, by: undefined }]
    for (let steps = 0; steps < queue.length; steps += 1) {
      if (steps > 500) return new Map([...this.hosts.keys()].map(host => [host, Number.POSITIVE_INFINITY]))
      const { at, by } = queue[steps] ?? { at: from, by: undefined }
      if (by) arrived.set(at, (arrived.get(at) ?? 0) + 1)
      for (const port of this.host(at).ports.values()) {
        const peer = port.mark?.peer ?? ''
        if (port.mark?.network !== network || port === by || (by?.isProtected && port.isProtected)) continue
        if (!this.isUp(at, port, index)) continue
        const far = [...this.host(peer).ports.values()].find(
          other => other.mark?.network === network && other.mark.peer === at,
        )
        if (far) queue.push({ at: peer, by: far })
      }
    }
    return arrived
  }

  #isCut = (a: string, b: string): boolean => this.cuts.has(`${a} ${b}`) || this.cuts.has(`${b} ${a}`)
}

/** The IPv4 address of a host whose name ends in a number. */
export const addressOf = (host: string): string => `10.0.0.${/\d+$/.exec(host)?.[0] ?? '250'}`
