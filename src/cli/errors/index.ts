import { CommandError, type Description, flag, type Parameters, type Session } from '../../commands/index.ts'
import type { Environment } from '../environment.ts'
import type { Settings } from '../settings.ts'
import { failureOf } from './describe.ts'
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
    const hint = hintFor(failure) ?? (await whatIsMeant(error, name, parameters))
    stderr.write(errorDocument({ ...failure, command: name, hint, exit_status: 1 }))
    return
  }
  stderr.write(`${failure.text}${trace(error, parameters)}`)
  if (!wantsHints(settings, stderr)) return
  const { hintFor } = await import('./code-table.ts')
  const text = hintFor(failure) ?? (await whatIsMeant(error, name, parameters))
  if (text !== undefined) stderr.write(`Hint: ${text}\n`)
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

/** Whether lines on what to do next are wanted: they are for people, so that scripts see none unless they ask. */
function wantsHints({ hints }: Settings, { isTTY }: Environment['stderr']): boolean {
  return hints === 'on' || (hints === 'auto' && isTTY)
}

const whatIsMeant: typeof import('./meant.ts').meant = async (...failed) =>
  (await import('./meant.ts')).meant(...failed)

/** Says which parameters a command is not going to look at, where they come near to one that it knows. */
export async function remarkOverlooked(
  { stderr }: Pick<Environment, 'stderr'>,
  command: Description,
  { parameters, settings }: Failed,
): Promise<void> {
  if (settings.output === 'json' || !wantsHints(settings, stderr)) return
  const { overlooked } = await import('./meant.ts')
  for (const line of overlooked(command, parameters)) stderr.write(`Hint: ${line}\n`)
}
