import type { Host, Network, Pif, Tunnel } from './objects.ts'
import type { Networks } from './pool.ts'
import { sorted } from './selection.ts'

/**
 * How a tunnel is, by its status, which belongs to the network's controller: up once that has set it up, broken where it says
 * why it could not, and down otherwise (docs/spec/tunnelling-design.md T8, T9, T31).
 */
export type LinkState = 'up' | 'down' | 'broken'

/** A host's part of a tunnel network. */
export interface Link {
  readonly host: Host
  readonly isLive: boolean
  readonly tunnel: Tunnel
  readonly accessPif: Pif
  /** Undefined where it is gone. */
  readonly transportPif: Pif | undefined
  readonly state: LinkState
  /** Undefined unless broken. */
  readonly error: string | undefined
}

/** A network with at least one tunnel. */
export interface TunnelNetwork extends Network {
  /** In the order of the hosts' names. */
  readonly links: readonly Link[]
  /** Without a part of it. */
  readonly others: readonly Host[]
  /** All of the links, or what is the worst of them; `partly` where only some are up and the others are not broken. */
  readonly state: LinkState | 'partly'
  /** The keys of the links that are up: those of others are to be ignored (T34). */
  readonly keys: readonly string[]
  readonly protocols: readonly string[]
}

/** The networks of the pool that tunnels lead to, in the order of the host. */
export function tunnelNetworks(state: Networks): readonly TunnelNetwork[] {
  const byNetwork = new Map<string, Link[]>()
  for (const tunnel of state.tunnels.values()) {
    const accessPif = state.pifs.get(tunnel.accessPif)
    const host = state.hosts.get(accessPif?.host ?? '')
    if (!accessPif || !host) continue // the coordinator will collect it
    const links = byNetwork.get(accessPif.network)
    const link = linkOf(state, tunnel, accessPif, host)
    if (links) links.push(link)
    else byNetwork.set(accessPif.network, [link])
  }
  const hosts = sorted([...state.hosts.values()])
  return [...state.networks.values()].flatMap(network => {
    const links = byNetwork.get(network.ref)
    return links ? [{ ...network, ...summary(hosts, links) }] : []
  })
}

function linkOf({ isLive, pifs }: Networks, tunnel: Tunnel, accessPif: Pif, host: Host): Link {
  const { status } = tunnel
  const reason = status.get('error')
  const isActive = status.get('active') === 'true'
  const state = isActive ? 'up' : reason === undefined || reason === '' ? 'down' : 'broken'
  const transportPif = pifs.get(tunnel.transportPif)
  return {
    host,
    isLive: isLive(host),
    tunnel,
    accessPif,
    transportPif,
    state,
    error: state === 'broken' ? reason : undefined,
  }
}

/** The PIF that carries a tunnel, with its address; undefined where it is gone. */
export function transportOf({ transportPif }: Link): string | undefined {
  if (!transportPif) return undefined
  const { device, VLAN, IP } = transportPif
  return [device, ...(VLAN < 0 ? [] : [`VLAN ${VLAN}`]), ...(IP === '' ? [] : [IP])].join(' ')
}

/** `1 of 3 links up, 1 broken` */
export function countOf({ links }: TunnelNetwork): string {
  const count = (state: LinkState) => links.filter(link => link.state === state).length
  const broken = count('broken')
  const noun = links.length === 1 ? 'link' : 'links'
  return `${count('up')} of ${links.length} ${noun} up${broken > 0 ? `, ${broken} broken` : ''}`
}

/** Encapsulation, key and MTU, in a few words. */
export function traitsOf({ protocols, keys, MTU, bridge }: TunnelNetwork): string {
  const key = keys.length === 0 ? 'no key yet' : `key ${keys.join(', ')}`
  return `${protocols.join(', ')}, ${key}, MTU ${MTU}, bridge ${bridge}`
}

/** The hosts of the pool are in order. */
function summary(hosts: readonly Host[], unsorted: readonly Link[]): Omit<TunnelNetwork, keyof Network> {
  const byHost = new Map<Host, Link[]>()
  for (const link of unsorted) byHost.set(link.host, [...(byHost.get(link.host) ?? []), link])
  const links = hosts.flatMap(host => byHost.get(host) ?? [])
  const active = links.filter(link => link.state === 'up')
  const distinct = (values: readonly (string | undefined)[]) =>
    [...new Set(values.filter(value => value !== undefined))].sort()
  return {
    links,
    others: hosts.filter(host => !byHost.has(host)),
    state: stateOf(links, active.length),
    keys: distinct(active.map(link => link.tunnel.status.get('key'))),
    protocols: distinct(links.map(link => link.tunnel.protocol)),
  }
}

function stateOf(links: readonly Link[], active: number): TunnelNetwork['state'] {
  if (active === links.length) return 'up'
  if (links.some(link => link.state === 'broken')) return 'broken'
  return active === 0 ? 'down' : 'partly'
}
