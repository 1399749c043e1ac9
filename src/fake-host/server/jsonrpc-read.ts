import { type Json, readJson } from '../../xapi/wire/json.ts'
import type { RpcValue } from '../dispatch/call.ts'
import { leaves } from '../dispatch/nesting.ts'
import { INT64 } from '../dispatch/unmarshal.ts'

/** A body is no call of JSON-RPC 1.0 or 2.0 as hosts understand them. */
class JsonRpcError extends Error {
  override readonly name = 'JsonRpcError'
}

export interface JsonCall {
  readonly version: '1.0' | '2.0'
  /** As it came: an integer or a string. */
  readonly id: bigint | string
  readonly method: string
  readonly params: readonly RpcValue[]
}

/**
 * Reads a call as strictly as a host does (docs/spec/protocol-semantics.md 1.5): no batches, an id that is an integer or a
 * string, no integers beyond 64 bits. Bytes that are no UTF-8 may stand in strings: they become lone surrogates.
 * Nesting costs no stack. Throws JsonRpcError or JsonError.
 */
export function readJsonCall(body: Uint8Array): JsonCall {
  const call = readJson(decode(body), { duplicates: 'first' })
  if (!(call instanceof Map)) throw new JsonRpcError('a call is an object')
  refuseHugeIntegers(call)
  const members = call as ReadonlyMap<string, Json> // the only kind of Map in JSON
  const version = members.has('jsonrpc') ? members.get('jsonrpc') : '1.0'
  const [id, method] = [members.get('id'), members.get('method')]
  if (version !== '2.0' && members.has('jsonrpc')) throw new JsonRpcError('this version of JSON-RPC is not known')
  if (typeof method !== 'string') throw new JsonRpcError('the method is missing')
  if (typeof id !== 'bigint' && typeof id !== 'string') throw new JsonRpcError('the id is neither integer nor string')
  const params = parameters(members.get('params') ?? null, version === '2.0')
  return { version: version === '2.0' ? '2.0' : '1.0', id, method, params }
}

/** Version 2.0 takes no parameters for an empty list, and an object for one parameter. */
function parameters(params: Json, lax: boolean): readonly Json[] {
  if (Array.isArray(params)) return params as readonly Json[] // what a JSON array holds
  if (lax && params === null) return []
  if (lax && params instanceof Map) return [params]
  throw new JsonRpcError('the parameters are no array')
}

/** Text that is not UTF-8 is not refused here: it may be in a parameter, which is an error of the call. */
function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body).replaceAll('\ufffd', '\udcff')
  }
}

function refuseHugeIntegers(value: Json): void {
  for (const leaf of leaves(value)) {
    if (typeof leaf === 'bigint' && (leaf < INT64.least || leaf > INT64.most)) {
      throw new JsonRpcError('an integer has more than 64 bits')
    }
  }
}
