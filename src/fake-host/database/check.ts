import { datamodel, type Type, type Value } from '../../datamodel/index.ts'
import type { Json } from '../../xapi/wire/json.ts'

/** What is wrong with a saved value. */
interface Problem {
  /** An enum value of another release, which may be dropped, or a value that no release would write. */
  readonly kind: 'unknown' | 'wrong'
  readonly text: string
}

/** Told of each problem. It throws, or returns where the value may be dropped. */
export type Refuse = (problem: Problem) => void

const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n }
const DATE = /^\d{4}-?\d{2}-?\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[-+]\d{2}:?\d{2})?$/

/**
 * A value of a file as a value of the database. Undefined where `refuse` let it be dropped: a member of a set or map then
 * leaves alone, another value takes its default.
 */
export function checkValue(type: Type, json: Json, refuse: Refuse): Value | undefined {
  switch (type.kind) {
    case 'int':
      if (typeof json !== 'bigint' || json < INT64.least || json > INT64.most) return wrong('an int', json, refuse)
      return Number.isSafeInteger(Number(json)) ? Number(json) : json
    case 'float':
      if (typeof json === 'number' || typeof json === 'bigint') return Number(json)
      return wrong('a float', json, refuse)
    case 'bool':
      return typeof json === 'boolean' ? json : wrong('a bool', json, refuse)
    case 'datetime':
      return typeof json === 'string' && DATE.test(json) ? json : wrong('a datetime', json, refuse)
    case 'enum':
      return checkEnum(type.name, json, refuse)
    case 'set':
      if (!Array.isArray(json)) return wrong('a set', json, refuse)
      return (json as readonly Json[]).map(item => checkValue(type.of, item, refuse)).filter(item => item !== undefined)
    case 'map':
      return json instanceof Map ? checkMap(type, json, refuse) : wrong('a map', json, refuse)
    case 'ref':
      return typeof json === 'string' ? json : wrong('a reference', json, refuse)
    default:
      return typeof json === 'string' ? json : wrong('a string', json, refuse)
  }
}

function checkEnum(name: string, json: Json, refuse: Refuse): Value | undefined {
  if (typeof json !== 'string') return wrong(`a ${name}`, json, refuse)
  if (datamodel().enums.get(name)?.includes(json)) return json
  refuse({ kind: 'unknown', text: `${shown(json)} is no ${name}` })
  return undefined
}

function checkMap(type: Type & { kind: 'map' }, json: ReadonlyMap<string, Json>, refuse: Refuse): Value {
  const map = new Map<string, Value>()
  for (const [key, item] of json) {
    const member = checkValue(type.value, item, refuse)
    if (checkKey(type.key, key, refuse) && member !== undefined) map.set(key, member)
  }
  return map
}

function checkKey(type: Type, key: string, refuse: Refuse): boolean {
  if (type.kind === 'enum') return checkEnum(type.name, key, refuse) !== undefined
  if (type.kind === 'int' && !/^-?\d+$/.test(key)) wrong('an int', key, refuse)
  return true
}

function wrong(wanted: string, json: Json, refuse: Refuse): undefined {
  refuse({ kind: 'wrong', text: `${shown(json)} is not ${wanted}` })
}

function shown(json: Json): string {
  if (json instanceof Map) return 'a map'
  if (Array.isArray(json)) return 'a set'
  const text = typeof json === 'string' ? JSON.stringify(json) : String(json)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
