import { isIPv4 } from 'node:net'
import type { PIFRecord, Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { InterfaceConfig } from './daemon.ts'

/** The keys and fields that decide how devices are configured (docs/spec/networking-semantics.md 10.4). */

type Settings = ReadonlyMap<string, string>
type Ethtool = Pick<InterfaceConfig, 'ethtool_settings' | 'ethtool_offload'>
type Addressing = Pick<InterfaceConfig, 'ipv4_conf' | 'ipv4_gateway' | 'ipv6_conf' | 'ipv6_gateway' | 'dns'>

/** Persistent bridges and devices come up at boot, before the toolstack (docs/spec/networking-semantics.md 10.3). */
export function isPersistent(db: Database, pif: Ref<'PIF'>): boolean {
  return (
    db.get('PIF', pif, 'ip_configuration_mode') !== 'None' ||
    db.get('PIF', pif, 'ipv6_configuration_mode') !== 'None' ||
    db.get('PIF', pif, 'physical') ||
    db.linked('PIF', pif, 'bond_master_of').size > 0
  )
}

/** The MTU that a PIF's devices are to have. */
function requestedMtu(db: Database, pif: Ref<'PIF'>): number {
  const own = db.get('PIF', pif, 'other_config').get('mtu')
  if (own !== undefined && /^-?\d+$/.test(own)) return Number(own)
  return db.get('network', db.get('PIF', pif, 'network'), 'MTU')
}

/** A device below the bridge: a NIC, a bond, a VLAN device. */
export function plainDevice(
  db: Database,
  pif: Ref<'PIF'>,
  ethtool: Ethtool = { ethtool_settings: new Map(), ethtool_offload: new Map() },
): InterfaceConfig {
  return {
    ipv4_conf: 'None4',
    ipv6_conf: 'Linklocal6',
    ipv4_routes: [],
    mtu: requestedMtu(db, pif),
    ...ethtool,
    persistent: isPersistent(db, pif),
  }
}

/** The bridge itself, which carries the PIF's addresses. */
export function bridgeDevice(db: Database, pif: Ref<'PIF'>): InterfaceConfig {
  const settings = db.get('network', db.get('PIF', pif, 'network'), 'other_config')
  return {
    ...plainDevice(db, pif, ethtool(db.get('PIF', pif, 'properties'), settings)),
    ...addressing(name => db.get('PIF', pif, name)),
    ipv4_routes: staticRoutes(settings.get('static-routes') ?? ''),
  }
}

const SETTINGS: readonly [key: string, valid: RegExp][] = [
  ['speed', /^0*[1-9]\d*$/],
  ['duplex', /^(half|full)$/],
  ['autoneg', /^(on|off|true|false)$/],
  ['advertise', /^0x[0-9a-fA-F]+$/],
]
const OFFLOADS = ['rx', 'tx', 'sg', 'tso', 'ufo', 'gso', 'gro', 'lro']

/** The link settings and offloads of a device; invalid values are as good as absent. */
export function ethtool(properties: Settings, settings: Settings): Ethtool {
  const onOff = (value: string): string => value.replace('true', 'on').replace('false', 'off')
  const ethtool_settings = new Map<string, string>()
  for (const [key, valid] of SETTINGS) {
    const value = settings.get(`ethtool-${key}`)
    if (value !== undefined && valid.test(value)) ethtool_settings.set(key, onOff(value))
  }
  const ethtool_offload = new Map<string, string>()
  for (const key of OFFLOADS) {
    const value = settings.get(`ethtool-${key}`) ?? properties.get(key)
    if (value !== undefined && /^(on|off|true|false)$/.test(value)) ethtool_offload.set(key, onOff(value))
  }
  return { ethtool_settings, ethtool_offload }
}

function addressing(field: <F extends keyof PIFRecord>(name: F) => PIFRecord[F]): Addressing {
  const v4 = field('ip_configuration_mode')
  const v6 = field('ipv6_configuration_mode')
  const gateway = field('gateway')
  const gateway6 = field('ipv6_gateway')
  const primaryIsStatic =
    field('primary_address_type') === 'IPv4' ? v4 === 'Static' : v6 === 'Static' || v6 === 'Autoconf'
  return {
    ipv4_conf:
      v4 === 'Static'
        ? ['Static4', [[field('IP'), prefixLength(field('netmask'))]]]
        : v4 === 'DHCP'
          ? 'DHCP4'
          : 'None4',
    ...(v4 === 'Static' && gateway !== '' && { ipv4_gateway: gateway }),
    ipv6_conf: v6 === 'Static' ? ['Static6', field('IPv6').map(splitPrefix)] : ipv6Modes[v6],
    ...(v6 === 'Static' && gateway6 !== '' && { ipv6_gateway: gateway6 }),
    ...(primaryIsStatic && {
      dns: [entries(field('DNS')), entries(field('other_config').get('domain') ?? '')] as const,
    }),
  }
}

const ipv6Modes = { None: 'Linklocal6', DHCP: 'DHCP6', Autoconf: 'Autoconf6' } as const

const entries = (list: string): string[] => list.split(',').filter(entry => entry !== '')

/** The number of bits that are set in a netmask, gaps or not. */
export function prefixLength(netmask: string): number {
  const bits = netmask.split('.').map(byte => Number(byte).toString(2))
  return [...bits.join('')].filter(bit => bit === '1').length
}

function splitPrefix(cidr: string): readonly [address: string, prefix: number] {
  const [address = '', prefix] = cidr.split('/')
  return [address, Number(prefix ?? 128)]
}

/** `subnet/prefix/gateway[,...]`; one malformed entry discards all. */
function staticRoutes(text: string): InterfaceConfig['ipv4_routes'] {
  const routes = entries(text).map(entry => {
    const [subnet = '', prefix = '', gateway = '', ...rest] = entry.trim().split('/')
    const valid = isIPv4(subnet) && /^\d+$/.test(prefix) && Number(prefix) <= 32 && isIPv4(gateway) && rest.length === 0
    return valid ? ([subnet, Number(prefix), gateway] as const) : undefined
  })
  return routes.every(route => route !== undefined) ? routes : []
}
