import { type Finding, named, visible } from './findings.ts'
import type { Pif } from './objects.ts'
import type { Pool } from './pool.ts'
import type { Transport } from './selection.ts'

/**
 * Why a host would refuse a tunnel on that PIF, all reasons at once (docs/spec/networking-semantics.md 3.1 and 2.3), in words
 * that follow the names of host and PIF.
 */
export function obstaclesOn(pool: Pool, { host, pif }: Transport): readonly Finding[] {
  const found: Finding[] = []
  const add = (code: string, text: string, about?: Pif) =>
    found.push({ code, host, ...(about ? { pif: about } : {}), text, isLocal: true })
  if (!pool.isLive(host)) add('HOST_OFFLINE', 'is not live: start it, or leave it out of hosts=.')
  if (!pif.isManaged)
    add(
      'PIF_UNMANAGED',
      'is not managed by the toolstack: use another PIF, or pif-forget it and pif-introduce it.',
      pif,
    )
  const stacking = misplaced(pool, pif)
  if (stacking) add(...stacking, pif)
  // The PIF to use instead has an IP configuration of its own.
  else if (!pif.hasIPv4) add('TRANSPORT_PIF_NOT_CONFIGURED', unconfigured(pif), pif)
  return found
}

function unconfigured({ hasIPv6, uuid }: Pif): string {
  const state = hasIPv6 ? 'has an IPv6 configuration alone, and tunnels start from IPv4' : 'has no IP configuration'
  return `${state}: give it one with pif-reconfigure-ip uuid=${uuid} mode=dhcp (or mode=static IP=... netmask=...).`
}

/** The tunnel-on-PIF rule: what may carry a tunnel is a physical PIF, a bond's PIF or a VLAN on either. */
function misplaced(pool: Pool, pif: Pif): readonly [code: string, text: string] | undefined {
  if (pif.accessPifOf !== undefined) {
    const below = pool.pifs.get(pool.tunnels.get(pif.accessPifOf)?.transportPif ?? '')
    return [
      'IS_TUNNEL_ACCESS_PIF',
      `is the access PIF of a tunnel, which carries no other: ${instead('its transport', below)}.`,
    ]
  }
  if (pif.bondSlaveOf !== undefined) {
    const master = pool.pifs.get(pool.bonds.get(pif.bondSlaveOf)?.pif ?? '')
    return ['CANNOT_ADD_TUNNEL_TO_BOND_SLAVE', `is a member of a bond: ${instead("the bond's PIF", master)}.`]
  }
  if (pif.sriovLogicalPifOf !== undefined) {
    const below = pool.pifs.get(pool.sriovs.get(pif.sriovLogicalPifOf)?.pif ?? '')
    return ['CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL', `is a logical PIF of SR-IOV: ${instead('the physical PIF', below)}.`]
  }
  const tagged = pool.pifs.get(pool.vlans.get(pif.vlanMasterOf ?? '')?.pif ?? '')
  if (tagged?.sriovLogicalPifOf !== undefined)
    return [
      'CANNOT_ADD_TUNNEL_TO_VLAN_ON_SRIOV_LOGICAL',
      'is a VLAN on SR-IOV: use a physical PIF, the PIF of a bond, or a VLAN on one of these.',
    ]
  return undefined
}

function instead(what: string, pif: Pif | undefined): string {
  if (!pif) return `use another PIF, for ${what} is not there`
  const ready = pif.hasIPv4 ? '' : ', which needs an IP configuration first (pif-reconfigure-ip)'
  return `use ${what} ${named(pif)} instead${ready}`
}

/** Every host of the pool must run Open vSwitch, whether it gets a tunnel or not. */
export function backEndObstacles(pool: Pool): readonly Finding[] {
  const others = [...pool.hosts.values()].filter(host => host.backend !== 'openvswitch')
  return others.map(host => ({
    code: 'OPENVSWITCH_NOT_ACTIVE',
    host,
    text:
      `has the network back end ${visible(host.backend) || '(none)'}, and no host gets tunnels before all have ` +
      'openvswitch: run xe-switch-network-backend openvswitch in its control domain and restart it.',
  }))
}
