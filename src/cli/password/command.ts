import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { CommandError } from '../../commands/index.ts'
import type { Surroundings } from './read-password.ts'

/**
 * What a command of the shell prints. It shares the terminal, so that it can ask for a passphrase. Throws CommandError where it
 * fails, and the signal's reason where the user ends it.
 */
export async function outputOf(command: string, { variables, signal }: Surroundings): Promise<string> {
  signal.throwIfAborted()
  const child = spawn('/bin/sh', ['-c', command], { env: { ...variables }, stdio: ['inherit', 'pipe', 'inherit'] })
  const stop = (): boolean => child.kill()
  signal.addEventListener('abort', stop)
  try {
    const [printed, [status, killer]] = await Promise.all([text(child.stdout), once(child, 'close')])
    signal.throwIfAborted()
    if (status === 0) return printed
    throw new CommandError(`the password command ended with ${killer ? String(killer) : `status ${status}`}`)
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new CommandError(`the password command cannot be run (${error.code})`)
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
