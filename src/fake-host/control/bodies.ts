import type * as z from 'zod/mini'
import { type Json, JsonError, readJson } from '../../xapi/wire/json.ts'
import { checked } from '../check.ts'
import { FakeHostError } from '../error.ts'
import { fromJson } from '../json.ts'

/** The body of a request as JSON; undefined where it is empty. Throws FakeHostError. */
export function readBody(body: Buffer): Json | undefined {
  if (body.length === 0) return undefined
  try {
    return readJson(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    if (error instanceof JsonError) throw new FakeHostError(`the body is not JSON (${error.message})`)
    if (error instanceof TypeError) throw new FakeHostError('the body is not UTF-8')
    throw error
  }
}

/** A body that is what its schema wants. `fields` stay as they are, whose order counts. Throws FakeHostError. */
export function read<S extends z.ZodMiniType>(schema: S, body: Json | undefined): z.output<S> {
  if (!(body instanceof Map)) throw new FakeHostError('the body: a JSON object is needed')
  const members = [...(body as ReadonlyMap<string, Json>)] // the only kind of Map in Json
  const plain = members.map(([name, value]) => [name, name === 'fields' ? value : fromJson(value)] as const)
  return checked(schema, Object.fromEntries(plain), 'the body')
}
