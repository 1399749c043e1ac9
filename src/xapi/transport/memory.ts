import type { Value } from '../../datamodel/index.ts'
import { TransportError, XapiError } from '../errors.ts'
import { within } from './deadline.ts'
import { type WireParameter, wireParameters } from './parameters.ts'
import type { CallOptions, Transport } from './transport.ts'

/** What a host in this process answers: a value, nothing for void, or an error description, the code first. */
export type MemoryAnswer =
  | { readonly ok: true; readonly value: Value | undefined }
  | { readonly ok: false; readonly error: readonly string[] }

/**
 * A wire to a host in this process. Its `dispatch` gets the method and all parameters as another wire would carry them
 * (ints as decimal text), and the call's signal for calls that wait.
 */
export function memoryTransport(
  dispatch: (method: string, parameters: readonly WireParameter[], options: CallOptions) => Promise<MemoryAnswer>,
): Transport {
  const closing = new AbortController()
  return {
    async call(method, parameters, options = {}) {
      const sent = wireParameters(method, parameters)
      const limits = {
        signals: [options.signal, closing.signal],
        timeout: { ms: options.timeoutMs ?? 0, where: 'the host in this process' },
      }
      const answer = await within(limits, signal => dispatch(method, sent, { signal }))
      if (answer.ok) return answer.value ?? ''
      const [code = '', ...details] = answer.error
      throw new XapiError(code, details)
    },
    async close() {
      closing.abort(new TransportError('cancelled', 'the connection to the host in this process was closed'))
    },
  }
}
