import { datamodel, type Message, parseType, type Ref, type Type, type Value } from '../../datamodel/index.ts'
import { authorize, requirePermission } from '../roles/authorize.ts'
import { checkStatusOwner } from '../roles/status-owner.ts'
import { runAsTask, runInBackground } from '../tasks/run.ts'
import type { Answer, Call, RpcValue } from './call.ts'
import { type Context, coordinator, type Pool } from './context.ts'
import { defaultValue } from './defaults.ts'
import { errorOf, Failure, internalError } from './failure.ts'
import { findMessage, withoutAsync } from './find-message.ts'
import { resultType } from './result-type.ts'
import { run } from './run.ts'
import { identify } from './sessions.ts'
import { unmarshal } from './unmarshal.ts'

/**
 * A call's way through a host: the checks and their order are those of docs/spec/protocol-semantics.md 1.6. Every failure, also
 * one that no code describes, is an answer; it never throws.
 */
export async function dispatch(pool: Pool, call: Call): Promise<Answer> {
  try {
    return await answer(pool, call)
  } catch (error) {
    // A pool that ends leaves who waits without an answer, as a host does: they may come back when it does.
    const isEnding = pool.ending.aborted && error instanceof Error && error.name === 'AbortError'
    return { ok: false, error: errorOf(error), ...(isEnding && { damage: { kind: 'reset' } as const }) }
  }
}

const TEXT: Type = parseType('string')

async function answer(pool: Pool, call: Call): Promise<Answer> {
  const builtIn = builtInAnswer(call)
  if (builtIn) return builtIn
  const method = withoutAsync(call.method)
  const isAsync = method !== call.method
  const message = findMessage(method)
  const host = call.host ?? coordinator(pool)
  if (!message) return unknownMessage(pool, method, call.params, host)
  if (isAsync && !message.async) throw new Failure('Fault', `${message.name} cannot be called asynchronously`)
  checkArity(message, method, call.params)
  const [session, parameters] = unmarshalAll(message, call.params)
  const context: Context = {
    pool,
    message,
    origin: call.origin,
    ...(session === undefined ? { session } : identify(pool, session, host)),
    host,
    task: undefined,
    signal: call.signal,
  }
  if (message.poolInternal && !isPoolSession(pool, context))
    throw internalError(`${message.name} is for hosts of the pool`)
  if (message.removed) throw new Failure('MESSAGE_REMOVED')
  const work = async (inside: Context) => {
    authorize(inside, parameters)
    checkStatusOwner(inside)
    await call.beforeBody?.()
    return run(inside, parameters)
  }
  if (isAsync) return { ok: true, type: TEXT, value: runInBackground(context, call.method, work) }
  const value = message.async ? await runAsTask(context, work) : await work(context)
  return { ok: true, type: resultType(message, value), value }
}

/** Messages of the host itself, which need no session and are in no class. */
function builtInAnswer(call: Call): Answer | undefined {
  if (call.method === 'system.listMethods') {
    return { ok: true, type: parseType('string set'), value: [...datamodel().messages.keys()], bare: true }
  }
  if (call.method.startsWith('system.isAlive:')) {
    const [first = ''] = call.params
    return { ok: true, type: TEXT, value: unmarshal(TEXT, first) }
  }
  return undefined
}

function checkArity(message: Message, method: string, params: readonly RpcValue[]): void {
  const required = message.parameters.filter(parameter => !parameter.optional).length
  const received = params.length - (message.session ? 1 : 0)
  const fits = required === message.parameters.length ? received === required : received >= required
  if (!fits) {
    throw new Failure('MESSAGE_PARAMETER_COUNT_MISMATCH', method, String(required), String(received))
  }
}

function unmarshalAll(
  message: Message,
  params: readonly RpcValue[],
): [session: string | undefined, parameters: Value[]] {
  const session = message.session ? textOf(params[0] ?? null) : undefined
  const given = message.session ? params.slice(1) : params
  if (message.removed) return [session, []] // its parameters are not looked at
  const parameters = message.parameters.map((parameter, i) => {
    const value = given[i]
    return value === undefined ? defaultValue(parameter) : unmarshal(parameter.type, value)
  })
  return [session, parameters]
}

const textOf = (value: RpcValue): string => unmarshal(TEXT, value) as string // what a string becomes

/** A name that no class has is tried as an extension of the host, of which there are none. */
function unknownMessage(pool: Pool, method: string, params: readonly RpcValue[], host: Ref<'host'>): never {
  const [ref] = params
  if (ref !== undefined) {
    const { session } = identify(pool, textOf(ref), host)
    if (session !== undefined) requirePermission(pool, session, 'host.call_extension')
  }
  throw new Failure('MESSAGE_METHOD_UNKNOWN', method)
}

const isPoolSession = ({ db }: Pool, { session, localSession }: Context): boolean =>
  session === undefined ? localSession !== undefined : db.get('session', session, 'pool')
