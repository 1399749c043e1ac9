import { type CallOptions, type Transport, TrustError } from '../../xapi/index.ts'

/**
 * The same transport until its host is not trusted, of which the remedy then makes another one, or throws. Nothing has been sent
 * to a host that is not trusted, so that the call can be made again whatever it does.
 */
export function unlessDistrusted(
  first: Transport,
  remedy: (error: TrustError, options: CallOptions) => Transport | Promise<Transport>,
): Transport {
  let second: Promise<Transport> | undefined
  async function attempt<T>(run: (transport: Transport) => Promise<T>, options: CallOptions = {}): Promise<T> {
    const used = second
    try {
      return await run(used ? await used : first)
    } catch (error) {
      if (!(error instanceof TrustError) || used) throw error
      second ??= (async () => remedy(error, { signal: options.signal }))()
      return run(await second)
    }
  }
  return {
    call: (method, parameters, options) => attempt(transport => transport.call(method, parameters, options), options),
    probe: options => attempt(async transport => transport.probe?.(options), options),
    async close() {
      await first.close()
      const other = await second?.catch(() => undefined)
      await other?.close()
    },
  }
}

/** The same transport; `then` runs once, as soon as the host has been found to be trusted. */
export function onceTrusted(transport: Transport, then: () => void): Transport {
  let isDone = false
  async function attempt<T>(run: () => Promise<T>): Promise<T> {
    const value = await run()
    if (!isDone) then()
    isDone = true
    return value
  }
  return {
    ...transport,
    call: (method, parameters, options) => attempt(() => transport.call(method, parameters, options)),
    probe: options => attempt(async () => transport.probe?.(options)),
  }
}
