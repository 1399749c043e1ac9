import type { Protocol, Transport } from '../model.ts'

/** The two addresses of a link, one family for both ends. */
export interface Addresses {
  readonly family: 'IPv4' | 'IPv6'
  readonly near: string
  readonly far: string
}

/** The addresses that two transports reach each other by: of the family that the near one prefers, if both have it. */
export function addressesOf(near: Transport, far: Transport): Addresses | undefined {
  const families = near.prefers === 'IPv6' ? (['IPv6', 'IPv4'] as const) : (['IPv4', 'IPv6'] as const)
  for (const family of families) {
    const [here, there] = family === 'IPv4' ? [near.ipv4, far.ipv4] : [near.ipv6, far.ipv6]
    if (here !== undefined && there !== undefined) return { family, near: here, far: there }
  }
  return undefined
}

export const hasAddress = ({ ipv4, ipv6 }: Transport): boolean => ipv4 !== undefined || ipv6 !== undefined

/** What a protocol puts before a frame, its own Ethernet header included, in bytes (docs/spec/open-vswitch.md b). */
const OVERHEAD = { gre: { IPv4: 42, IPv6: 62 }, vxlan: { IPv4: 50, IPv6: 70 } } as const

/** The largest packet inside a tunnel whose transport takes `mtu`, in bytes. */
export const innerMtu = (mtu: number, protocol: Protocol, family: Addresses['family']): number =>
  mtu - OVERHEAD[protocol][family]
