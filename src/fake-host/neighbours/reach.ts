import type { Value } from '../../datamodel/index.ts'
import type { Json } from '../../xapi/wire/json.ts'

/** Another pool, which answers XenAPI somewhere else. */
export interface Neighbour {
  /**
   * A call with these parameters, the session first where the message takes one. Throws Failure with what the pool says,
   * Unreachable, or Unintelligible.
   */
  call(method: string, ...parameters: readonly Value[]): Promise<Json>
}

/**
 * Gives the pool at an address: `HOST`, `HOST:PORT` or `http(s)://HOST:PORT`. Whether anybody is there shows with the first call.
 */
export type Reach = (address: string) => Neighbour

/** Nobody answers at an address. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** Somebody answers who does not speak XenAPI. */
export class Unintelligible extends Error {
  override readonly name = 'Unintelligible'
}
