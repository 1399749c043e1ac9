import type { Value } from '../../datamodel/index.ts'
import { bodyOf } from '../messages/index.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { generatedBody } from './generated.ts'

/** Runs the body of a message. Throws NOT_IMPLEMENTED [message] where it has none. */
export async function run(context: Context, parameters: readonly Value[]): Promise<Value> {
  const { message } = context
  const body = bodyOf(message)
  if (body) {
    const given = message.implicit === 'make' ? [asObject(parameters[0])] : parameters
    return asValue(await body(context, ...given))
  }
  const generated = generatedBody(message)
  if (generated) return generated(context.pool.db, parameters)
  throw new Failure('NOT_IMPLEMENTED', message.name)
}

/** A constructor's body takes its record as an object. */
const asObject = (record: Value | undefined): Readonly<Record<string, Value>> =>
  Object.fromEntries(record instanceof Map ? record : [])

/** What a body gives, records as Maps: some write them as objects, which their types call for. */
function asValue(result: unknown): Value {
  if (Array.isArray(result)) return result.map(asValue)
  if (result instanceof Map) return new Map([...result].map(([key, value]) => [key, asValue(value)]))
  if (typeof result === 'object' && result !== null) {
    return new Map(Object.entries(result).map(([key, value]) => [key, asValue(value)]))
  }
  return (result ?? '') as Value // scalars, and nothing for void
}
