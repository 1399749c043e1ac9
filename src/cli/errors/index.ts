import { CommandError, flag, type Parameters, type Session } from '../../commands/index.ts'
import type { Environment } from '../environment.ts'
import type { Settings } from '../settings.ts'
import { type Failure, failureOf } from './describe.ts'
import { traceOf } from './trace.ts'

export { type Failure, failureOf } from './describe.ts'

/** What failed: a command line, and how its user wants to be told. */
export interface Failed {
  /** The name of the command. */
  readonly name: string
  readonly parameters: Parameters
  readonly settings: Settings
}

/** Tells stderr everything about a failed command: as xe does, or as JSON where that is the output (docs/output.md). */
export async function complain(
  { stderr, program }: Pick<Environment, 'stderr' | 'program'>,
  { name, parameters, settings }: Failed,
  error: unknown,
  session?: Session,
): Promise<void> {
  const failure = await failureOf(error, session, program)
  if (settings.output === 'json') {
    const [{ hintFor }, { errorDocument }] = await Promise.all([
      import('./code-table.ts'),
      import('../formats/index.ts'),
    ])
    stderr.write(errorDocument({ ...failure, command: name, hint: hintFor(failure), exit_status: 1 }))
    return
  }
  stderr.write(`${failure.text}${trace(error, parameters)}${await hint(failure, settings.hints, stderr)}`)
}

/** A bad value of `trace` only comes to light here, as a second complaint (docs/spec/xe-cli-semantics.md 1.3). */
export function trace(error: unknown, parameters: Parameters): string {
  try {
    return flag(parameters, 'trace') ? traceOf(error) : ''
  } catch (complaint) {
    if (complaint instanceof CommandError) return `Error: ${complaint.message}\n`
    throw complaint
  }
}

/** A line on what to do next: for people, so that scripts see none unless they ask. */
async function hint(failure: Failure, wanted: Settings['hints'], stderr: Environment['stderr']): Promise<string> {
  if (wanted === 'off' || (wanted === 'auto' && !stderr.isTTY)) return ''
  const { hintFor } = await import('./code-table.ts')
  const text = hintFor(failure)
  return text === undefined ? '' : `Hint: ${text}\n`
}
