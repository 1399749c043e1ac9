import { type Command, values } from '../command.ts'
import { withTunnels } from './destroy.ts'
import { networkNamed, selectors } from './named.ts'
import { checkNames } from './order.ts'
import { readNetworks, watched } from './pool.ts'

/** docs/tunnel-networks.md */
export const show: Command = {
  name: 'tunnel-network-show',
  required: [],
  optional: selectors,
  description: 'Draw a tunnel network: its hosts, bridges and PIFs, and which links are up, down or broken.',
  prints:
    'Lines of text that fit a terminal of 80 columns; with --output=svg a picture, with --output=dot a graph for Graphviz. With --minimal the uuid of the network.',
  examples: ['tunnel-network-show name-label=red', 'tunnel-network-show uuid=UUID --output=svg'],
  formats: ['svg', 'dot'],
  watches: () => watched,
  async run({ session, form = '' }, parameters) {
    checkNames(parameters, selectors)
    const state = await readNetworks(session)
    const network = withTunnels(state, networkNamed(state, parameters))
    const { drawings, recordOf, textPicture } = await import('./drawings/index.ts')
    if (form === 'svg' || form === 'dot') return values(drawings[form](network))
    return { kind: 'records', single: true, records: [recordOf(network)], picture: textPicture(network) }
  },
}
