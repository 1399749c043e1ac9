import type { Change, HostRecord, NetworkRecord, PIFRecord, PoolRecord, Ref, TunnelRecord } from '../../xapi/index.ts'
import type { Host, Network, Topology, Tunnel } from '../model.ts'
import { addressOf4, addressOf6 } from './addresses.ts'
import { OPTIONS } from './options.ts'

/** The classes whose objects a controller looks at. */
export const WATCHED = ['pool', 'host', 'host_metrics', 'network', 'PIF', 'tunnel'] as const

type Watched = Change<(typeof WATCHED)[number]>

/** What is seen of several pools together, by uuids; tunnels by their network's. */
export interface Shared {
  readonly pools: Set<string>
  readonly hosts: Map<string, Host>
  readonly networks: Map<string, Network>
  readonly tunnels: Map<string, readonly Tunnel[]>
}

/** Which networks look different, by uuid. */
type Touched = ReadonlySet<string>

/**
 * What XenAPI says of one pool, as far as tunnels go, kept up to date change by change. Objects that lack what they refer to,
 * as they do for a moment while they come and go, are left out until all is there.
 */
export class Picture {
  /** The reference of each tunnel of this pool, by uuid. */
  readonly refs: Map<string, Ref<'tunnel'>> = new Map()
  /** The management address of each host of this pool, by uuid. */
  readonly addresses: Map<string, string> = new Map()
  readonly #shared: Shared

  readonly #hosts = new Map<string, HostRecord>()
  readonly #live = new Map<string, boolean>()
  readonly #networks = new Map<string, NetworkRecord>()
  readonly #pifs = new Map<string, PIFRecord>()
  readonly #tunnels = new Map<string, TunnelRecord>()
  /** Tunnels by the PIF, and by the host, that they stand on. */
  readonly #byPif = new Map<string, Set<string>>()
  readonly #hostOfMetrics = new Map<string, string>()
  readonly #topology: Topology
  #pool: string | undefined

  /** `shared` has what is seen of all pools; `topology` is that of networks that say nothing of it. */
  constructor(shared: Shared, topology: Topology = 'star') {
    this.#shared = shared
    this.#topology = topology
  }

  /** Takes in a change. Returns the networks that it is about; those of a pool whose uuid is new are all of them. */
  take(change: Watched): Touched {
    switch (change.class) {
      case 'pool':
        return this.#takePool(change.operation === 'del' ? undefined : change.record)
      case 'host':
        return this.#takeHost(change.ref, change.operation === 'del' ? undefined : change.record)
      case 'host_metrics':
        return this.#takeMetrics(change.ref, change.operation === 'del' ? undefined : change.record.live)
      case 'network':
        return this.#takeNetwork(change.ref, change.operation === 'del' ? undefined : change.record)
      case 'PIF':
        return this.#takePif(change.ref, change.operation === 'del' ? undefined : change.record)
      case 'tunnel':
        return this.#takeTunnel(change.ref, change.operation === 'del' ? undefined : change.record)
    }
  }

  #takePool(record: PoolRecord | undefined): Touched {
    if (!record || record.uuid === this.#pool) return new Set()
    if (this.#pool !== undefined) this.#shared.pools.delete(this.#pool)
    this.#pool = record.uuid
    this.#shared.pools.add(record.uuid)
    const touched = new Set<string>()
    for (const network of this.#networks.values()) this.#describe(network, touched)
    return touched
  }

  #takeHost(ref: string, record: HostRecord | undefined): Touched {
    const before = this.#hosts.get(ref)
    if (before) {
      this.#hostOfMetrics.delete(before.metrics)
      if (!record || record.uuid !== before.uuid) {
        this.#shared.hosts.delete(before.uuid)
        this.addresses.delete(before.uuid)
      }
    }
    if (!record) {
      this.#hosts.delete(ref)
      return this.#networksOfHost(ref)
    }
    this.#hosts.set(ref, record)
    this.#hostOfMetrics.set(record.metrics, ref)
    this.addresses.set(record.uuid, record.address)
    return this.#seeHost(ref, record)
  }

  #takeMetrics(ref: string, live: boolean | undefined): Touched {
    if (live === undefined) this.#live.delete(ref)
    else this.#live.set(ref, live)
    const host = this.#hostOfMetrics.get(ref)
    const record = host === undefined ? undefined : this.#hosts.get(host)
    return host === undefined || !record ? new Set() : this.#seeHost(host, record)
  }

  #seeHost(ref: string, record: HostRecord): Touched {
    const { uuid, name_label: name, enabled, other_config } = record
    const seen: Host = {
      uuid,
      name,
      enabled,
      live: this.#live.get(record.metrics) ?? false,
      drained: other_config.get(OPTIONS.drained) === 'true',
    }
    if (isSame(this.#shared.hosts.get(uuid), seen)) return new Set()
    this.#shared.hosts.set(uuid, seen)
    return this.#networksOfHost(ref)
  }

  #takeNetwork(ref: string, record: NetworkRecord | undefined): Touched {
    const touched = new Set<string>()
    const before = this.#networks.get(ref)
    if (record) {
      this.#networks.set(ref, record)
      this.#describe(record, touched)
    } else {
      this.#networks.delete(ref)
      if (before) this.#shared.networks.delete(before.uuid)
    }
    if (before?.uuid !== record?.uuid) this.#refreshTunnelsOn(ref, touched)
    if (before && !record) touched.add(before.uuid)
    return touched
  }

