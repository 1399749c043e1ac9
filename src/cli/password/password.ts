import { CommandError } from '../../commands/index.ts'
import type { Environment, Way } from '../environment.ts'
import type { Settings } from '../settings.ts'

/** Who logs in, with what the command line says. */
export interface Login {
  readonly username: string
  readonly password: string
}

/**
 * The password to log in with: the one of the command line, or of the place that it names; where there is neither, the user is asked
 * for it, if there is a terminal and it makes a difference. The host is reached before that, so that nobody types a password for
 * nothing, and the question about its certificate comes first.
 */
export async function passwordOf(
  environment: Environment,
  { password, passwordFrom, server }: Settings,
  way: Way,
  given: Login,
): Promise<string> {
  if (passwordFrom) return (await import('./read-password.ts')).readPassword(passwordFrom, environment)
  const { ask, signal } = environment
  if (password !== undefined || !ask || way.isPrivileged) return given.password
  await way.probe?.({ signal })
  const typed = await ask(`Password of ${given.username} on ${server}: `, { secret: true })
  if (typed === undefined) throw new CommandError('no password was given')
  return typed
}

/** The settings with the password from the place that they name, where they name one. */
export async function withPassword(settings: Settings, environment: Environment): Promise<Settings> {
  const { passwordFrom } = settings
  if (!passwordFrom) return settings
  const { readPassword } = await import('./read-password.ts')
  return { ...settings, password: await readPassword(passwordFrom, environment), passwordFrom: undefined }
}
