import { connectOvsdb, type OvsdbTls } from '../../ovsdb/index.ts'
import { switchOf } from '../switch.ts'
import { bfdSettings } from './columns.ts'
import { type Dataplane, DataplaneError, type DataplaneEvents, type SwitchPlace } from './dataplane.ts'
import type { Entrance } from './entrance.ts'
import { ANSWER_MS, OvsdbSwitch } from './ovsdb-switch.ts'

export interface OvsdbDataplaneOptions extends DataplaneEvents {
  /** Where the database of a host's switch is: `unix:PATH`, `tcp:HOST:PORT` or `ssl:HOST:PORT`. */
  readonly addressOf: (place: SwitchPlace) => string
  /** Where switches connect to by themselves; their addresses do not matter then. */
  readonly entrance?: Entrance | undefined
  readonly tls: OvsdbTls | undefined
  readonly bfdIntervalMs: number
  /** From 0 to 1. */
  readonly random: () => number
}

/** How long a controller that holds some of the locks waits for the others before it lets go of them, in milliseconds. */
const SPLIT_MS = 500

/**
 * Real switches, by the databases of their hosts. A controller leads while it holds the lock of most databases that it
 * reaches, and writes to none without its lock.
 */
export function ovsdbDataplane(options: OvsdbDataplaneOptions): Dataplane {
  const bfd = bfdSettings(options.bfdIntervalMs)
  const switches = new Map<string, { readonly address: string; readonly its: OvsdbSwitch }>()
  let pools: ReadonlySet<string> = new Set()
  /** Undefined until a switch has been reached. */
  let leads: boolean | undefined
  let split: NodeJS.Timeout | undefined

  function countLocks(): void {
    const connected = [...switches.values()].map(({ its }) => its).filter(({ isConnected }) => isConnected)
    const held = connected.filter(({ holdsLock }) => holdsLock)
    const isMost = held.length * 2 > connected.length
    if (isMost !== leads && (leads !== undefined || connected.length > 0)) {
      leads = isMost
      options.onLead?.(leads)
    }
    clearTimeout(split)
    split = undefined
    if (held.length === 0 || leads) return
    const ms = SPLIT_MS * (1 + options.random())
    split = setTimeout(() => {
      for (const its of held) void its.yieldLock(ms)
      countLocks()
    }, ms).unref()
  }

  function open(place: SwitchPlace, address: string): OvsdbSwitch {
    const { host } = place
    return new OvsdbSwitch({
      connect: signal =>
        options.entrance
          ? options.entrance.next(host, ANSWER_MS, signal)
          : connectOvsdb(address, { timeout: ANSWER_MS, tls: options.tls }),
      bfd,
      onReading: reading => options.onSwitch(host, switchOf(reading, pools)),
      onLock: options.onLead && (() => countLocks()),
      onTrouble: message => options.onTrouble(host, message),
    })
  }

  return {
    async look(places, all) {
      pools = all
      const wanted = new Map(places.map(place => [place.host, options.addressOf(place)]))
      for (const [host, { address, its }] of switches) {
        if (wanted.get(host) === address) continue
        switches.delete(host)
        its.close()
      }
      for (const place of places) {
        const address = wanted.get(place.host) ?? ''
        if (!switches.has(place.host)) switches.set(place.host, { address, its: open(place, address) })
      }
      countLocks()
      await Promise.all([...switches.values()].map(({ its }) => its.tried))
    },
    async apply(host, changes) {
      const its = switches.get(host)?.its
      if (!its) throw new DataplaneError('refused', 'it is not looked after')
      await its.apply(changes)
    },
    probe(host) {
      switches.get(host)?.its.probe()
    },
    resync() {
      for (const { its } of switches.values()) its.probe()
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(split)
      for (const { its } of switches.values()) its.close()
      switches.clear()
      await options.entrance?.[Symbol.asyncDispose]()
    },
  }
}
