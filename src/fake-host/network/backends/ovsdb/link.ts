import { connectOvsdb, type Ovsdb, OvsdbError, type Replica, type Watched } from '../../../../ovsdb/index.ts'

/** A database that answers, and what is in it. */
interface OpenLink {
  readonly ovsdb: Ovsdb
  readonly replica: Replica
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
      return { ovsdb, replica: await ovsdb.monitor(watched) }
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
