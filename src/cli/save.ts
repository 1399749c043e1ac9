import { CommandError, type Output } from '../commands/index.ts'
import type { Environment } from './environment.ts'

/** Writes the file that a command gives, and says what there is to remark about it. Throws CommandError. */
export function save(
  { writeFile, stderr }: Environment,
  command: string,
  { path, text, notes }: Output & { kind: 'file' },
): void {
  try {
    writeFile(path, text)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new CommandError(`${path} cannot be written${code}`)
  }
  for (const note of notes) stderr.write(`${command}: ${note}\n`)
}
