import { type Credentials, enter } from './credentials.ts'
import { TransportError, XapiError } from './errors.ts'
import { openTransport, type WireSettings } from './open-transport.ts'
import type { Opened, Opening } from './session.ts'
import { endpointOf, type HostSettings, type HttpSettings } from './transport/endpoint.ts'

/** A host of a pool, or several that are tried in order until one answers. */
export interface PoolSettings extends Omit<HostSettings, 'host'> {
  readonly host: readonly string[]
}

export interface RedirectSettings {
  /** False: the login at a host that is not its pool's coordinator fails with HOST_IS_SLAVE. Default true. */
  readonly followRedirect?: boolean | undefined
  /** Told the endpoints, as `host:port`, when a login moves to the coordinator. */
  readonly onRedirect?: ((from: string, to: string) => void) | undefined
}

export type Places = (HttpSettings | PoolSettings) & WireSettings & RedirectSettings

type Place = HttpSettings & WireSettings

/**
 * Opens a session at the first place that answers, or at the coordinator that a host there names
 * (docs/spec/protocol-semantics.md 2.5), which is asked first when the session has to be opened anew.
 */
export function openingAt(settings: Places, credentials: Credentials): Opening {
  const given = placesOf(settings)
  const follows = settings.followRedirect !== false
  let home: Place | undefined

  async function open(signal: AbortSignal | undefined): Promise<Opened> {
    const silent = new Map<string, TransportError>()

    async function openAt(place: Place, isRedirected: boolean): Promise<Opened> {
      const transport = await openTransport(place)
      try {
        const isUntested = 'sessionRef' in credentials && given.length > 1 // no call would show that the host is down
        if (isUntested) await transport.probe?.({ signal })
        const ref = await enter(transport, credentials, signal)
        home = place
        return { transport, ref }
      } catch (error) {
        await transport.close()
        if (isSilence(error)) silent.set(nameOf(place), error)
        const coordinator = follows && !isRedirected ? coordinatorOf(place, error) : undefined
        if (!coordinator) throw error
        const known = silent.get(nameOf(coordinator))
        if (known) throw known
        settings.onRedirect?.(nameOf(place), nameOf(coordinator))
        return openAt(coordinator, true)
      }
    }

    for (const place of home ? [home, ...given] : given) {
      try {
        if (!silent.has(nameOf(place))) return await openAt(place, false)
      } catch (error) {
        if (!isSilence(error)) throw error
      }
    }
    throw noneAnswers([...silent.values()])
  }

  return {
    open,
    follows,
    roams: () => new Set([...given, ...(home ? [home] : [])].map(nameOf)).size > 1,
    release: transport => transport.close(),
  }
}

function placesOf(settings: Places): readonly Place[] {
  if ('socketPath' in settings) return [settings]
  const { host, ...common } = settings
  const hosts = typeof host === 'string' ? [host] : host
  if (hosts.length === 0) throw new TypeError('there is no host to connect to')
  return hosts.map(name => ({ ...common, host: name }))
}

const nameOf = (place: Place): string => endpointOf(place).where

/** Where a host says that its pool is to be found, by the same port where it names none. */
function coordinatorOf(place: Place, error: unknown): Place | undefined {
  const address = error instanceof XapiError && error.code === 'HOST_IS_SLAVE' ? error.params[0] : undefined
  const { target } = endpointOf(place)
  if (!address || 'socketPath' in place || 'socketPath' in target) return undefined
  return { ...place, host: address, port: target.port }
}

/** Whether an error tells that no XenAPI host answers there. */
function isSilence(error: unknown): error is TransportError {
  return error instanceof TransportError && error.kind !== 'cancelled' && error.kind !== 'unsendable'
}

function noneAnswers(errors: readonly TransportError[]): TransportError {
  const [first, ...more] = errors
  if (first && more.length === 0) return first
  const kind = errors.every(error => error.kind === first?.kind) ? first?.kind : undefined
  const reasons = errors.map(error => error.message).join('; ')
  return new TransportError(kind ?? 'unreachable', `none of the hosts answers: ${reasons}`, {
    cause: new AggregateError(errors),
  })
}
