import { TransportError } from '../errors.ts'
import type { HttpSettings } from './endpoint.ts'
import { type HttpAnswer, type HttpClient, openHttp } from './http.ts'
import { postJsonRpc, readJsonRpc } from './jsonrpc.ts'
import { overHttp, type WireCall } from './over-http.ts'
import type { CallOptions, Transport } from './transport.ts'

/**
 * JSON-RPC where the host knows it, else XML-RPC. The first answer that tells decides, for good. A call is sent again in
 * XML-RPC only where the answer proves that nobody has carried it out: no time-out, no broken connection does.
 */
export async function autoTransport(settings: HttpSettings): Promise<Transport> {
  let wire: Wire | undefined
  return overHttp(await openHttp(settings), async (http, method, parameters, options) => {
    if (wire === 'xml') return callOverXml(http, method, parameters, options)
    const answer = await postJsonRpc(http, method, parameters, options)
    const seen = seenIn(answer)
    const spoken = seen === 'unclear' ? (wire ?? (await spokenBy(http, options))) : seen
    wire ??= spoken // calls may be under way beside each other: the answer of each must speak for itself
    const isRefused = spoken === 'xml' && wire === 'xml'
    return isRefused ? callOverXml(http, method, parameters, options) : readJsonRpc(answer, method, http.where)
  })
}

type Wire = 'json' | 'xml'

/** Statuses of a host that does not take such a request, and has therefore not looked into it. */
const refusals = new Set([400, 403, 404, 405, 410, 415, 501])

/** Which wire an answer to JSON-RPC tells of; undefined for none, as where a proxy answers in the host's place. */
function seenIn({ status, contentType, body }: HttpAnswer): Wire | 'unclear' | undefined {
  if (refusals.has(status)) return 'xml'
  if (status === 500) return 'unclear' // what a host without JSON-RPC says to JSON, but one with it may have a bad day
  if (status !== 200) return undefined
  // Whatever its type, an answer in JSON is one to this request: clients that compare the type would send it twice.
  if (/^application\/json\b/i.test(contentType) || /^\s*[[{]/.test(body)) return 'json'
  return contentType !== '' || /^\s*</.test(body) ? 'xml' : undefined
}

/** Asks the host with a call that does nothing (docs/spec/protocol-semantics.md 1.6). */
async function spokenBy(http: HttpClient, options: CallOptions): Promise<Wire | undefined> {
  try {
    const seen = seenIn(await postJsonRpc(http, 'system.isAlive:json', [''], options))
    return seen === 'unclear' ? 'xml' : seen
  } catch (error) {
    if (error instanceof TransportError) return undefined // the first answer stands
    throw error
  }
}

/** Loaded for the hosts that need it. */
const callOverXml: WireCall = async (...call) => (await import('./xmlrpc.ts')).callXmlRpc(...call)
