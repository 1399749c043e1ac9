import type { Answer } from '../dispatch/call.ts'
import { encodeJson } from './json-write.ts'
import type { JsonCall } from './jsonrpc-read.ts'

/**
 * An answer in the version of its call (docs/spec/protocol-semantics.md 1.5). A failure from before the call was looked at has
 * lost the call's id and version.
 */
export function writeJsonResponse({ version, id }: JsonCall, answer: Answer): string {
  const echoed = typeof id === 'string' ? JSON.stringify(id) : String(id)
  if (answer.ok) {
    const result = encodeJson(answer.type, answer.value ?? '')
    return version === '2.0'
      ? `{"jsonrpc":"2.0","result":${result},"id":${echoed}}`
      : `{"result":${result},"error":null,"id":${echoed}}`
  }
  if (answer.beforeDispatch) return `{"jsonrpc":"2.0","error":${JSON.stringify(answer.error)},"id":0}`
  if (version === '1.0') return `{"result":null,"error":${JSON.stringify(answer.error)},"id":${echoed}}`
  const [code, ...params] = answer.error
  return `{"jsonrpc":"2.0","error":{"code":1,"message":${JSON.stringify(code)},"data":${JSON.stringify(params)}},"id":${echoed}}`
}
