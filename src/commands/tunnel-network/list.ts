import type { Value } from '../../datamodel/index.ts'
import type { Command, Session } from '../command.ts'
import { entries, members, plain, type RecordTable, type Subject } from '../records/field.ts'
import { listCommand } from '../records/list.ts'
import { NOT_IN_DATABASE, Others } from '../records/others.ts'
import { map, scalar, set, whole } from '../records/sources.ts'
import { type Link, type TunnelNetwork, transportOf, tunnelNetworks } from './links.ts'
import { readNetworks, watched } from './pool.ts'

/** A tunnel network as a list shows it. The fields read a record that is put together here rather than one of the host. */
export const tunnelNetwork: RecordTable = {
  name: 'tunnel-network',
  class: 'network',
  nouns: ['tunnel network', 'tunnel networks'],
  subjects,
  alsoReads: ['tunnel', 'PIF', 'host', 'host_metrics'],
  fields: [
    plain('uuid', scalar('uuid'), { listed: true }),
    plain('name-label', scalar('name-label'), { listed: true }),
    plain('name-description', scalar('name-description')),
    plain('bridge', scalar('bridge')),
    plain('MTU', whole('MTU')),
    members('protocol', set('protocol'), { listed: true }),
    members('key', set('key'), { listed: true }),
    plain('state', scalar('state'), { listed: true }),
    members('hosts', set('hosts'), { listed: true }),
    entries('transports', map('transports'), { listed: true }),
    entries('links', map('links'), { listed: true }),
    members('tunnels', set('tunnels')),
  ],
}

export const list: Command = {
  ...listCommand(tunnelNetwork),
  description: 'List the networks that tunnels span: their hosts, transports, protocol, key and state.',
  prints:
    'One record for each network with tunnels, with the fields named in params= (comma-separated, or all), and two empty lines after each. state is up, down, broken, or partly, where some links are up.',
  examples: [
    'tunnel-network-list',
    'tunnel-network-list params=name-label,state,links',
    'tunnel-network-list state=broken --minimal',
    'tunnel-network-list hosts:contains=host1',
  ],
  watches: () => watched,
}

async function subjects(session: Session): Promise<readonly Subject[]> {
  const others = new Others(session)
  return tunnelNetworks(await readNetworks(session)).map(network => ({
    session,
    ref: network.ref,
    record: record(network),
    others,
  }))
}

function record(network: TunnelNetwork): ReadonlyMap<string, Value> {
  const { links } = network
  const labels = links.map(link => labelOf(link, links))
  const byHost = (show: (link: Link) => string) => new Map(links.map((link, at) => [labels[at] ?? '', show(link)]))
  return new Map<string, Value>([
    ['uuid', network.uuid],
    ['name-label', network.nameLabel],
    ['name-description', network.nameDescription],
    ['bridge', network.bridge],
    ['MTU', network.MTU],
    ['protocol', network.protocols],
    ['key', network.keys],
    ['state', network.state],
    ['hosts', labels],
    ['transports', byHost(link => transportOf(link) ?? NOT_IN_DATABASE)],
    ['links', byHost(link => link.error ?? link.state)],
    ['tunnels', links.map(link => link.tunnel.uuid)],
  ])
}

/** A host's name, and its uuid where another host has the same name. */
function labelOf({ host }: Link, links: readonly Link[]): string {
  const isAlone = links.filter(link => link.host.nameLabel === host.nameLabel).length === 1
  return isAlone ? host.nameLabel : `${host.nameLabel} (${host.uuid})`
}
