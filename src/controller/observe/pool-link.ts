import type { Ref, Session } from '../../xapi/index.ts'
import { says, statusMap } from '../loop/status-text.ts'
import type { Topology } from '../model.ts'
import type { Status } from '../plan/index.ts'
import { Picture, type Shared, WATCHED } from './picture.ts'

export interface PoolLinkEvents {
  /** Networks look different, and maybe hosts. */
  readonly onTouched: (networks: ReadonlySet<string>) => void
  /** A tunnel's record has come. */
  readonly onTunnel: (uuid: string) => void
  /** All that there is has been seen, as of now. */
  readonly onCurrent: () => void
  readonly onInterruption: (error: unknown) => void
}

/** A session that is gone is opened anew by the watch alone, and no status can be written until then. In milliseconds. */
const LONGEST_RETRY_MS = 2_000

/** The way to one pool: what XenAPI says goes into `shared`, and statuses go out. */
export class PoolLink {
  readonly picture: Picture
  readonly #session: Session

  constructor(session: Session, shared: Shared, topology: Topology) {
    this.#session = session
    this.picture = new Picture(shared, topology)
  }

  /** Watches the pool until the signal fires. Throws what cannot be overcome by waiting. */
  async watch(events: PoolLinkEvents, signal: AbortSignal): Promise<void> {
    const { onTouched, onTunnel, onCurrent, onInterruption } = events
    const options = { signal, onCurrent, onInterruption, longestRetryMs: LONGEST_RETRY_MS }
    for await (const change of this.#session.watch(WATCHED, options)) {
      const touched = this.picture.take(change)
      if (change.class === 'tunnel') onTunnel(change.record.uuid)
      if (touched.size > 0 || change.class === 'host') onTouched(touched)
    }
  }

  /**
   * Sets the own keys of a tunnel's status, all at once, and leaves those of others as they are. `now` is when, in
   * milliseconds since 1970. Returns whether there was anything to write.
   */
  async writeStatus(uuid: string, wanted: Status, now: number): Promise<boolean> {
    let isWritten = false
    await this.#onTunnel(uuid, async ref => {
      const present = await this.#session.tunnel.get_status(ref)
      if (says(present, wanted)) return
      await this.#session.tunnel.set_status(ref, statusMap(present, wanted, now))
      isWritten = true
    })
    return isWritten
  }

  async plug(uuid: string): Promise<void> {
    await this.#onTunnel(uuid, async ref => {
      await this.#session.PIF.plug(await this.#session.tunnel.get_access_PIF(ref))
    })
  }

  has(uuid: string): boolean {
    return this.picture.refs.has(uuid)
  }

  /** A tunnel that has gone meanwhile needs nothing. */
  async #onTunnel(uuid: string, work: (ref: Ref<'tunnel'>) => Promise<void>): Promise<void> {
    const ref = this.picture.refs.get(uuid)
    if (ref === undefined) return
    try {
      await work(ref)
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }
}

/** By its words, since the session may be of another copy of the client than this file would import. */
const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'HANDLE_INVALID' &&
  'params' in error &&
  Array.isArray(error.params) &&
  error.params[0] === 'tunnel'