  #describe(record: NetworkRecord, touched: Set<string>): void {
    const { uuid, name_label: name, bridge, MTU: mtu, other_config } = record
    const topology = other_config.get(OPTIONS.topology)
    const seen: Network = {
      uuid,
      pool: this.#pool ?? '',
      name,
      bridge,
      mtu,
      topology: topology === 'mesh' || topology === 'star' ? topology : this.#topology,
      preferred: other_config.get(OPTIONS.centre),
      encrypted: other_config.get(OPTIONS.encrypted) === 'true',
    }
    if (isSame(this.#shared.networks.get(uuid), seen)) return
    this.#shared.networks.set(uuid, seen)
    touched.add(uuid)
  }

  #takePif(ref: string, record: PIFRecord | undefined): Touched {
    if (record) this.#pifs.set(ref, record)
    else this.#pifs.delete(ref)
    const touched = new Set<string>()
    for (const tunnel of this.#byPif.get(ref) ?? []) this.#seeTunnel(tunnel, touched)
    return touched
  }

  #takeTunnel(ref: string, record: TunnelRecord | undefined): Touched {
    const touched = new Set<string>()
    const before = this.#tunnels.get(ref)
    for (const pif of before ? [before.access_PIF, before.transport_PIF] : []) this.#byPif.get(pif)?.delete(ref)
    if (record) {
      this.#tunnels.set(ref, record)
      for (const pif of [record.access_PIF, record.transport_PIF]) {
        this.#byPif.set(pif, (this.#byPif.get(pif) ?? new Set()).add(ref))
      }
    } else this.#tunnels.delete(ref)
    this.#seeTunnel(ref, touched)
    return touched
  }

  /** Where each tunnel was put last, by its reference. */
  readonly #placed = new Map<string, Tunnel>()

  #seeTunnel(ref: string, touched: Set<string>): void {
    const before = this.#placed.get(ref)
    const seen = this.#readTunnel(ref)
    if (isSame(before, seen)) return
    if (before) this.#replace(before, undefined, touched)
    if (seen) {
      this.#replace(undefined, seen, touched)
      this.#placed.set(ref, seen)
      this.refs.set(seen.uuid, ref as Ref<'tunnel'>) // it came as the reference of a tunnel
    } else this.#placed.delete(ref)
    if (before && before.uuid !== seen?.uuid) this.refs.delete(before.uuid)
  }

  #replace(gone: Tunnel | undefined, come: Tunnel | undefined, touched: Set<string>): void {
    const network = gone?.network ?? come?.network ?? ''
    const rest = (this.#shared.tunnels.get(network) ?? []).filter(({ uuid }) => uuid !== gone?.uuid)
    const all = come ? [...rest, come] : rest
    if (all.length > 0) this.#shared.tunnels.set(network, all)
    else this.#shared.tunnels.delete(network)
    touched.add(network)
  }

  #readTunnel(ref: string): Tunnel | undefined {
    const tunnel = this.#tunnels.get(ref)
    const access = tunnel && this.#pifs.get(tunnel.access_PIF)
    const transport = tunnel && this.#pifs.get(tunnel.transport_PIF)
    const network = access && this.#networks.get(access.network)
    const host = transport && this.#hosts.get(transport.host)
    if (!tunnel || !access || !transport || !network || !host) return undefined
    return {
      uuid: tunnel.uuid,
      network: network.uuid,
      host: host.uuid,
      protocol: tunnel.protocol === 'vxlan' ? 'vxlan' : 'gre',
      attached: access.currently_attached,
      transport: {
        network: transport.network,
        attached: transport.currently_attached,
        mtu: transport.MTU,
        ipv4: addressOf4(transport),
        ipv6: addressOf6(transport),
        prefers: transport.primary_address_type === 'IPv6' ? 'IPv6' : 'IPv4',
      },
      status: tunnel.status,
    }
  }

  #refreshTunnelsOn(network: string, touched: Set<string>): void {
    for (const [ref, { network: on }] of this.#pifs) {
      if (on !== network) continue
      for (const tunnel of this.#byPif.get(ref) ?? []) this.#seeTunnel(tunnel, touched)
    }
  }

  #networksOfHost(host: string): Touched {
    const touched = new Set<string>()
    for (const [ref, { transport_PIF }] of this.#tunnels) {
      if (this.#pifs.get(transport_PIF)?.host !== host) continue
      this.#seeTunnel(ref, touched)
      const network = this.#placed.get(ref)?.network
      if (network !== undefined) touched.add(network)
    }
    return touched
  }
}

/** Whether two descriptions say the same. */
function isSame<T extends object>(a: T | undefined, b: T | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return Object.entries(a).every(([name, value]) => isEqual(value, (b as Record<string, unknown>)[name])) // of one type
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)
  }
  if (typeof a === 'object' && typeof b === 'object' && a && b) return isSame(a, b)
  return a === b
}
