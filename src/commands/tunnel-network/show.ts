import { type Command, values } from '../command.ts'
import { flag } from '../parameters.ts'
import { withTunnels } from './destroy.ts'
import { networkNamed, selectors } from './named.ts'
import { checkNames } from './order.ts'
import { readNetworks } from './pool.ts'

/** docs/tunnel-networks.md */
export const show: Command = {
  name: 'tunnel-network-show',
  required: [],
  optional: selectors,
  description: 'Draw a tunnel network: its hosts, bridges and PIFs, and which links are up, down or broken.',
  prints: 'Lines of text that fit a terminal of 80 columns. With --minimal the uuid of the network.',
  examples: ['tunnel-network-show name-label=red', 'tunnel-network-show uuid=UUID'],
  async run({ session }, parameters) {
    checkNames(parameters, selectors)
    const state = await readNetworks(session)
    const network = withTunnels(state, networkNamed(state, parameters))
    if (flag(parameters, 'minimal')) return values(network.uuid)
    const { textPicture } = await import('./text-picture.ts')
    return values(...textPicture(network))
  },
}
