import { once } from 'node:events'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIPv6 } from 'node:net'
import { text } from 'node:stream/consumers'
import { datamodel, type Value } from '../../datamodel/index.ts'
import { type Json, JsonError, readJson } from '../../xapi/wire/json.ts'
import { jsonForm } from '../../xapi/wire/json-form.ts'
import { Failure } from '../dispatch/failure.ts'
import { type Neighbour, Unintelligible, Unreachable } from './reach.ts'

/** How long an answer may take, in milliseconds. */
const TIMEOUT_MS = 60_000

const DEFAULT_PORTS = { http: 80, https: 443 } as const

interface Endpoint {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

/**
 * The pool at an address, by JSON-RPC. At a port without a scheme it finds out, with a call that tells nothing, whether plain HTTP is
 * spoken there; without a port it is TLS, as hosts speak it. A certificate is taken as it is: a host that joins a pool knows none yet.
 */
export function overHttp(address: string): Neighbour {
  let endpoint: Promise<Endpoint> | undefined
  let id = 0
  return {
    async call(method, ...parameters) {
      endpoint ??= endpointOf(address)
      const body = `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":[${encode(method, parameters)}],"id":${++id}}`
      return resultOf(await post(await endpoint, body))
    },
  }
}

const ADDRESS = /^(?:(https?):\/\/)?(?:\[([^\]]+)\]|([^:/]+))(?::(\d+))?\/?$/

const PROBE = '{"jsonrpc":"2.0","method":"system.isAlive:http","params":["http"],"id":0}'

async function endpointOf(address: string): Promise<Endpoint> {
  const [, scheme, v6, name, port] = ADDRESS.exec(isIPv6(address) ? `[${address}]` : address) ?? []
  const host = v6 ?? name
  if (host === undefined) throw new Unreachable(`${address} is no address`)
  if (scheme === 'http' || port === undefined || scheme === 'https') {
    const known = scheme === 'http' ? 'http' : 'https'
    return { scheme: known, host, port: port === undefined ? DEFAULT_PORTS[known] : Number(port) }
  }
  const plain: Endpoint = { scheme: 'http', host, port: Number(port) }
  try {
    resultOf(await post(plain, PROBE))
    return plain
  } catch {
    return { ...plain, scheme: 'https' } // whoever is there, if anybody is, does not speak plain HTTP
  }
}

function encode(method: string, parameters: readonly Value[]): string {
  const message = datamodel().messages.get(method)
  const types = [
    ...(message?.session ? [{ kind: 'string' } as const] : []),
    ...(message?.parameters ?? []).map(it => it.type),
  ]
  return parameters.map((value, i) => jsonForm(types[i] ?? { kind: 'any' }, value)).join()
}

async function post({ scheme, host, port }: Endpoint, body: string): Promise<string> {
  const options = { host, port, path: '/jsonrpc', method: 'POST', agent: false, timeout: TIMEOUT_MS } as const
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const request: ClientRequest =
    scheme === 'https'
      ? httpsRequest({ ...options, headers, rejectUnauthorized: false })
      : httpRequest({ ...options, headers })
  request.on('timeout', () => request.destroy(new Error('it takes too long')))
  request.end(body)
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage] // what the event carries
    if (response.statusCode !== 200) throw new Unintelligible(`${host} answers with HTTP status ${response.statusCode}`)
    return await text(response)
  } catch (error) {
    if (error instanceof Unintelligible) throw error
    throw new Unreachable(`${host}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function resultOf(answer: string): Json {
  const reply = read(answer)
  const error = reply.get('error')
  if (error instanceof Map) {
    const { message, data } = Object.fromEntries(error as ReadonlyMap<string, Json>) // the only kind of Map in JSON
    throw new Failure(String(message), ...textsIn(data))
  }
  if (Array.isArray(error)) {
    const [code = '', ...params] = textsIn(error as Json)
    throw new Failure(code, ...params)
  }
  const result = reply.get('result')
  if (result === undefined) throw new Unintelligible('an answer without a result')
  return result
}

function read(answer: string): ReadonlyMap<string, Json> {
  try {
    const reply = readJson(answer, { duplicates: 'first' })
    if (reply instanceof Map) return reply as ReadonlyMap<string, Json> // the only kind of Map in JSON
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
  }
  throw new Unintelligible('an answer that is no JSON-RPC')
}

const textsIn = (list: Json | undefined): string[] => (Array.isArray(list) ? list.map(String) : [])
