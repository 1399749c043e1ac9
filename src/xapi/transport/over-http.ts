import type { Value } from '../../datamodel/index.ts'
import type { HttpClient } from './http.ts'
import type { CallOptions, Transport } from './transport.ts'

/** One call in the language of a wire. */
export type WireCall = (
  http: HttpClient,
  method: string,
  parameters: readonly Value[],
  options: CallOptions,
) => Promise<Value>

/** A transport that speaks a wire over HTTP. Connections are kept until `close`. */
export function overHttp(http: HttpClient, call: WireCall): Transport {
  return {
    call: (method, parameters, options = {}) => call(http, method, parameters, options),
    probe: (options = {}) => http.probe(options),
    async close() {
      http.close()
    },
  }
}
