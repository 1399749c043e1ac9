import type { Datum, Line } from '../../command.ts'
import type { Link, TunnelNetwork } from '../links.ts'
import type { Host } from '../objects.ts'

/** A tunnel network as one record, each of whose links is data of its own (docs/tunnel-networks.md). */
export function recordOf(network: TunnelNetwork): readonly Line[] {
  const { links, others, keys, protocols } = network
  const words = (texts: readonly string[]) => texts.join('; ')
  return [
    ['uuid ( RO)', network.uuid],
    ['name-label ( RO)', network.nameLabel],
    ['name-description ( RO)', network.nameDescription],
    ['bridge ( RO)', network.bridge],
    ['MTU ( RO)', String(network.MTU), network.MTU],
    ['protocol (SRO)', words(protocols), protocols],
    ['key (SRO)', words(keys), keys],
    ['state ( RO)', network.state],
    ['links (SRO)', words(links.map(link => `${link.host.nameLabel}: ${link.error ?? link.state}`)), links.map(linkOf)],
    ['without (SRO)', words(others.map(host => host.nameLabel)), others.map(hostOf)],
  ]
}

const map = (members: Readonly<Record<string, Datum>>): Datum => new Map(Object.entries(members))

const hostOf = ({ uuid, nameLabel }: Host): Datum => map({ uuid, 'name-label': nameLabel })

function linkOf(link: Link): Datum {
  const { host, isLive, tunnel, accessPif, transportPif, state, error } = link
  return map({
    host: hostOf(host),
    live: isLive,
    tunnel: tunnel.uuid,
    protocol: tunnel.protocol,
    'access-PIF': map({ uuid: accessPif.uuid, device: accessPif.device, 'currently-attached': accessPif.isAttached }),
    'transport-PIF': transportPif
      ? map({
          uuid: transportPif.uuid,
          device: transportPif.device,
          VLAN: transportPif.VLAN,
          IP: transportPif.IP,
        })
      : null,
    state,
    error: error ?? null,
  })
}
