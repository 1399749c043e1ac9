import type * as z from 'zod/mini'
import { FakeHostError } from './error.ts'

type Issue = z.core.$ZodIssue

/** A value that came from outside, if it is what the schema wants. Throws FakeHostError, naming what is not. */
export function checked<S extends z.ZodMiniType>(schema: S, value: unknown, name: string): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new FakeHostError(`${name}: ${issue ? complaint(issue) : 'it is not understood'}`)
}

function complaint(issue: Issue): string {
  const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  return `${where}${problem(issue)}`
}

/** What is wrong, in words of our own. */
function problem(issue: Issue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `there is no ${issue.keys.map(key => JSON.stringify(key)).join(' and no ')}`
    case 'invalid_type':
      return `${issue.expected === 'int' ? 'an integer' : `a value of type ${issue.expected}`} is needed`
    case 'invalid_value':
      return `${issue.values.map(value => JSON.stringify(value)).join(' or ')} is needed`
    case 'invalid_union':
      return [...new Set(issue.errors.flat().map(problem))].join(' or ').replaceAll(' is needed or ', ' or ')
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'it is empty' : `it is less than ${issue.minimum}`
    case 'too_big':
      return `it is more than ${issue.maximum}`
    default:
      return 'it is not understood'
  }
}
