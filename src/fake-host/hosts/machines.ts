import type { Ref } from '../../datamodel/index.ts'
import { coordinator } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'
import { hostNamed } from '../host-named.ts'
import { createQueue } from '../network/queue.ts'
import { hostAndPort, parseAddress, reachable } from '../server/index.ts'
import { announceAddresses } from './addresses.ts'
import { Doors, type DoorsOptions } from './doors.ts'
import { powerOff, powerOn, type StopOptions } from './lifecycle.ts'

/** One host of a pool as a machine. */
export interface Machine {
  readonly ref: Ref<'host'>
  /** Its name_label. */
  readonly name: string
  /** `http://HOST:PORT`; empty where it does not listen there. */
  readonly url: string
  /** Whether its toolstack has started and runs. */
  readonly running: boolean
  /** Listens for its calls at one more address: `HOST:PORT`, or `unix:PATH`, where callers are trusted as root. */
  listen(address: string): Promise<void>
  /** Cuts its power, and all connections with it. */
  stop(options?: StopOptions): Promise<void>
  /** Lets it boot. Fulfilled when its toolstack runs, or waits for a coordinator. */
  start(): Promise<void>
}

/** How long the call that stops a host may take to be answered, in milliseconds. */
const ANSWERING_MS = 500

interface Entrance {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly socketPath: string
}

/** The hosts of a pool as machines. */
export interface Machines extends Iterable<Machine> {
  /** The host with this name, uuid or reference. Throws FakeHostError. */
  get(name: string): Machine
  /** Where the coordinator of the start is reached; empty where it does not listen. */
  readonly entrance: Entrance
  stop(host: Ref<'host'>, options?: StopOptions): Promise<void>
  start(host: Ref<'host'>): Promise<void>
  /** Whether nobody could reach the pool any more while a host was stopped. */
  isLastDoor(host: Ref<'host'>): boolean
  /** Everything runs and listens as at the start, without anything booting. */
  reset(): Promise<void>
  /** Nothing listens any more. */
  end(): Promise<void>
}

export interface MachinesOptions extends DoorsOptions {
  /** Fulfilled when what was changed is where it is kept. */
  settled(): Promise<void>
}

/** Lets the hosts of a pool listen. Throws FakeHostError. */
export async function startMachines(options: MachinesOptions): Promise<Machines> {
  const { pool, tls, members, settled } = options
  const { hosts, db } = pool
  const doors = await Doors.open(options)
  announceAddresses(pool, doors, members)
  const inTurn = createQueue()

  const stop = (host: Ref<'host'>, how?: StopOptions): Promise<void> =>
    inTurn(async () => {
      if (hosts.of(host).state === 'stopped') return
      const closed = doors.cut(host, how?.answering ? ANSWERING_MS : 0)
      powerOff(pool, host, how)
      await closed
      await settled()
    })

  const start = (host: Ref<'host'>): Promise<void> =>
    inTurn(async () => {
      const state = hosts.of(host)
      if (state.state !== 'stopped') return
      state.state = 'booting'
      try {
        await doors.open(host)
      } catch (error) {
        state.state = 'stopped'
        throw error
      }
      await powerOn(pool, host)
      await settled()
    })

  /** What a call asks for: of the coordinator the answer to the call would come too late. */
  async function switched(host: Ref<'host'>, done: Promise<void>): Promise<void> {
    const lasting = done.catch(error => {
      if (!(error instanceof FakeHostError)) throw error // its doors could not be opened: it stays off
    })
    if (host !== coordinator(pool)) await lasting
  }

  hosts.power = {
    off: host => switched(host, stop(host, { answering: true })),
    on: start,
    cycle: host =>
      switched(
        host,
        stop(host, { answering: true }).then(() => start(host)),
      ),
  }

  function urlOf(host: Ref<'host'>): string {
    const address = doors.tcp(host)
    return address ? `http${tls ? 's' : ''}://${hostAndPort(reachable(address.host), address.port)}` : ''
  }

  const machine = (ref: Ref<'host'>): Machine => ({
    ref,
    get name() {
      return db.get('host', ref, 'name_label')
    },
    get url() {
      return urlOf(ref)
    },
    get running() {
      return hosts.isRunning(ref)
    },
    listen: address => doors.add(ref, parseAddress(address)),
    stop: how => stop(ref, how),
    start: () => start(ref),
  })

  const first = hosts.entrance()
  const { host, port } = doors.tcp(first) ?? { host: '', port: 0 }
  return {
    entrance: { url: urlOf(first), host, port, socketPath: doors.socketPath(first) ?? '' },
    get: name => machine(hostNamed(db, name)),
    [Symbol.iterator]: () =>
      [...db.refs('host')]
        .reverse()
        .filter(host => !hosts.isElsewhere(host))
        .map(machine)
        .values(),
    stop,
    start,
    isLastDoor: host => doors.isLast(host),
    reset: () =>
      inTurn(async () => {
        hosts.reset()
        await doors.openAll()
      }),
    end: () => doors.end(),
  }
}
