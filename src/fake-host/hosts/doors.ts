import type { Ref } from '../../datamodel/index.ts'
import type { Answer, Call } from '../dispatch/call.ts'
import type { Pool } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'
import {
  type Address,
  type CliServer,
  type Control,
  type HttpServer,
  type Identity,
  listen,
  thumbprintsOf,
} from '../server/index.ts'

export interface DoorsOptions {
  readonly pool: Pool
  dispatch(call: Call): Promise<Answer>
  /** Answers what is for tests. */
  readonly control: Control
  /** Where the pool listens. */
  readonly addresses: readonly Address[]
  /** Every host listens, the members where the coordinator does but at ports of their own. */
  readonly members: boolean
  readonly tls: Identity | undefined
  /** Runs the command lines of xe clients. */
  readonly cli: CliServer | undefined
}

/** Where something listens, and is to listen again at the same port after it was closed. */
interface Door {
  address: Address
  server: HttpServer | undefined
}

type TcpAddress = Extract<Address, { host: string }>

/** Where the hosts of a pool listen. */
export class Doors {
  readonly #options: DoorsOptions
  /** By the host to which they lead; those of nobody lead to the coordinator, whichever host that is. */
  readonly #doors = new Map<Ref<'host'> | undefined, Door[]>()

  private constructor(options: DoorsOptions) {
    this.#options = options
  }

  /** Throws FakeHostError. */
  static async open(options: DoorsOptions): Promise<Doors> {
    const { pool, addresses, members } = options
    const doors = new Doors(options)
    const tcp = addresses.find(isTcp)
    if (members && !tcp) throw new FakeHostError('members listen beside an address of the form HOST:PORT')
    const first = pool.hosts.entrance()
    try {
      for (const address of addresses) await doors.add(members ? first : undefined, address)
      for (const host of [...pool.db.refs('host')].reverse()) {
        if (members && tcp && host !== first && !pool.hosts.isElsewhere(host))
          await doors.add(host, { ...tcp, port: 0 })
      }
      return doors
    } catch (error) {
      await doors.end()
      throw error
    }
  }

  /** Opens one more, that leads to this host or to the coordinator. Throws FakeHostError. */
  async add(owner: Ref<'host'> | undefined, address: Address): Promise<void> {
    const door: Door = { address, server: undefined }
    await this.#open(owner, door)
    this.#doors.set(owner, [...(this.#doors.get(owner) ?? []), door])
  }

  /** Opens what is closed of a host. Throws FakeHostError. */
  async open(host: Ref<'host'>): Promise<void> {
    for (const [owner, door] of this.#of(host)) await this.#open(owner, door)
  }

  /**
   * Closes what is open of a host, and cuts its connections off.
   * @param grace how long calls may take until then that are being answered, in milliseconds
   */
  async cut(host: Ref<'host'>, grace = 0): Promise<void> {
    const servers = this.#of(host).map(([, door]) => {
      const { server } = door
      door.server = undefined
      return server?.stop(grace)
    })
    await Promise.all(servers)
  }

  /** Whether nobody could reach the pool any more once the doors of a host were closed. */
  isLast(host: Ref<'host'>): boolean {
    const own = new Set(this.#of(host).map(([, door]) => door))
    const open = [...this.#doors.values()].flat().filter(door => door.server !== undefined)
    return open.length > 0 && open.every(door => own.has(door))
  }

  /** Opens all that is closed. Throws FakeHostError. */
  async openAll(): Promise<void> {
    for (const [owner, doors] of this.#doors) for (const door of doors) await this.#open(owner, door)
  }

  /** Closes everything. */
  async end(): Promise<void> {
    const all = [...this.#doors.values()].flat()
    this.#doors.clear()
    await Promise.all(all.map(door => door.server?.stop()))
  }

  /** Where a host is reached over TCP; undefined where it is not. */
  tcp(host: Ref<'host'>): TcpAddress | undefined {
    return this.#of(host)
      .map(([, door]) => door.address)
      .find(isTcp)
  }

  /** The unix socket of a host; undefined where it has none. */
  socketPath(host: Ref<'host'>): string | undefined {
    const paths = this.#of(host).flatMap(([, { address }]) => ('path' in address ? [address.path] : []))
    return paths[0]
  }

  #of(host: Ref<'host'>): (readonly [owner: Ref<'host'> | undefined, door: Door])[] {
    const owners = host === this.#options.pool.hosts.entrance() ? [undefined, host] : [host]
    return owners.flatMap(owner => (this.#doors.get(owner) ?? []).map(door => [owner, door] as const))
  }

  async #open(owner: Ref<'host'> | undefined, door: Door): Promise<void> {
    const { pool, dispatch, control, tls, cli } = this.#options
    const thumbprints = tls && thumbprintsOf(tls)
    door.server ??= await listen({
      address: door.address,
      dispatch: call => dispatch({ ...call, host: owner }),
      control,
      cli: cli && { serve: cli, random: length => pool.random.stream(length) },
      tls: isTcp(door.address) ? tls : undefined,
      thumbprints: () => thumbprints,
    })
    door.address = door.server.address
  }
}

const isTcp = (address: Address): address is TcpAddress => 'host' in address
