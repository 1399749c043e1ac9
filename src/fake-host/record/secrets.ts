import {
  datamodel,
  isSecretField,
  isSecretKey,
  isSecretParameter,
  type Message,
  type Value,
} from '../../datamodel/index.ts'
import { type Answer, type AnswerType, type Call, RpcDate, type RpcValue } from '../dispatch/call.ts'
import { cutOff } from '../dispatch/nesting.ts'

const HIDDEN = '(secret)'

/** What a call and its answer carry but for secrets: references of sessions, passwords, and whatever sounds like one. */
export interface OpenCall {
  /** Without the session. */
  readonly params: readonly Value[]
  /** About how many characters they have. */
  readonly size: number
  /** An error description, without what was secret in the call. */
  error(description: readonly string[]): readonly string[]
  result(answer: Answer & { readonly ok: true }): Value
}

/**
 * A call without its secrets. What no message is known for is hidden altogether.
 * @param message the one that it is for
 */
export function withoutSecrets(call: Call, message: Message | undefined): OpenCall {
  const plan = message && planOf(message)
  const hider = new Hider()
  const given = call.params.map(value => cutOff(value, DEPTH))
  const [session] = given
  const takesSession = message?.session !== false
  if (takesSession && session !== undefined) given.shift()
  if (takesSession && session !== undefined) hider.hide(session)
  for (const [i, value] of given.entries()) {
    if (isSecret(plan, given, i)) given[i] = hider.hide(value) // before others are shown
  }
  return {
    params: given.map((value, i) => hider.open(value, message?.parameters[i]?.type)),
    size: hider.size,
    error: description => description.map(text => hider.clean(text)),
    result: ({ type, value = '' }) => (plan?.tellsSecret ? HIDDEN : hider.open(value, type)),
  }
}

/** How deep a value may be nested; what is further down is left out. */
const DEPTH = 100

/** Which parameters of a message are secret as a whole. */
interface Plan {
  readonly secret: readonly boolean[]
  /** Whether the parameter before it is a map's key, which decides. */
  readonly keyed: readonly boolean[]
  readonly tellsSecret: boolean
}

const plans = new WeakMap<Message, Plan>()

function planOf(message: Message): Plan {
  const known = plans.get(message)
  if (known) return known
  const { class: cls, field, parameters, name, secret } = message
  const tellsSecret = secret || (field !== undefined && isSecretField(cls, field))
  const plan: Plan = {
    secret: parameters.map((parameter, i) => {
      const isNewValue = i === 1 && field !== undefined // set_FIELD(self, value)
      return secret || isSecretParameter(name, parameter.name) || (isNewValue && tellsSecret)
    }),
    keyed: parameters.map((_, i) => parameters[i - 1]?.name === 'key'), // add_to_FIELD(self, key, value)
    tellsSecret,
  }
  plans.set(message, plan)
  return plan
}

function isSecret(plan: Plan | undefined, given: readonly RpcValue[], i: number): boolean {
  const key = plan?.keyed[i] ? given[i - 1] : undefined
  return plan?.secret[i] !== false || (typeof key === 'string' && isSecretKey(key))
}

/** Hides values, and remembers what it hid: that stays hidden wherever else in the call it turns up. */
class Hider {
  /** How many characters of text it has shown. */
  size = 0
  readonly #hidden = new Set<string>()

  hide(value: RpcValue): string {
    if (Array.isArray(value))
      for (const item of value) this.hide(item as RpcValue) // what an array holds
    else if (value instanceof Map) for (const item of value.values()) this.hide(item)
    else if (value !== null && value !== '') this.#hidden.add(value instanceof RpcDate ? value.text : String(value))
    return HIDDEN
  }

  /** A value of that type, with what is secret in it hidden. */
  open(value: RpcValue | Value, type?: AnswerType): Value {
    if (value instanceof RpcDate) return value.text
    if (type?.kind === 'ref' && type.class === 'session') return this.hide(value)
    if (typeof value === 'string') {
      this.size += value.length
      return this.#hidden.has(value) ? HIDDEN : value
    }
    if (Array.isArray(value)) return value.map((item, i) => this.open(item as Value, memberType(type, i)))
    if (value instanceof Map) {
      const fields = value as ReadonlyMap<string, Value> // the only kind of Map in either
      return new Map([...fields].map(([name, item]) => [name, this.#member(type, name, item)]))
    }
    return value as Value // a scalar
  }

  clean(text: string): string {
    let cleaned = text
    for (const secret of this.#hidden) cleaned = cleaned.replaceAll(secret, HIDDEN)
    return cleaned
  }

  #member(type: AnswerType | undefined, name: string, value: Value): Value {
    const isSecret = type?.kind === 'record' ? isSecretField(type.class, name) : isSecretKey(name)
    return isSecret && type?.kind !== 'struct' ? this.hide(value) : this.open(value, memberType(type, name))
  }
}

function memberType(type: AnswerType | undefined, at: string | number): AnswerType | undefined {
  switch (type?.kind) {
    case 'set':
    case 'option':
      return type.of
    case 'map':
      return type.value
    case 'record':
      return datamodel()
        .classes.get(type.class)
        ?.fields.find(field => field.name === at)?.type
    case 'struct':
      return type.members.get(String(at))
    case 'tuple':
      return type.of[Number(at)]
    default:
      return undefined
  }
}
