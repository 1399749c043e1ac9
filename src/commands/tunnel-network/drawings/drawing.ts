import { visible } from '../findings.ts'
import { countOf, type Link, type LinkState, type TunnelNetwork, traitsOf, transportOf } from '../links.ts'

/** What both kinds of drawings say, whatever they look like. Nothing in it would make a viewer do something. */
export interface Drawing {
  readonly title: string
  readonly traits: string
  readonly count: string
  readonly hosts: readonly DrawnHost[]
  /** Names of the hosts without a part of it. */
  readonly others: readonly string[]
}

interface DrawnHost {
  readonly name: string
  readonly bridge: string
  /** Without it there is no bridge. */
  readonly isPlugged: boolean
  readonly tunnel: string
  readonly transport: string
  readonly state: LinkState
  /** The state in words, with the reason where there is one. */
  readonly label: string
}

/** Colours that print in grey and that people who see no red tell apart by their lightness; the words say it too. */
export const colours: Readonly<Record<LinkState, string>> = { up: '#1a7f37', down: '#6e7781', broken: '#cf222e' }

export function drawingOf(network: TunnelNetwork): Drawing {
  return {
    title: visible(network.nameLabel),
    traits: visible(traitsOf(network)),
    count: countOf(network),
    hosts: network.links.map(link => drawnHost(network, link)),
    others: network.others.map(host => visible(host.nameLabel)),
  }
}

function drawnHost({ bridge }: TunnelNetwork, link: Link): DrawnHost {
  const { host, isLive, accessPif, state, error } = link
  return {
    name: `${visible(host.nameLabel)}${isLive ? '' : ' (not live)'}`,
    bridge: visible(bridge),
    isPlugged: accessPif.isAttached,
    tunnel: visible(accessPif.device),
    transport: visible(transportOf(link) ?? 'no PIF'),
    state,
    label: `${error === undefined ? state : `broken: ${visible(error)}`}${accessPif.isAttached ? '' : ' (unplugged)'}`,
  }
}
