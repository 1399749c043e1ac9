import { Failure } from '../dispatch/failure.ts'

/** A place in the history of the database and of the messages. */
export interface Token {
  readonly generation: bigint
  readonly messages: bigint
}

const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n }

/** Reads a token; the empty one is the beginning. Throws EVENT_FROM_TOKEN_PARSE_FAILURE [token]. */
export function parseToken(text: string): Token {
  if (text === '') return { generation: 0n, messages: 0n }
  const found = /^(-?\d+),(-?\d+)$/.exec(text)
  const [generation, messages] = [found?.[1], found?.[2]].map(part => (part === undefined ? undefined : BigInt(part)))
  if (!inRange(generation) || !inRange(messages)) throw new Failure('EVENT_FROM_TOKEN_PARSE_FAILURE', text)
  return { generation, messages }
}

const inRange = (value: bigint | undefined): value is bigint =>
  value !== undefined && value >= INT64.least && value <= INT64.most

/** Both numbers in twenty places, so that tokens compare as strings. */
export const printToken = ({ generation, messages }: Token): string => `${padded(generation)},${padded(messages)}`

const padded = (value: bigint): string =>
  value < 0n ? `-${String(-value).padStart(19, '0')}` : String(value).padStart(20, '0')
