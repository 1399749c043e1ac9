import type { Type } from '../../datamodel/index.ts'
import type { Call, RpcValue } from '../dispatch/call.ts'
import { findMessage, withoutAsync } from '../dispatch/find-message.ts'
import type { FaultRule } from './rule.ts'

/** Whether a rule is about a call. */
export function fits(rule: FaultRule, call: Call): boolean {
  return fitsMethod(rule.method, call.method) && fitsObject(rule, call)
}

function fitsMethod(pattern: string | undefined, method: string): boolean {
  if (pattern === undefined) return true
  const name = withoutAsync(method)
  const canonical = findMessage(name)?.name ?? name
  return matches(pattern, canonical) || (name !== method && matches(pattern, `Async.${canonical}`))
}

/** Compares a name with a pattern in which a star stands for any characters. */
export function matches(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name
  const parts = pattern.split('*').map(part => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name)
}

function fitsObject(rule: FaultRule, call: Call): boolean {
  if (rule.class === undefined && rule.ref === undefined) return true
  return objectsOf(call).some(
    ([cls, ref]) => (rule.class === undefined || rule.class === cls) && (rule.ref === undefined || rule.ref === ref),
  )
}

/** What the parameters of a call refer to, the session aside. */
function objectsOf({ method, params }: Call): readonly (readonly [cls: string, ref: RpcValue])[] {
  const message = findMessage(withoutAsync(method))
  if (!message) return []
  const given = message.session ? params.slice(1) : params
  return message.parameters.flatMap(({ type }, i) => referencesOf(type, given[i] ?? null))
}

function referencesOf(type: Type, value: RpcValue): (readonly [cls: string, ref: RpcValue])[] {
  if (type.kind === 'ref') return [[type.class, value]]
  if (type.kind !== 'set' || !Array.isArray(value)) return []
  return value.flatMap(item => referencesOf(type.of, item as RpcValue)) // what an array holds
}
