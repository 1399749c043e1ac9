import { datamodel } from '../../datamodel/index.ts'
import type { Call, RpcValue } from './call.ts'

const HIDDEN = '(secret)'

/** A call without its secrets: no session reference, and no parameter of a message that takes passwords. */
export function redacted({ method, params }: Call): { method: string; params: readonly RpcValue[] } {
  const message = datamodel().messages.get(method.replace(/^(?:Internal)?Async\./, ''))
  if (message?.secret) return { method, params: params.map(() => HIDDEN) }
  return { method, params: message?.session === false ? params : params.slice(1) }
}
