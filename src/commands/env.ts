import type { Description } from './command.ts'

/** Said by the command line itself, which reads the settings. */
export const envCommands: readonly Description[] = [
  {
    name: 'env',
    required: [],
    optional: [],
    description: 'Print the settings in force and where each comes from, secrets masked. No host is asked.',
    prints:
      'A line for each setting: its name, its value, and its source, which is the command line, a variable of the environment, a file, or default.',
    examples: ['env', 'env -s pool.example.org --output=json'],
  },
]
