import { XapiError } from '../../xapi/index.ts'
import { CommandError } from '../errors.ts'
import { find, type Parameters } from '../parameters.ts'
import { visible } from './findings.ts'
import type { Network } from './objects.ts'
import type { Networks } from './pool.ts'

/** The parameters that name a network, one of which a command needs. */
export const selectors = ['uuid', 'name-label'] as const

/** The tunnel network that `uuid=` or `name-label=` names. */
export function networkNamed(state: Networks, parameters: Parameters): Network {
  const [uuid, name] = selectors.map(selector => find(parameters, selector))
  if (uuid !== undefined && name !== undefined) throw new CommandError('uuid and name-label exclude each other')
  if (uuid !== undefined) return byUuid(state, uuid)
  if (name !== undefined) return byName(state, name)
  throw new CommandError('name a network: uuid=UUID or name-label=NAME')
}

/** The failure is the one of a host that is asked for the network. */
function byUuid({ networks }: Networks, uuid: string): Network {
  for (const network of networks.values()) if (network.uuid === uuid) return network
  throw new XapiError('UUID_INVALID', ['network', uuid])
}

function byName({ networks }: Networks, name: string): Network {
  const [network, ...more] = [...networks.values()].filter(({ nameLabel }) => nameLabel === name)
  if (!network) throw new CommandError(`no network is called ${visible(name)}`)
  if (more.length === 0) return network
  const uuids = [network, ...more].map(each => each.uuid)
  throw new CommandError(
    `${uuids.length} networks are called ${visible(name)}: choose one with uuid=, ${uuids.join(', ')}`,
  )
}
