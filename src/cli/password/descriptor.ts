import { readSync } from 'node:fs'
import { CommandError } from '../../commands/index.ts'

/**
 * One line of an open file, byte by byte: what follows it may be meant for somebody else, as where commands come from the same
 * pipe. Throws CommandError where it cannot be read.
 */
export function lineFrom(descriptor: number): string {
  const line: number[] = []
  const byte = Buffer.alloc(1)
  try {
    while (readSync(descriptor, byte) === 1) {
      line.push(byte[0] ?? 0)
      if (byte[0] === 0x0a) break
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new CommandError(`the password cannot be read from file descriptor ${descriptor}${code}`)
  }
  return Buffer.from(line).toString()
}
