import { datamodel, type Type, type Value } from '../../datamodel/index.ts'
import { formatDouble } from '../../xapi/wire/double.ts'
import type { Answer, AnswerType } from '../dispatch/call.ts'

/** An answer as a host puts it into XML (docs/spec/protocol-semantics.md 1.4). */
export function writeMethodResponse(answer: Answer): string {
  const value = answer.ok && answer.bare ? encodeXml(answer.type, answer.value ?? '') : envelope(answer)
  return `<?xml version="1.0"?><methodResponse><params><param>${value}</param></params></methodResponse>`
}

function envelope(answer: Answer): string {
  const [status, name, value] = answer.ok
    ? ['Success', 'Value', encodeXml(answer.type, answer.value ?? '')]
    : ['Failure', 'ErrorDescription', array(answer.error.map(text))]
  return struct([
    ['Status', text(status)],
    [name, value],
  ])
}

/**
 * A value in the XML of a real host (docs/spec/protocol-semantics.md 1.3): strings, references, enums and ints without a type
 * element, an absent option without a member.
 */
export function encodeXml(type: AnswerType, value: Value): string {
  switch (type.kind) {
    case 'bool':
      return `<value><boolean>${value ? 1 : 0}</boolean></value>`
    case 'float':
      return `<value><double>${formatDouble(Number(value))}</double></value>`
    case 'datetime':
      return `<value><dateTime.iso8601>${escapeXml(String(value))}</dateTime.iso8601></value>`
    case 'set':
      return array((value as readonly Value[]).map(item => encodeXml(type.of, item))) // what a set holds
    case 'map':
      return members(value, () => type.value)
    case 'record':
      return members(value, name => fieldTypes(type.class).get(name) ?? ANY)
    case 'option':
      return encodeXml(type.of, value ?? '')
    case 'any':
      return untyped(value)
    case 'int32':
      return `<value><i4>${value}</i4></value>`
    case 'struct':
      return members(value, name => type.members.get(name) ?? ANY)
    case 'tuple':
      return array((value as readonly Value[]).map((item, i) => encodeXml(type.of[i] ?? ANY, item))) // as long as its type
    default:
      return text(String(value))
  }
}

const ANY: Type = { kind: 'any' }
const known = new Map<string, ReadonlyMap<string, Type>>()

function fieldTypes(cls: string): ReadonlyMap<string, Type> {
  const types =
    known.get(cls) ??
    new Map(
      datamodel()
        .classes.get(cls)
        ?.fields.map(field => [field.name, field.type]),
    )
  known.set(cls, types)
  return types
}

/** A value that the datamodel gives no type: numbers with a fraction are doubles, others are ints. */
function untyped(value: Value): string {
  if (Array.isArray(value)) return array(value.map(untyped))
  if (value instanceof Map) return members(value, () => ANY)
  if (typeof value === 'boolean') return encodeXml({ kind: 'bool' }, value)
  if (typeof value === 'number' && !Number.isInteger(value)) return encodeXml({ kind: 'float' }, value)
  return text(String(value ?? ''))
}

function members(value: Value, typeOf: (name: string) => AnswerType): string {
  const written: [string, string][] = []
  for (const [name, member] of value as ReadonlyMap<string, Value>) {
    const type = typeOf(name)
    if (type.kind !== 'option' || member !== null) written.push([name, encodeXml(type, member)])
  }
  return struct(written)
}

const struct = (written: readonly (readonly [name: string, value: string])[]): string => {
  const inner = written.map(([name, value]) => `<member><name>${escapeXml(name)}</name>${value}</member>`)
  return `<value><struct>${inner.join('')}</struct></value>`
}
const array = (values: readonly string[]): string => `<value><array><data>${values.join('')}</data></array></value>`
const text = (value: string): string => `<value>${escapeXml(value)}</value>`

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** What has to be written otherwise, and what no XML can carry: a host drops that. */
const SPECIAL = /[&<>"\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

const escapeXml = (value: string): string => value.replace(SPECIAL, character => ENTITIES[character] ?? '')
