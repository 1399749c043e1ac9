import type { Finding } from './findings.ts'
import type { Pool } from './pool.ts'
import type { Transport } from './selection.ts'

/** What an encapsulation adds to an inner IP packet, in bytes (docs/spec/open-vswitch.md b: 1458 and 1450 of 1500). */
const OVERHEAD: Readonly<Record<string, number>> = { gre: 42, vxlan: 50 }

/** What a network has where nobody says otherwise, and what guests take for granted. */
const USUAL = 1500

export interface Mtu {
  /** The MTU to give the network. */
  readonly MTU: number
  /** Packets that will be lost. */
  readonly warnings: readonly Finding[]
  /** Why it is not the usual MTU. */
  readonly reason?: string
}

/** The MTU of a network over these transports: what was asked for, or else the usual one as far as it fits. */
export function mtuOver(
  pool: Pool,
  transports: readonly Transport[],
  protocol: string,
  asked: number | undefined,
): Mtu {
  const overhead = OVERHEAD[protocol] ?? 0
  const rooms = transports.map(transport => ({ ...transport, room: outerMtu(pool, transport) - overhead }))
  const fits = Math.min(...rooms.map(({ room }) => room))
  if (asked === undefined) {
    if (fits >= USUAL) return { MTU: USUAL, warnings: [] }
    const reason = `The network gets MTU ${fits}: larger packets do not fit inside ${protocol} over MTU ${fits + overhead}.`
    return { MTU: fits, warnings: [], reason }
  }
  const narrow = rooms.filter(({ room }) => room < asked)
  const warnings = narrow.map(({ host, pif, room }) => ({
    host,
    pif,
    text:
      `has MTU ${room + overhead}, so that packets of more than ${room} bytes get lost inside ${protocol}: ` +
      `use mtu=${fits}, or give its network an MTU of ${asked + overhead}.`,
  }))
  return { MTU: asked, warnings }
}

/** The MTU of a transport: as it is while it is up, and else as its network will have it. */
function outerMtu({ networks }: Pool, { pif }: Transport): number {
  const configured = networks.get(pif.network)?.MTU ?? USUAL
  return pif.isAttached && pif.MTU > 0 ? pif.MTU : configured
}

/** A DHCP server has not answered yet, or the PIF has not asked yet: what starts from it has to wait. */
export function addressWarnings(transports: readonly Transport[]): readonly Finding[] {
  return transports
    .filter(({ pif }) => pif.hasIPv4 && pif.IP === '' && pif.isAttached)
    .map(({ host, pif }) => ({
      host,
      pif,
      text: `has got no address from its DHCP server: no link can start there. See pif-param-list uuid=${pif.uuid}.`,
    }))
}
