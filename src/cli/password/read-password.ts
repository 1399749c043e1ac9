import { CommandError } from '../../commands/index.ts'
import type { Environment } from '../environment.ts'
import type { PasswordSource } from '../settings.ts'

/** What reading a password touches. */
export type Surroundings = Pick<Environment, 'readFile' | 'variables' | 'signal'>

/**
 * The password that a place holds: its first line, without the line's end. Throws CommandError where there is none to be had; what
 * was read is in no message.
 */
export async function readPassword(source: PasswordSource, surroundings: Surroundings): Promise<string> {
  switch (source.kind) {
    case 'file':
      return firstLine(readFrom(source.value, surroundings.readFile), `the password file ${source.value}`)
    case 'descriptor': {
      const { lineFrom } = await import('./descriptor.ts')
      return firstLine(lineFrom(Number(source.value)), `the file descriptor ${source.value}`)
    }
    case 'command': {
      const { outputOf } = await import('./command.ts')
      return firstLine(await outputOf(source.value, surroundings), 'the password command')
    }
    default:
      return source.kind satisfies never
  }
}

function readFrom(path: string, readFile: Environment['readFile']): string {
  try {
    return readFile(path)
  } catch {
    throw new CommandError(`the password file ${path} cannot be read`)
  }
}

function firstLine(text: string, what: string): string {
  if (text === '') throw new CommandError(`${what} is empty: no password came from it`)
  return text.split(/\r?\n/, 1)[0] ?? ''
}
