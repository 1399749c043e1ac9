import { CommandError, internalError } from './errors.ts'
import { parseInteger } from './integers.ts'

/** The parameters of a command in the order of the command line. Names may repeat. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** The first value of that name. */
export function find(parameters: Parameters, name: string): string | undefined {
  return parameters.find(([key]) => key === name)?.[1]
}

/** The value of a parameter that the command declares as required, so that it was found before the command ran. */
export function required(parameters: Parameters, name: string): string {
  const value = find(parameters, name)
  if (value === undefined) throw new Error(`parameter ${name} is not declared as required`)
  return value
}

const truths = new Map<string, boolean>([
  ...['true', 't', 'yes', 'y', '1'].map(word => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map(word => [word, false] as const),
])

/** A yes-or-no parameter; `otherwise` where it is absent. docs/spec/xe-cli-semantics.md 1.3. */
export function flag(parameters: Parameters, name: string, otherwise = false): boolean {
  const value = find(parameters, name)
  if (value === undefined) return otherwise
  const truth = truths.get(value.toLowerCase())
  if (truth === undefined) throw new CommandError(`${name}: '${value}' is neither true nor false`)
  return truth
}

/** An integer that the original reads without a check of its own, so that a bad one is its internal error. */
export function uncheckedInteger(text: string): number | bigint {
  const value = parseInteger(text)
  if (value === undefined) throw internalError('Failure: Int64.of_string')
  return value
}
