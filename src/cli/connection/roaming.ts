import { type CallOptions, type Transport, TransportError, XapiError } from '../../xapi/index.ts'

export interface Roaming {
  /** As the user names them, in the order to try them in. */
  readonly servers: readonly string[]
  /** A way to a server; nothing is sent yet. */
  readonly open: (server: string) => Promise<Transport>
  /** Where the coordinator at an address is, as a server like the others; undefined where it is not to be followed. */
  readonly coordinator: ((server: string, address: string) => string) | undefined
  /** Takes a line about each server that is passed over. */
  readonly note: (line: string) => void
}

const LOGIN = 'session.login_with_password'

/**
 * A transport to the first of several servers that can be used. A login goes on to the next one where there is no answer, or where
 * the answer is that another host is the coordinator: hosts of one pool may all be named. Anything else needs a session already,
 * and is called at the first server that can be connected to, once. Throws one TransportError that says of each server why not.
 */
export function roaming({ servers, open, coordinator, note }: Roaming): Transport {
  let home: Transport | undefined
  const isOneOfMany = servers.length > 1

  async function login(parameters: Parameters<Transport['call']>[1], options: CallOptions | undefined) {
    const waiting = [...servers]
    const failures: Failure[] = []
    let isRedirected = false
    for (let server = waiting.shift(); server !== undefined; server = waiting.shift()) {
      if (failures.some(failure => failure.server === server)) continue
      const transport = await open(server)
      try {
        const session = await transport.call(LOGIN, parameters, options)
        await home?.close()
        home = transport
        return session
      } catch (error) {
        await transport.close()
        const address = coordinatorIn(error)
        if (address === undefined && !isSilence(error)) throw error
        if (address !== undefined && !isOneOfMany && (!coordinator || isRedirected)) throw error
        const reason =
          address === undefined ? (error as Error).message : `${server} is not the coordinator, ${address} is`
        failures.push({ server, reason, error })
        note(reason)
        if (address === undefined || !coordinator || isRedirected) continue
        isRedirected = true
        waiting.unshift(coordinator(server, address))
      }
    }
    throw noneUsable(failures)
  }

  async function reach(options: CallOptions | undefined): Promise<Transport> {
    const failures: Failure[] = []
    for (const server of servers) {
      const transport = await open(server)
      try {
        await transport.probe?.(options)
        return transport
      } catch (error) {
        await transport.close()
        if (!isSilence(error)) throw error
        failures.push({ server, reason: error.message, error })
        note(error.message)
      }
    }
    throw noneUsable(failures)
  }

  let reaching: Promise<Transport> | undefined
  async function atHome(options: CallOptions | undefined): Promise<Transport> {
    if (home) return home
    reaching ??= reach(options)
    home = await reaching
    return home
  }

  return {
    async call(method, parameters, options) {
      if (method === LOGIN) return login(parameters, options)
      return (await atHome(options)).call(method, parameters, options)
    },
    probe: async options => (await atHome(options)).probe?.(options),
    close: async () => home?.close(),
  }
}

interface Failure {
  readonly server: string
  readonly reason: string
  readonly error: unknown
}

function coordinatorIn(error: unknown): string | undefined {
  return error instanceof XapiError && error.code === 'HOST_IS_SLAVE' ? error.params[0] : undefined
}

/** Whether an error tells that no XenAPI host answers there. */
function isSilence(error: unknown): error is TransportError {
  return error instanceof TransportError && error.kind !== 'cancelled' && error.kind !== 'unsendable'
}

function noneUsable(failures: readonly Failure[]): unknown {
  const [first, ...more] = failures
  if (first && more.length === 0) return first.error
  const reasons = failures.map(({ reason }) => reason).join('; ')
  const cause = new AggregateError(failures.map(({ error }) => error))
  return new TransportError('unreachable', `none of the servers can be used: ${reasons}`, { cause })
}
