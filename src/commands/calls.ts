import { isDeepStrictEqual } from 'node:util'
import type { Value } from '../datamodel/index.ts'
import type { Session } from './command.ts'
import { text } from './wire.ts'

/** The reference of the object of a class with exactly that uuid: these commands know no abbreviations and no names. */
export async function byUuid(session: Session, cls: string, uuid: string): Promise<string> {
  return text(await session.call(`${cls}.get_by_uuid`, uuid))
}

export async function uuidOf(session: Session, cls: string, ref: string): Promise<string> {
  return text(await session.call(`${cls}.get_uuid`, ref))
}

/** The results of two calls that are made at the same time. Where both fail, the first has the word, as if they were made in turn. */
export async function atOnce<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  second.catch(() => {}) // it is looked at after the first
  return [await first, await second]
}

/**
 * The arguments of a call without the trailing ones that equal the API's default, which the original leaves off too, so
 * that hosts which do not know them yet still work (docs/spec/xe-cli-semantics.md 5).
 */
export function withoutDefaults(parameters: readonly Value[], defaults: readonly Value[]): readonly Value[] {
  const spare = parameters.length - defaults.length
  let length = parameters.length
  while (length > spare && isDeepStrictEqual(parameters[length - 1], defaults[length - 1 - spare])) length--
  return parameters.slice(0, length)
}
