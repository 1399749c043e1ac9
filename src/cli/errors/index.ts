import { CommandError, flag, type Parameters, type Session } from '../../commands/index.ts'
import { describeError } from './describe.ts'
import { traceOf } from './trace.ts'

/** Everything that stderr says of a failed command. */
export async function report(error: unknown, parameters: Parameters, session: Session | undefined): Promise<string> {
  return `${await describeError(error, session)}${trace(error, parameters)}`
}

/** A bad value of `trace` only comes to light here, as a second complaint (docs/spec/xe-cli-semantics.md 1.3). */
function trace(error: unknown, parameters: Parameters): string {
  try {
    return flag(parameters, 'trace') ? traceOf(error) : ''
  } catch (complaint) {
    if (complaint instanceof CommandError) return `Error: ${complaint.message}\n`
    throw complaint
  }
}
