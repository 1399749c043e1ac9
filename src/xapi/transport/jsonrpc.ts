import type { Value } from '../../datamodel/index.ts'
import { TransportError, XapiError } from '../errors.ts'
import { JsonError } from '../wire/json.ts'
import type { HttpSettings } from './endpoint.ts'
import { type HttpAnswer, type HttpClient, openHttp } from './http.ts'
import { bodyOf } from './http-answer.ts'
import { readJsonValue } from './json-value.ts'
import { oneLine } from './one-line.ts'
import { overHttp } from './over-http.ts'
import { type WireParameter, wireParameters } from './parameters.ts'
import type { CallOptions, Transport } from './transport.ts'

/** JSON-RPC 2.0 over HTTP, HTTPS or a unix socket (docs/spec/protocol-semantics.md 1.5). */
export async function jsonRpcTransport(settings: HttpSettings): Promise<Transport> {
  return overHttp(await openHttp(settings), async (http, method, parameters, options) => {
    return readJsonRpc(await postJsonRpc(http, method, parameters, options), method, http.where)
  })
}

/** A connection carries one call at a time, so that one id will do for all. */
const ID = 1

/** Sends one call and gives the host's answer as it came. */
export async function postJsonRpc(
  http: HttpClient,
  method: string,
  parameters: readonly Value[],
  options: CallOptions,
): Promise<HttpAnswer> {
  const params = wireParameters(method, parameters).map(write).join()
  const request = `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":[${params}],"id":${ID}}`
  return http.post('/jsonrpc', 'application/json', request, options)
}

function write(content: WireParameter): string {
  if (Array.isArray(content)) return `[${content.map(write).join()}]`
  if (!(content instanceof Map)) return JSON.stringify(content)
  const members = content as ReadonlyMap<string, WireParameter> // instanceof forgets what it holds
  return `{${Array.from(members, ([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join()}}`
}

/** The value of an answer to `postJsonRpc`. Throws XapiError where it is a failure, TransportError where it is neither. */
export function readJsonRpc(answer: HttpAnswer, method: string, where: string): Value {
  const content = parse(bodyOf(answer, where), where)
  const envelope = content instanceof Map ? content : new Map<string, Value>()
  const error = envelope.get('error') ?? null
  const failure = failureOf(error)
  if (failure) throw failure
  const result = envelope.get('result')
  if (error === null && result !== undefined && envelope.get('id') === ID) return result
  throw new TransportError('protocol', `${where} answered ${method} in JSON, but not as a XenAPI host would`)
}

function parse(text: string, where: string): Value {
  try {
    return readJsonValue(text)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new TransportError('protocol', `${where} sent an answer that is not JSON: ${oneLine(error.message)}`)
  }
}

/** The failure in one of its two shapes: version 2.0, or version 1.0 and errors from before the dispatch. */
function failureOf(error: Value): XapiError | undefined {
  const isVersion2 = error instanceof Map && error.get('code') === 1
  const description: unknown = isVersion2 ? [error.get('message'), ...listOf(error.get('data'))] : error
  if (!Array.isArray(description)) return undefined
  const [code, ...parameters] = description
  return typeof code === 'string' && code !== '' ? new XapiError(code, parameters.map(String)) : undefined
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
