import type { Session } from '../xapi/index.ts'
import { type Environment, Interruption, type Invocation } from './environment.ts'
import { complain } from './errors/index.ts'
import { notes } from './note.ts'
import { inOpenSession } from './run.ts'

/**
 * Does the work of a program that is handed in, in a session on the pool's coordinator, whichever host that is. Resolves to the
 * exit status; failures of the session are told as those of any command.
 */
export async function inPoolSession(
  name: string,
  { settings, parameters }: Invocation,
  environment: Environment,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const { note } = notes(settings, environment)
  try {
    return await inOpenSession(environment, { ...settings, followCoordinator: true }, note, work)
  } catch (error) {
    if (error instanceof Interruption) return error.status
    await complain(environment, { name, parameters, settings }, error)
    return 1
  }
}
