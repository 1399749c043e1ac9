import type { Description } from './command.ts'

/** Run by the command line itself, which knows all commands. */
export const batchCommands: readonly Description[] = [
  {
    name: 'batch',
    required: [],
    optional: ['file', 'keep-going', 'parallel'],
    description: 'Run commands, one a line, in one session, and print what each comes to in the order of the lines.',
    prints:
      'What the commands print, in order; with --output=json an object a line for each command: version, line, command, status, output, error. The exit status is the worst of theirs.',
    examples: ['batch file=commands.txt', 'batch --keep-going --parallel=8 --output=json', 'batch < commands.txt'],
  },
]
