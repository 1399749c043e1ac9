import type { Mark, Port } from '../model.ts'

/** The marks and the BFD settings of a port, as every dataplane writes them. */
const MARKS = { pool: 'xe-tunnel-pool', network: 'xe-tunnel-network', peer: 'xe-tunnel-peer' } as const

/**
 * Detection within three of these, in milliseconds. The destination address keeps the BFD packets of VMs apart from those of
 * the switches (docs/spec/open-vswitch.md c).
 */
export const bfdSettings = (intervalMs: number): ReadonlyMap<string, string> =>
  new Map([
    ['enable', 'true'],
    ['min_rx', String(intervalMs)],
    ['min_tx', String(intervalMs)],
    ['bfd_remote_dst_mac', '00:23:20:00:00:01'],
  ])

export const externalIds = ({ pool, network, peer }: Mark): ReadonlyMap<string, string> =>
  new Map([
    [MARKS.pool, pool],
    [MARKS.network, network],
    [MARKS.peer, peer],
  ])

/** The mark that external_ids hold; undefined where it is not whole. */
function markOf(ids: ReadonlyMap<string, string>): Mark | undefined {
  const [pool, network, peer] = [ids.get(MARKS.pool), ids.get(MARKS.network), ids.get(MARKS.peer)]
  return pool === undefined || network === undefined || peer === undefined ? undefined : { pool, network, peer }
}

/** The key in the options of a tunnel port; one that is not the same both ways counts as none. */
function keyOf(options: ReadonlyMap<string, string>): number | undefined {
  const key =
    options.get('key') ?? (options.get('in_key') === options.get('out_key') ? options.get('in_key') : undefined)
  return key !== undefined && /^(\d+|0x[\da-f]+)$/i.test(key) ? Number(key) : undefined
}

/** The types of ports that lead to other hosts, whose keys are taken. */
export const TUNNEL_TYPES: ReadonlySet<string> = new Set([
  'gre',
  'vxlan',
  'geneve',
  'stt',
  'lisp',
  'erspan',
  'ip6gre',
  'gtpu',
])

/** A tunnel port as a switch has it, column by column. */
export interface PortColumns {
  readonly bridge: string
  readonly name: string
  readonly type: string
  readonly options: ReadonlyMap<string, string>
  readonly externalIds: ReadonlyMap<string, string>
  readonly bfd: ReadonlyMap<string, string>
  readonly bfdStatus: ReadonlyMap<string, string>
  readonly status: ReadonlyMap<string, string>
  readonly ofport: number | undefined
  readonly error: string
  readonly isProtected: boolean
}

/** What the columns of a port say. `bfd` are the settings that this controller gives its own ports. */
export function portOf(columns: PortColumns, bfd: ReadonlyMap<string, string>): Port {
  const { bridge, name, type, options, ofport, error, isProtected, status, bfdStatus } = columns
  return {
    bridge,
    name,
    type,
    remoteIp: options.get('remote_ip'),
    key: keyOf(options),
    mark: markOf(columns.externalIds),
    isProtected,
    ofport,
    error,
    bfd: columns.bfd.get('enable') !== 'true' ? 'off' : bfdStatus.get('state') === 'up' ? 'up' : 'down',
    isIntact: [...bfd].every(([setting, value]) => columns.bfd.get(setting) === value),
    // A switch that has not made the port yet does not say where it leaves (docs/spec/open-vswitch.md c).
    routed: ofport === undefined || ofport <= 0 || status.has('tunnel_egress_iface'),
  }
}
