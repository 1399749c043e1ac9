import { type EnumName, enums } from '../datamodel/enums.gen.ts'
import type { Value } from '../datamodel/index.ts'
import { CommandError, internalError } from './errors.ts'

/** What a truth value is shown as. */
export const truthValues: readonly string[] = ['true', 'false']

/** What an enumeration is shown as. */
export const shownValues = (name: EnumName): readonly string[] => enums[name]

/** An enumeration as one types it. */
export const inLowerCase = (name: EnumName): readonly string[] => enums[name].map(value => value.toLowerCase())

function spelling(name: EnumName, text: string): string | undefined {
  const lower = text.toLowerCase()
  return enums[name].find(value => value.toLowerCase() === lower)
}

/**
 * The canonical spelling of a value that a host sent. One that this release does not know ends the command, as in xe
 * (docs/spec/xe-cli-semantics.md 3.3).
 */
export function canonical(name: EnumName, value: Value): string {
  const known = spelling(name, String(value))
  if (known !== undefined) return known
  throw internalError(`Failure: ${name === 'bond_mode' ? 'Unmarshalling error in bond-mode' : 'Unknown tag/contents'}`)
}

/** The value that a user wrote in whatever case. */
export function parseEnumeration(name: EnumName, text: string): string {
  const known = spelling(name, text)
  if (known !== undefined) return known
  throw new CommandError(`'${text.toLowerCase()}' is not one of ${enums[name].join(', ')}`, 'spelling')
}

/** A bonding mode; an empty one is the default (docs/spec/xe-cli-semantics.md 4.2). */
export function parseBondMode(text: string): string {
  const known = text === '' ? 'balance-slb' : spelling('bond_mode', text)
  if (known !== undefined) return known
  throw new CommandError(`'${text.toLowerCase()}' is no bonding mode`, 'spelling')
}
