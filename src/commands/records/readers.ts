import type { EnumName } from '../../datamodel/enums.gen.ts'
import { NULL_REF, type Value } from '../../datamodel/index.ts'
import { byUuid } from '../calls.ts'
import { parseEnumeration } from '../enumerations.ts'
import { CommandError } from '../errors.ts'
import { parseInteger } from '../integers.ts'
import { uncheckedInteger } from '../parameters.ts'
import type { MapField, Reader, SetField, Setter } from './field.ts'

export const asText: Reader = text => text

export const asTruth: Reader = (text, field) => {
  if (text === 'true') return true
  if (text === 'false') return false
  throw new CommandError(`${field} takes true or false`)
}

export const asInteger: Reader = (text, field) => {
  const value = parseInteger(text)
  if (value === undefined) throw new CommandError(`${field} takes an integer`)
  return value
}

/** An integer whose bad spelling is an internal error of the original (docs/spec/xe-cli-semantics.md 3.10). */
export const asUncheckedInteger: Reader = text => uncheckedInteger(text)

export const asChoice =
  (name: EnumName): Reader =>
  text =>
    parseEnumeration(name, text)

/** The uuid of an object, or nothing for none. */
export const asReferenceOrNone =
  (cls: string): Reader =>
  (text, _field, session) =>
    text === '' ? NULL_REF : byUuid(session, cls, text)

export const asReference =
  (cls: string): Reader =>
  (text, _field, session) =>
    byUuid(session, cls, text)

/** Members between commas, none of them trimmed. */
export const asListOf =
  (reads: Reader): Reader =>
  async (text, field, session) => {
    const members: Value[] = []
    for (const member of text === '' ? [] : text.split(',')) members.push(await reads(member, field, session))
    return members
  }

export const setter = (method: string, reads: Reader = asText): Setter => ({ method, reads })

/** Keys that can be added to and removed from a map. */
export const keys = (field: string): NonNullable<MapField['change']> => ({
  add: `add_to_${field}`,
  remove: `remove_from_${field}`,
})

/** Members that can be added to and removed from a set. */
export const changing = (suffix: string, reads: Reader = asText): NonNullable<SetField['change']> => ({
  add: `add_${suffix}`,
  remove: `remove_${suffix}`,
  reads,
})
