import { datamodel, type Type, type Value } from '../../datamodel/index.ts'
import { type Json, JsonError, readJson } from '../../xapi/wire/json.ts'
import type { Session } from '../command.ts'
import { CommandError } from '../errors.ts'
import { parseInteger } from '../integers.ts'
import { text } from '../wire.ts'
import { typeName, valuesOf } from './types.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
const DATE = /^\d{4}-?\d{2}-?\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/

/**
 * The value of a parameter that was typed: plain text for what is a text, a number or a truth value, JSON for sets, maps and records.
 * A uuid stands for the reference of its object. Throws CommandError, which says what `path` cannot be and of which type it is.
 */
export async function readValue(typed: string, type: Type, path: string, session: Session): Promise<Value> {
  switch (type.kind) {
    case 'set':
    case 'map':
    case 'record':
      return fromJson(parse(typed, type, path), type, path, session)
    case 'option':
      return typed === 'null' ? null : readValue(typed, type.of, path, session)
    case 'void':
    case 'any':
      return plainJson(parse(typed, type, path))
    default:
      return readScalar(typed, type, path, session)
  }
}

async function readScalar(typed: string, type: Type, path: string, session: Session): Promise<Value> {
  const refuse = (wanted: string): CommandError => wrong(path, type, `${JSON.stringify(typed)} is ${wanted}`)
  switch (type.kind) {
    case 'bool':
      if (typed === 'true' || typed === 'false') return typed === 'true'
      throw refuse('neither true nor false')
    case 'int': {
      const integer = parseInteger(typed)
      if (integer === undefined) throw refuse('no integer of 64 bits')
      return integer
    }
    case 'float':
      if (typed.trim() !== '' && Number.isFinite(Number(typed))) return Number(typed)
      throw refuse('no number')
    case 'datetime':
      if (DATE.test(typed)) return typed
      throw refuse('no date such as 20260131T23:59:59Z')
    case 'enum': {
      const known = valuesOf(type.name).find(value => value.toLowerCase() === typed.toLowerCase())
      if (known === undefined) throw refuse('none of these')
      return known
    }
    case 'ref':
      return readReference(typed, type.class, refuse, session)
    default:
      return typed
  }
}

async function readReference(
  typed: string,
  cls: string,
  refuse: (wanted: string) => CommandError,
  session: Session,
): Promise<string> {
  if (typed.startsWith('OpaqueRef:')) return typed
  const byUuid = `${cls}.get_by_uuid`
  if (!UUID.test(typed)) throw refuse('neither a uuid nor a reference (OpaqueRef:..., OpaqueRef:NULL for none)')
  if (!datamodel().messages.has(byUuid))
    throw refuse('a uuid, and objects of this class have none: a reference is needed')
  return text(await session.call(byUuid, typed))
}

async function fromJson(json: Json, type: Type, path: string, session: Session): Promise<Value> {
  switch (type.kind) {
    case 'set':
      if (!Array.isArray(json)) throw wrong(path, type, 'a JSON array is needed')
      return inTurn(json, (item, i) => fromJson(item, type.of, `${path}, item ${i + 1}`, session))
    case 'map': {
      const entries = await inTurn(members(json, type, path), async ([key, item]) => [
        String(await readValue(key, type.key, `${path}, a key`, session)),
        await fromJson(item, type.value, `${path}, key ${JSON.stringify(key)}`, session),
      ] as const) // biome-ignore format: a pair
      return new Map(entries)
    }
    case 'record': {
      const fields = new Map(
        datamodel()
          .classes.get(type.class)
          ?.fields.map(field => [field.name, field.type]),
      )
      const entries = await inTurn(members(json, type, path), async ([name, item]) => {
        const field = fields.get(name)
        if (!field) throw wrong(path, type, `${JSON.stringify(name)} is no field of it`)
        return [name, await fromJson(item, field, `${path}, ${name}`, session)] as const
      })
      return new Map(entries)
    }
    case 'option':
      return json === null ? null : fromJson(json, type.of, path, session)
    case 'void':
    case 'any':
      return plainJson(json)
    case 'bool':
      if (typeof json === 'boolean') return json
      throw wrong(path, type, 'true or false is needed')
    case 'int':
    case 'float':
      if (typeof json === 'bigint' || typeof json === 'number' || typeof json === 'string')
        return readScalar(String(json), type, path, session)
      throw wrong(path, type, 'a number is needed')
    default:
      if (typeof json === 'string') return readScalar(json, type, path, session)
      throw wrong(path, type, 'a JSON string is needed')
  }
}

function members(json: Json, type: Type, path: string): readonly (readonly [string, Json])[] {
  if (!(json instanceof Map)) throw wrong(path, type, 'a JSON object is needed')
  return [...json]
}

/** One after the other, so that the first complaint is always the same one. */
async function inTurn<T, U>(items: readonly T[], work: (item: T, at: number) => Promise<U>): Promise<readonly U[]> {
  const results: U[] = []
  for (const [at, item] of items.entries()) results.push(await work(item, at))
  return results
}

/** JSON that no type says anything about. */
function plainJson(json: Json): Value {
  if (Array.isArray(json)) return json.map(plainJson)
  if (json instanceof Map) return new Map([...json].map(([key, item]) => [key, plainJson(item)]))
  return json as Value // a scalar
}

function parse(typed: string, type: Type, path: string): Json {
  try {
    return readJson(typed)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw wrong(path, type, `JSON is needed, and ${JSON.stringify(typed)} is none: ${error.message}`)
  }
}

function wrong(path: string, type: Type, problem: string): CommandError {
  return new CommandError(`${path} (${typeName(type)}): ${problem}`)
}
