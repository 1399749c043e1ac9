import type { Value } from '../../datamodel/index.ts'
import { TransportError } from '../errors.ts'
import type { HttpClient } from './http.ts'
import type { AskAnswer, CallOptions, Transport } from './transport.ts'

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
    ask: (path, document, options = {}) => ask(http, path, document, options),
    probe: (options = {}) => http.probe(options),
    async close() {
      http.close()
    },
  }
}

async function ask(http: HttpClient, path: string, document: unknown, options: CallOptions): Promise<AskAnswer> {
  const { status, body } = await http.post(path, 'application/json', JSON.stringify(document), options)
  try {
    return { status, document: JSON.parse(body) }
  } catch {
    throw new TransportError('protocol', `${http.where} does not answer at ${path} as a fake host would`)
  }
}
