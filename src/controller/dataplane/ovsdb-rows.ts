import {
  mapOf,
  type Operation,
  optionalOf,
  type Replica,
  type Row,
  textOf,
  type Uuid,
  uuidsOf,
} from '../../ovsdb/index.ts'
import type { Change, Mark, Port, WantedPort } from '../model.ts'
import type { SwitchReading } from '../switch.ts'
import { externalIds, portOf, TUNNEL_TYPES } from './columns.ts'

/** The columns of a switch's database that a controller follows. */
const WATCHED = {
  Open_vSwitch: ['cur_cfg', 'next_cfg'],
  Bridge: ['name', 'ports', 'datapath_id'],
  Port: ['name', 'interfaces', 'external_ids', 'protected'],
  Interface: ['name', 'type', 'options', 'ofport', 'error', 'bfd', 'bfd_status', 'status'],
} as const

/** The columns without the one that older switches lack. */
export const watchedBy = (canProtect: boolean): Readonly<Record<string, readonly string[]>> =>
  canProtect ? WATCHED : { ...WATCHED, Port: WATCHED.Port.filter(column => column !== 'protected') }

interface KnownPort {
  readonly port: Row
  readonly interface: Row
  readonly bridge: string
  readonly read: Port
}

/** Reads a switch from its rows. Rows that are as they were give the same ports again. */
export class RowReader {
  readonly #bfd: ReadonlyMap<string, string>
  #known = new Map<string, KnownPort>()

  constructor(bfd: ReadonlyMap<string, string>) {
    this.#bfd = bfd
  }

  read(replica: Replica): Pick<SwitchReading, 'bridges' | 'ports'> {
    const [ports, interfaces] = [replica.table('Port'), replica.table('Interface')]
    const bridges: string[] = []
    const read: Port[] = []
    const known = new Map<string, KnownPort>()
    for (const row of replica.table('Bridge').values()) {
      const bridge = textOf(optionalOf(row.name))
      // One that the switch could not make has no id (docs/spec/open-vswitch.md c).
      if (textOf(optionalOf(row.datapath_id)) !== '') bridges.push(bridge)
      for (const uuid of uuidsOf(row.ports)) {
        const port = ports.get(uuid)
        const [only = ''] = uuidsOf(port?.interfaces)
        const its = interfaces.get(only)
        if (!port || !its || !TUNNEL_TYPES.has(textOf(optionalOf(its.type)))) continue
        const before = this.#known.get(uuid)
        const isSame = before?.port === port && before.interface === its && before.bridge === bridge
        const entry = isSame ? before : { port, interface: its, bridge, read: this.#readPort(bridge, port, its) }
        known.set(uuid, entry)
        read.push(entry.read)
      }
    }
    this.#known = known
    return { bridges, ports: read }
  }

  #readPort(bridge: string, port: Row, its: Row): Port {
    const ofport = optionalOf(its.ofport)
    return portOf(
      {
        bridge,
        name: textOf(optionalOf(port.name)),
        type: textOf(optionalOf(its.type)),
        options: mapOf(its.options),
        externalIds: mapOf(port.external_ids),
        bfd: mapOf(its.bfd),
        bfdStatus: mapOf(its.bfd_status),
        status: mapOf(its.status),
        ofport: ofport === undefined ? undefined : Number(ofport),
        error: textOf(optionalOf(its.error)),
        isProtected: optionalOf(port.protected) === true,
      },
      this.#bfd,
    )
  }
}

/** What makes a change, for a transaction. Ports that are not there any more need no removal; others that lack a mark get none. */
export function operationsFor(
  changes: readonly Change[],
  replica: Replica,
  bfd: ReadonlyMap<string, string>,
  canProtect: boolean,
): Operation[] {
  const portsByName = new Map(
    [...replica.table('Port')].map(([uuid, row]) => [textOf(optionalOf(row.name)), { uuid, row }]),
  )
  const bridgeOf = new Map(
    [...replica.table('Bridge')].flatMap(([uuid, row]) => uuidsOf(row.ports).map(port => [port, uuid] as const)),
  )
  return changes.flatMap((change, at): Operation[] => {
    const { name } = change.port
    const found = portsByName.get(name)
    if (change.op === 'remove') {
      const bridge = found && bridgeOf.get(found.uuid)
      if (!found || bridge === undefined || !hasMark(found.row, change.port.mark)) return []
      const gone: Uuid = { uuid: found.uuid }
      return [
        {
          op: 'mutate',
          table: 'Bridge',
          where: [['_uuid', '==', { uuid: bridge }]],
          mutations: [['ports', 'delete', [gone]]],
        },
      ]
    }
    if (change.op === 'set') return found ? settings(found, change.port, bfd, canProtect) : []
    return addition(change.port, at, bfd, canProtect)
  })
}

function settings(
  { uuid, row }: { readonly uuid: string; readonly row: Row },
  port: WantedPort,
  bfd: ReadonlyMap<string, string>,
  canProtect: boolean,
): Operation[] {
  const ids = new Map([...mapOf(row.external_ids), ...externalIds(port.mark)])
  const [its = ''] = uuidsOf(row.interfaces)
  return [
    {
      op: 'update',
      table: 'Interface',
      where: [['_uuid', '==', { uuid: its }]],
      row: { options: optionsOf(port), bfd },
    },
    {
      op: 'update',
      table: 'Port',
      where: [['_uuid', '==', { uuid }]],
      row: { external_ids: ids, ...(canProtect && { protected: port.isProtected }) },
    },
  ]
}

function addition(port: WantedPort, at: number, bfd: ReadonlyMap<string, string>, canProtect: boolean): Operation[] {
  const { name, bridge, type, mark, isProtected } = port
  const [portName, interfaceName] = [`port${at}`, `interface${at}`]
  return [
    // Rows that nothing refers to vanish without a word, as they would with the bridge.
    {
      op: 'wait',
      table: 'Bridge',
      where: [['name', '==', bridge]],
      columns: ['name'],
      until: '==',
      rows: [{ name: bridge }],
      timeout: 0,
    },
    {
      op: 'insert',
      table: 'Interface',
      'uuid-name': interfaceName,
      row: { name, type, options: optionsOf(port), bfd },
    },
    {
      op: 'insert',
      table: 'Port',
      'uuid-name': portName,
      row: {
        name,
        interfaces: { named: interfaceName },
        external_ids: externalIds(mark),
        ...(canProtect && { protected: isProtected }),
      },
    },
    {
      op: 'mutate',
      table: 'Bridge',
      where: [['name', '==', bridge]],
      mutations: [['ports', 'insert', [{ named: portName }]]],
    },
  ]
}

/** Whether a port is the one that was meant, and not another one that has its name by now. */
function hasMark({ external_ids }: Row, mark: Mark | undefined): boolean {
  const ids = mapOf(external_ids)
  return mark !== undefined && [...externalIds(mark)].every(([name, value]) => ids.get(name) === value)
}

const optionsOf = ({ remoteIp, key }: WantedPort): ReadonlyMap<string, string> =>
  new Map([
    ['remote_ip', remoteIp],
    ['key', String(key)],
  ])
