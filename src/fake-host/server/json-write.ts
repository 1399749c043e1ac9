import type { Value } from '../../datamodel/index.ts'
import { jsonForm } from '../../xapi/wire/json-form.ts'
import type { AnswerType } from '../dispatch/call.ts'

/** A value in the JSON of a real host, without spaces (docs/spec/protocol-semantics.md 1.3). */
export function encodeJson(type: AnswerType, value: Value): string {
  switch (type.kind) {
    case 'int32':
      return String(value)
    case 'struct': {
      const members = [...(value as ReadonlyMap<string, Value>)] // what a struct is
      return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${encodeJson(type.members.get(name) ?? ANY, member)}`).join()}}`
    }
    case 'tuple':
      return `[${(value as readonly Value[]).map((item, i) => encodeJson(type.of[i] ?? ANY, item)).join()}]` // as long as its type
    default:
      return jsonForm(type, value)
  }
}

const ANY: AnswerType = { kind: 'any' }
