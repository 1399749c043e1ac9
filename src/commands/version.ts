import type { Description } from './command.ts'

/** Said by the program itself. */
export const versionCommands: readonly Description[] = [
  {
    name: 'version',
    required: [],
    optional: [],
    description: 'Print which release of this program it is.',
    prints: 'The version, on a line.',
    examples: ['version'],
  },
]
