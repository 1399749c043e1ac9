import { datamodel } from '../../datamodel/index.ts'
import type { Answer, Call, RpcValue } from '../dispatch/call.ts'
import { coordinator, type Pool } from '../dispatch/context.ts'
import { dispatch } from '../dispatch/dispatch.ts'
import { findMessage, withoutAsync } from '../dispatch/find-message.ts'
import { leaves } from '../dispatch/nesting.ts'
import { dump } from '../dispatch/unmarshal.ts'
import { FakeHostError } from '../error.ts'

/** What a member does itself when it comes over its own socket, besides the calls of an emergency. */
const LOGINS: ReadonlySet<string> = new Set(['session.login_with_password', 'session.slave_login'])

/**
 * A call's arrival at a host, the coordinator unless the call says otherwise: what is decided before anything is made of it
 * (docs/spec/protocol-semantics.md 1.6, steps 1 and 2), and which host sees to it (2.2). Throws FakeHostError where the host is
 * stopped.
 */
export async function receive(pool: Pool, call: Call): Promise<Answer> {
  const { hosts, db } = pool
  const arrived = call.host ?? hosts.entrance()
  if (hosts.of(arrived).state === 'stopped') {
    throw new FakeHostError(`${db.get('host', arrived, 'name_label')} is stopped`)
  }
  const { emergencyCalls } = datamodel()
  const method = findMessage(withoutAsync(call.method))?.name ?? ''
  const emergency = hosts.emergency(arrived)
  if (emergency && !emergencyCalls.has(method)) return { ok: false, error: emergency, beforeDispatch: true }
  const wrong = call.params.find(param => !isUtf8(param))
  if (wrong !== undefined) {
    const error = [
      'INVALID_VALUE',
      'A parameter is not valid UTF-8',
      dump(wrong).replace(LONE_SURROGATES, '\ufffd'),
    ] as const
    return { ok: false, error, beforeDispatch: true }
  }
  const leads = coordinator(pool)
  const own = call.origin !== 'unix' || hosts.isElsewhere(leads) || emergencyCalls.has(method) || LOGINS.has(method)
  return dispatch(pool, { ...call, host: own ? arrived : leads })
}

/** Texts came as UTF-8, or would have to go as such: halves of a surrogate pair cannot. */
function isUtf8(value: RpcValue): boolean {
  for (const leaf of leaves(value)) if (typeof leaf === 'string' && leaf.search(LONE_SURROGATES) >= 0) return false
  return true
}

const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
