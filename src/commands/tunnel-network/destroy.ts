import { type Command, nothing, type Output } from '../command.ts'
import { CommandError } from '../errors.ts'
import { Obstacles, visible } from './findings.ts'
import { inTheWay } from './in-the-way.ts'
import { type TunnelNetwork, tunnelNetworks } from './links.ts'
import { networkNamed, selectors } from './named.ts'
import type { Network } from './objects.ts'
import { checkNames } from './order.ts'
import { type Networks, readPool } from './pool.ts'
import { counted, removeNetwork } from './remove.ts'
import { type Work, warn, workIn } from './work.ts'

/** docs/tunnel-networks.md */
export const destroy: Command = {
  name: 'tunnel-network-destroy',
  required: [],
  optional: selectors,
  description: 'Remove all tunnels of a network, on every host, and then the network, unless something is in the way.',
  prints: 'Nothing. What is in the way, or is left after a failure, goes to standard error.',
  examples: ['tunnel-network-destroy name-label=red', 'tunnel-network-destroy uuid=UUID'],
  async run(context, parameters) {
    const work = workIn(context)
    checkNames(parameters, selectors)
    const pool = await readPool(work.session)
    const network = withTunnels(pool, networkNamed(pool, parameters))
    const { obstacles, warnings } = await inTheWay(work.session, pool, network)
    if (obstacles.length > 0) throw new Obstacles(`${visible(network.nameLabel)} cannot be removed`, obstacles)
    warn(work, warnings)
    return work.whole(() => carryOut(work, network))
  },
}

/** A network of another kind may be anybody's: it is not removed by mistake. */
export function withTunnels(state: Networks, { ref, uuid, nameLabel }: Network): TunnelNetwork {
  const found = tunnelNetworks(state).find(network => network.ref === ref)
  if (found) return found
  throw new CommandError(`${visible(nameLabel)} (${uuid}) has no tunnels: see network-list uuid=${uuid}`)
}

async function carryOut(work: Work, { ref, uuid, nameLabel, links }: TunnelNetwork): Promise<Output> {
  const { signal } = work
  signal.throwIfAborted()
  const places = links.map(({ tunnel, host }) => ({ tunnel: tunnel.ref, host: host.nameLabel }))
  const { tunnels, isNetworkGone, left } = await removeNetwork(work, ref, places, () => signal.aborted)
  if (isNetworkGone) return nothing
  const again = tunnels < links.length ? 'tunnel-network-destroy' : 'network-destroy'
  const head = `${counted(tunnels, 'tunnel')} of ${visible(nameLabel)} removed. ${again} uuid=${uuid} removes the rest:`
  if (!signal.aborted)
    throw new CommandError(
      head,
      'command',
      left.map(value => ({ label: 'left', value })),
    )
  for (const line of [head, ...left]) work.remark(line)
  throw signal.reason
}
