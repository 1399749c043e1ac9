import { connectOvsdb, type Ovsdb, OvsdbError, type Replica, type Watched } from '../../../../ovsdb/index.ts'
import { type View, viewOf } from './view.ts'

/** A database that answers, and what is in it. */
interface OpenLink {
  readonly ovsdb: Ovsdb
  readonly replica: Replica
  /** The rows as they are now, to look at: whoever asks next may get the same. */
  look(): View
}

/** The way to a database, which may come and go. */
export interface Link {
  /** Connects where there is no connection, until it is closed. Throws OvsdbError. */
  open(): Promise<OpenLink>
  close(): void
}

/** @param watched what the replica has */
export function createLink(address: string, watched: Watched, timeout: number | undefined): Link {
  let current: Promise<OpenLink> | undefined
  let isClosed = false

  async function connect(): Promise<OpenLink> {
    const ovsdb = await connectOvsdb(address, { timeout })
    try {
      let seen: View | undefined
      const replica = await ovsdb.monitor(watched, () => {
        seen = undefined
      })
      const look = () => {
        seen ??= viewOf(replica)
        return seen
      }
      return { ovsdb, replica, look }
    } catch (error) {
      ovsdb.close()
      throw error
    }
  }

  function open(): Promise<OpenLink> {
    if (isClosed) return Promise.reject(new OvsdbError('connection', `the connection to ${address} is closed`))
    if (current) return current
    const opening = connect()
    const forget = () => {
      if (current === opening) current = undefined
    }
    opening.then(({ ovsdb }) => ovsdb.closed.then(forget), forget)
    current = opening
    return opening
  }

  return {
    open,
    close() {
      isClosed = true
      current?.then(
        ({ ovsdb }) => ovsdb.close(),
        () => {}, // whoever opened it hears of it
      )
    },
  }
}
