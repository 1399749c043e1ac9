import { CommandError } from '../../commands/index.ts'
import { XapiError } from '../../xapi/index.ts'
import { UsageError } from '../ending.ts'

/**
 * What `--trace` adds: the name that the original gives to the exception, and the heading of a listing of its server's stack,
 * which nobody has here. Empty for failures on this side of the wire. docs/spec/xe-cli-semantics.md 6.5.
 */
export function traceOf(error: unknown): string {
  const raised = exception(error)
  return raised === undefined ? '' : `Raised ${raised}\nBacktrace:\n`
}

function exception(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.original
  if (error instanceof XapiError) return `Server_error(${error.code}, [ ${error.params.join('; ')} ])`
  if (!(error instanceof CommandError)) return undefined
  const name = error.kind === 'spelling' ? 'Record_util__Generated_record_utils.Record_failure' : 'Cli_util.Cli_failure'
  return `${name}(${JSON.stringify(error.message)})`
}
